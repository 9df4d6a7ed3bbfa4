//! The fake of a Level A cluster: scheduler and kubelet of a node whose pods become what a test says.
//!
//! No container runs. Pods are bound to a node of its own, their status is written as a kubelet would write it, and pods
//! that are being deleted are removed. Controllers see no more of a real kubelet, so they act as in a real cluster.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::{Binding, Node, Pod};
use kube::api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::response::Status;
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

mod script;
mod step;

use script::Script;
pub use step::Outcome;
use step::{Step, next_step};

/// Pause before a step that failed, for example because the API server did not answer, is repeated.
const RETRY: Duration = Duration::from_millis(500);

/// A running fake. When the value drops it stops, and its pods stay as they are.
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
    /// Creates a node for the pods of one namespace. By default they become [`Outcome::Ready`] at once.
    ///
    /// # Errors
    /// When the node cannot be created.
    pub async fn start(client: &Client, namespace: &str) -> kube::Result<Self> {
        Self::for_pods(client, Api::namespaced(client.clone(), namespace)).await
    }

    /// Like [`start`](Self::start), for the pods of all namespaces of a control plane that a test does not share.
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

    /// What pods without another rule become, those that exist included.
    pub fn by_default(&self, outcome: Outcome) {
        self.change(|script| script.by_default(outcome));
    }

    /// What pods with this label become, those that exist included. Of several rules the last one counts.
    pub fn by_label(&self, key: &str, value: &str, outcome: Outcome) {
        self.change(|script| script.by_label(key, value, outcome));
    }

    /// What the pod of this name becomes, whatever its labels. The rule does not hold for a later pod of the same name.
    pub fn by_name(&self, pod: &str, outcome: Outcome) {
        self.change(|script| script.by_name(pod, outcome));
    }

    /// [`Outcome::Ready`] for the pod of this name.
    pub fn ready(&self, pod: &str) {
        self.by_name(pod, Outcome::Ready);
    }

    /// [`Outcome::Unready`] for the pod of this name.
    pub fn unready(&self, pod: &str) {
        self.by_name(pod, Outcome::Unready);
    }

    /// [`Outcome::Failed`] for the pod of this name, as after an eviction: its controller replaces it.
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

/// The task that watches and changes pods.
struct Kubelet {
    client: Client,
    node: String,
    shared: Arc<Shared>,
    /// How many pod addresses are taken.
    addresses: u16,
}

/// By namespace and name.
type Pods = BTreeMap<(String, String), Pod>;

impl Kubelet {
    async fn run(mut self, mut events: BoxStream<'static, watcher::Result<Event<Pod>>>) {
        let mut pods = Pods::new();
        let mut retry = tokio::time::interval(RETRY);
        // Several steps at once for the same pods would not be repetitions but echoes.
        retry.set_missed_tick_behavior(MissedTickBehavior::Delay);
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
                    // The watcher reconnects, with pauses.
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

    /// Applies the event to `pods`, and returns the pod that may need a step now.
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

    /// Takes the pod one step further. The change comes back as an event, after which the next step follows.
    async fn act(&mut self, pod: &Pod) {
        let outcome = self.shared.script().outcome(pod);
        let step = next_step(pod, outcome, &self.node, self.addresses, Timestamp::now());
        let api = Api::<Pod>::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default());
        let name = pod.name_any();
        let result = match step {
            Step::Nothing => Ok(()),
            Step::Bind(binding) => bind(&api, &name, &binding).await,
            Step::Status(mut status) => {
                self.addresses = self.addresses.wrapping_add(1);
                // A pod that is not as it was seen keeps what others wrote, and is looked at again.
                status["metadata"] = json!({"resourceVersion": pod.resource_version()});
                api.patch_status(&name, &PatchParams::default(), &Patch::Merge(status)).await.map(drop)
            }
            Step::Delete => {
                let same = Preconditions { uid: pod.uid(), resource_version: None };
                let now = DeleteParams { preconditions: Some(same), ..DeleteParams::default().grace_period(0) };
                api.delete(&name, &now).await.map(drop)
            }
        };
        match result {
            // The pod was changed or deleted meanwhile; the event follows.
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
    // Every new node has a taint until a node controller, which does not run here, finds the node ready.
    let untaint = json!({"spec": {"taints": null}});
    nodes.patch(&name, &PatchParams::default(), &Patch::Merge(untaint)).await?;
    Ok(name)
}
