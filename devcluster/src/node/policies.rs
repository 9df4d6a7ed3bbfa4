//! Enforces `NetworkPolicy` objects by rules of the kernel's packet filter in the node's network.
//!
//! ```text
//! objects of the API server -> members -> resolve (addresses, ports) -> ruleset (text) -> nft, all rules at once
//! a new pod's address       -> plugin  --'
//! ```
//!
//! No container of a pod starts before the pod's rules are in place. A connection that is established goes on when a
//! later policy would refuse it. The node reaches every pod; what a pod opens to the node is subject to policies, so that
//! they must name the API server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use k8s_openapi::api::core::v1::{Namespace, Pod};
use k8s_openapi::api::networking::v1::NetworkPolicy;
use kube::api::{Api, ListParams};
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::config::POD_SUBNET;
use super::error::{NodeError, chain};
use super::keeper::Keeper;
use super::layout::Layout;
use super::network::DNS_SERVER;
use super::plugin::{self, Announcement};

mod members;
mod ports;
mod resolve;
mod ruleset;

use members::World;

/// Everything is looked at again after this time without a change, which repeats what failed.
const RESYNC: Duration = Duration::from_secs(10);
/// How long further changes are awaited, since one change of a pod is followed by others.
const SETTLE: Duration = Duration::from_millis(50);
/// Announcements that wait at most.
const WAITING: usize = 64;
/// The namespace and labels of the name servers of most clusters, which are pods.
const NAME_SERVERS: (&str, [(&str, &str); 1]) = ("kube-system", [("k8s-app", "kube-dns")]);

/// Keeps the rules as the objects of the cluster want them.
pub struct Enforcer {
    policies: Api<NetworkPolicy>,
    pods: Api<Pod>,
    namespaces: Api<Namespace>,
    keeper: Keeper,
    rules: PathBuf,
    /// The addresses of pods by uid, until the pods are gone.
    announced: BTreeMap<String, Ipv4Addr>,
    /// What the kernel was told last.
    enforced: String,
}

/// A pod that waits for its rules.
struct Waiting {
    pod: Announcement,
    answer: oneshot::Sender<Result<(), String>>,
}

impl Enforcer {
    pub fn new(client: &Client, layout: &Layout, keeper: &Keeper) -> Self {
        Self {
            policies: Api::all(client.clone()),
            pods: Api::all(client.clone()),
            namespaces: Api::all(client.clone()),
            keeper: keeper.clone(),
            rules: layout.config_file("network-policies.nft"),
            announced: BTreeMap::new(),
            enforced: String::new(),
        }
    }

    /// Puts the first rules in place, then keeps them until the node ends.
    pub async fn start(mut self) -> Result<(), NodeError> {
        let listener =
            UnixListener::bind(plugin::SOCKET).map_err(NodeError::at("listen at", plugin::SOCKET.as_ref()))?;
        self.enforce().await?;
        let (sender, waiting) = mpsc::channel(WAITING);
        tokio::spawn(accept(listener, sender));
        tokio::spawn(self.serve(waiting));
        Ok(())
    }

    async fn serve(mut self, mut waiting: mpsc::Receiver<Waiting>) {
        let rules = stream::select(changes(&self.policies), changes(&self.namespaces));
        let mut changes = std::pin::pin!(stream::select(rules, changes(&self.pods)));
        loop {
            let mut pods = Vec::new();
            tokio::select! {
                pod = waiting.recv() => pods.extend(pod),
                _ = timeout(RESYNC, changes.next()) => sleep(SETTLE).await,
            }
            // What came meanwhile is seen by the same look at everything.
            while changes.next().now_or_never().flatten().is_some() {}
            while let Ok(pod) = waiting.try_recv() {
                pods.push(pod);
            }
            for Waiting { pod, .. } in &pods {
                self.announced.retain(|_, address| *address != pod.address);
                self.announced.insert(pod.uid.clone(), pod.address);
            }
            let outcome = self.enforce().await.map_err(|error| chain(&error));
            if let Err(error) = &outcome {
                eprintln!("{error}");
            }
            for waiting in pods {
                let _ = waiting.answer.send(outcome.clone());
            }
        }
    }

    /// Makes the rules anew, and has the kernel use them if they differ.
    async fn enforce(&mut self) -> Result<(), NodeError> {
        let everything = ListParams::default();
        // Pods first: a policy that is older than a pod is then seen with it.
        let pods = self.pods.list(&everything).await.map_err(NodeError::kube("list pods"))?.items;
        let namespaces = self.namespaces.list(&everything).await.map_err(NodeError::kube("list namespaces"))?.items;
        let policies = self.policies.list(&everything).await.map_err(NodeError::kube("list network policies"))?.items;
        self.announced.retain(|uid, _| pods.iter().any(|pod| pod.metadata.uid.as_ref() == Some(uid)));
        let (namespace, labels) = NAME_SERVERS;
        let world = World::new(&namespaces, &pods, policies, &self.announced);
        let world = world.with_stand_in(DNS_SERVER, namespace, &labels);
        let addresses: BTreeSet<Ipv4Addr> = world.members.keys().copied().collect();
        let rules = ruleset::ruleset(POD_SUBNET, &addresses, &resolve::resolve(&world));
        if rules != self.enforced {
            fs::write(&self.rules, &rules).map_err(NodeError::at("write", &self.rules))?;
            self.keeper.run_to_end("nft", &["--file", &self.rules.display().to_string()]).await?;
            self.enforced = rules;
        }
        Ok(())
    }
}

/// Tells of changes of all objects of a kind.
fn changes<K>(api: &Api<K>) -> impl Stream<Item = ()> + use<K>
where
    K: Resource + Clone + DeserializeOwned + std::fmt::Debug + Send + 'static,
    K::DynamicType: Default + Clone,
{
    watcher(api.clone(), watcher::Config::default()).default_backoff().touched_objects().map(|_| ())
}

/// Hands announcements on, each of a connection of its own.
async fn accept(listener: UnixListener, waiting: mpsc::Sender<Waiting>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let waiting = waiting.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer(stream, &waiting).await {
                        eprintln!("a new pod was not told whether its rules are in place: {error}");
                    }
                });
            }
            // Out of file descriptors: they become free as connections end.
            Err(_) => sleep(SETTLE).await,
        }
    }
}

async fn answer(mut stream: UnixStream, waiting: &mpsc::Sender<Waiting>) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(&mut stream).read_line(&mut line).await?;
    let pod = serde_json::from_str(&line)?;
    let (answer, answered) = oneshot::channel();
    let _ = waiting.send(Waiting { pod, answer }).await;
    let told = match answered.await {
        Ok(Ok(())) => plugin::DONE.to_owned(),
        Ok(Err(error)) => error,
        Err(_) => "network policies are no longer enforced".to_owned(),
    };
    stream.write_all(format!("{told}\n").as_bytes()).await
}
