//! The outermost edge of a Level A cluster: a node on which every pod becomes what a test says.
//!
//! It plays the scheduler and the kubelet, and nothing runs: pods are bound to a node of its own, their status is
//! written as a kubelet would, and pods that are being deleted go. Controllers, which look at nothing but that, then do
//! all they do in a real cluster.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Binding, Node, Pod};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
    core::response::Status,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use serde_json::json;
use tokio::{sync::Notify, task::JoinHandle};

mod script;
mod step;

use script::Script;
pub use step::Outcome;
use step::{Step, next_step};

/// How soon a step that failed, for example because the API server was away, is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// A node that exists on paper. It stops when the value drops; its pods then stay as they are.
pub struct ScriptedKubelet {
    shared: Arc<Shared>,
    node: String,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    changed: Notify,
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScriptedKubelet {
    /// Creates a node for the pods of one namespace, all of which are [`Outcome::Ready`] at once unless told otherwise.
    ///
    /// # Errors
    /// When the node cannot be created.
    pub async fn start(client: &Client, namespace: &str) -> kube::Result<Self> {
        Self::for_pods(client, Api::namespaced(client.clone(), namespace)).await
    }

    /// Like [`start`](Self::start), for the pods of all namespaces: for a control plane that a test does not share.
    ///
    /// # Errors
    /// When the node cannot be created.
    pub async fn start_everywhere(client: &Client) -> kube::Result<Self> {
        Self::for_pods(client, Api::all(client.clone())).await
    }

    async fn for_pods(client: &Client, pods: Api<Pod>) -> kube::Result<Self> {
        let node = create_node(client).await?;
        let shared = Arc::new(Shared::default());
        let kubelet = Kubelet { client: client.clone(), node: node.clone(), shared: Arc::clone(&shared), addresses: 0 };
        let pods = watcher(pods, watcher::Config::default()).default_backoff().boxed();
        let task = tokio::spawn(kubelet.run(pods));
        Ok(Self { shared, node, task })
    }

    /// The name of the node.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.node
    }

    /// What becomes of pods about which nothing else was said, from now on; also of those that are there already.
    pub fn by_default(&self, outcome: Outcome) {
        self.change(|script| script.by_default(outcome));
    }

    /// What becomes of pods with this label; also of those that are there already. The last word counts.
    pub fn by_label(&self, key: &str, value: &str, outcome: Outcome) {
        self.change(|script| script.by_label(key, value, outcome));
    }

    /// What becomes of the pod called `pod`, whatever its labels. A later pod of the same name starts afresh.
    pub fn by_name(&self, pod: &str, outcome: Outcome) {
        self.change(|script| script.by_name(pod, outcome));
    }

    /// Makes the pod run and pass its readiness probes.
    pub fn ready(&self, pod: &str) {
        self.by_name(pod, Outcome::Ready);
    }

    /// Makes the pod run and not pass its readiness probes.
    pub fn unready(&self, pod: &str) {
        self.by_name(pod, Outcome::Unready);
    }

    /// Makes the pod fail for good, as an evicted one does. Its controller replaces it.
    pub fn fail(&self, pod: &str) {
        self.by_name(pod, Outcome::Failed);
    }

    fn change(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.shared.script());
        self.shared.changed.notify_one();
    }
}

impl Drop for ScriptedKubelet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The running half: the pods it has seen, and what it does about them.
struct Kubelet {
    client: Client,
    node: String,
    shared: Arc<Shared>,
    /// How many pod addresses were given out.
    addresses: u16,
}

/// By namespace and name.
type Pods = BTreeMap<(String, String), Pod>;

impl Kubelet {
    async fn run(mut self, mut events: BoxStream<'static, watcher::Result<Event<Pod>>>) {
        let mut pods = Pods::new();
        let mut retry = tokio::time::interval(RETRY);
        loop {
            tokio::select! {
                event = events.try_next() => match event {
                    Ok(Some(event)) => {
                        if let Some(pod) = self.remember(&mut pods, event) {
                            self.act(&pod).await;
                        }
                        continue;
                    }
                    Ok(None) => return,
                    // The watcher repairs itself and waits between attempts.
                    Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "Lost the watch of pods"),
                },
                () = self.shared.changed.notified() => {}
                _ = retry.tick() => {}
            }
            for pod in pods.values() {
                self.act(pod).await;
            }
        }
    }

    /// Notes what the event tells, and returns the pod that may need something now.
    fn remember(&self, pods: &mut Pods, event: Event<Pod>) -> Option<Pod> {
        let key = |pod: &Pod| (pod.namespace().unwrap_or_default(), pod.name_any());
        match event {
            Event::Init => pods.clear(),
            Event::Apply(pod) | Event::InitApply(pod) => {
                pods.insert(key(&pod), pod.clone());
                return Some(pod);
            }
            Event::Delete(pod) => {
                pods.remove(&key(&pod));
                self.shared.script().forget(&pod.name_any());
            }
            Event::InitDone => {}
        }
        None
    }

    /// Takes the pod one step further. The change comes back as an event, which may lead to the next step.
    async fn act(&mut self, pod: &Pod) {
        let outcome = self.shared.script().outcome(pod);
        let step = next_step(pod, outcome, &self.node, self.addresses, Timestamp::now());
        let api = Api::<Pod>::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default());
        let name = pod.name_any();
        let result = match step {
            Step::Nothing => Ok(()),
            Step::Bind(binding) => bind(&api, &name, &binding).await,
            Step::Status(status) => {
                self.addresses = self.addresses.wrapping_add(1);
                api.patch_status(&name, &PatchParams::default(), &Patch::Merge(status)).await.map(drop)
            }
            Step::Delete => {
                let same = Preconditions { uid: pod.uid(), resource_version: None };
                let now = DeleteParams { preconditions: Some(same), ..DeleteParams::default().grace_period(0) };
                api.delete(&name, &now).await.map(drop)
            }
        };
        match result {
            // Somebody was faster; the event that tells of it is on its way.
            Err(kube::Error::Api(status)) if status.code == 404 || status.code == 409 => {}
            Err(error) => {
                tracing::debug!(pod.name = %name, error = &error as &dyn std::error::Error, "Left pod `{name}` for later");
            }
            Ok(()) => {}
        }
    }
}

async fn bind(api: &Api<Pod>, name: &str, binding: &Binding) -> kube::Result<()> {
    api.create_subresource::<_, Status>("binding", name, &PostParams::default(), binding).await.map(drop)
}

async fn create_node(client: &Client) -> kube::Result<String> {
    let nodes = Api::<Node>::all(client.clone());
    let node = json!({"metadata": {"generateName": "scripted-"}});
    let node = serde_json::from_value(node).expect("the value has the shape of a node");
    let name = nodes.create(&PostParams::default(), &node).await?.name_any();
    let room = json!({"cpu": "64", "memory": "256Gi", "pods": "1000", "ephemeral-storage": "1Ti"});
    let ready =
        json!({"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": Timestamp::now()});
    let status = json!({"status": {"capacity": room, "allocatable": room, "conditions": [ready]}});
    nodes.patch_status(&name, &PatchParams::default(), &Patch::Merge(status)).await?;
    // Given to every new node until a node controller, which does not run here, sees it ready.
    let untaint = json!({"spec": {"taints": null}});
    nodes.patch(&name, &PatchParams::default(), &Patch::Merge(untaint)).await?;
    Ok(name)
}
