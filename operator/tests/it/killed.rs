//! The operator is killed under load: the next one leaves the pods as they are.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crds::request::State;
use crds::{CoverLetterApp, CoverLetterRequest};
use devcluster::control_plane::ControlPlane;
use devcluster::scripted_kubelet::ScriptedKubelet;
use jiff::Timestamp;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use kube::{Resource, ResourceExt as _};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::cluster::{eventually, request, uid};
use crate::fleet::{FakeWorker, Kind};
use crate::program::Program;

/// Letters that are asked for at the same time.
const OUTSTANDING: usize = 9;
/// How often is seen to it that there are as many.
const FEED_EVERY: Duration = Duration::from_millis(100);
/// Longest wait for a number of pods that stays.
const PATIENCE: Duration = Duration::from_mins(3);

/// An app whose pods follow its queue, under an operator of its own.
struct Scene {
    /// They end before what they talk to.
    workers: HashMap<String, FakeWorker>,
    operator: Program,
    plane: ControlPlane,
    namespace: String,
    decisions: i32,
    _kubelet: ScriptedKubelet,
}

impl Scene {
    async fn start(max_replicas: usize) -> Self {
        let plane = ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await.expect("it starts");
        let namespace = plane.namespace("killed").await.expect("a namespace");
        let kubelet = ScriptedKubelet::start(&plane.client(), &namespace).await.expect("a node");
        let operator = Program::start(&plane, &namespace).await;
        let scene = Self { workers: HashMap::new(), operator, plane, namespace, decisions: 1, _kubelet: kubelet };
        let app = json!({
            "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "metadata": {"name": "letters"},
            "spec": {"inference": {"slots": 1, "scaling": {"maxReplicas": max_replicas, "targetWaitSeconds": 1}}},
        });
        let app = serde_json::from_value(app).expect("an app");
        scene.api::<CoverLetterApp>().create(&PostParams::default(), &app).await.expect("it is accepted");
        scene
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.plane.client(), &self.namespace)
    }

    /// Keeps as many letters asked for as there are to be.
    fn feed(&self) -> JoinHandle<()> {
        let requests = self.api::<CoverLetterRequest>();
        tokio::spawn(async move {
            let (mut every, mut number) = (tokio::time::interval(FEED_EVERY), 0);
            loop {
                every.tick().await;
                let all = requests.list(&ListParams::default()).await.expect("they can be listed");
                let open = all.iter().filter(|request| !request.is_terminal()).count();
                for _ in open..OUTSTANDING {
                    number += 1;
                    let letter = request(&format!("letter-{number}"), "letters");
                    requests.create(&PostParams::default(), &letter).await.expect("it is accepted");
                }
            }
        })
    }

    async fn letters(&self, state: State) -> usize {
        let all = self.api::<CoverLetterRequest>().list(&ListParams::default()).await.expect("they can be listed");
        all.iter().filter(|request| request.state() == state).count()
    }

    /// Waits until this many more letters are written.
    async fn written(&self, more: usize) {
        let before = self.letters(State::Succeeded).await;
        eventually("letters are written", async || {
            let written = self.letters(State::Succeeded).await;
            if written >= before + more { Ok(()) } else { Err(written) }
        })
        .await;
    }

    /// The number that the operator has set last with the count of all changes, and the pods.
    async fn pods(&self) -> (Option<i32>, Option<i64>, Vec<String>) {
        let deployment = self.api::<Deployment>().get("letters-inference").await.expect("it is there");
        let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
        let pods = self.api::<Pod>().list(&selector).await.expect("pods can be listed").items;
        let replicas = deployment.spec.as_ref().and_then(|spec| spec.replicas);
        (replicas, deployment.metadata.generation, pods.iter().map(uid).collect())
    }

    /// Gives every pod a worker until as many letters as there are pods are being written and the number stays as it is.
    async fn settled(&mut self, kind: &Kind) -> (Option<i32>, Option<i64>, Vec<String>) {
        let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
        eventually("there is an app", async || self.api::<Deployment>().get("letters-inference").await).await;
        eventually("it has several pods", async || {
            let pods = self.pods().await;
            if pods.2.len() > 1 { Ok(()) } else { Err(pods) }
        })
        .await;
        let (begun, mut before) = (Instant::now(), self.pods().await);
        loop {
            for pod in self.api::<Pod>().list(&selector).await.expect("pods can be listed").items {
                if !self.workers.contains_key(&pod.name_any()) {
                    let worker = FakeWorker::start(&self.plane, &self.namespace, &pod, kind.clone()).await;
                    self.workers.insert(pod.name_any(), worker);
                }
            }
            self.decided_and_done().await;
            let (now, running) = (self.pods().await, self.letters(State::Running).await);
            if now == before && running == now.2.len() {
                return now;
            }
            assert!(begun.elapsed() < PATIENCE, "{running} letters are being written by {now:?}, before {before:?}");
            before = now;
        }
    }

    /// Waits until the operator has decided, and has decided again after every worker has had time to do what it was asked.
    async fn decided_and_done(&mut self) {
        for _ in 0..2 {
            self.decided().await;
            let since = Timestamp::now();
            eventually("every worker has renewed its Lease since", async || {
                let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
                let leases = self.api::<Lease>().list(&selector).await.expect("they can be listed").items;
                let renewed = |lease: &Lease| Some(lease.spec.as_ref()?.renew_time.as_ref()?.0);
                let has_renewed =
                    |name: &str| leases.iter().any(|it| it.name_any() == name && renewed(it) >= Some(since));
                // A pod that was made a moment ago has no worker yet, and one that has ended needs none.
                let pods = self.api::<Pod>().list(&selector).await.expect("pods can be listed").items;
                let names = pods.iter().map(Pod::name_any).filter(|name| self.workers.contains_key(name));
                let late: Vec<_> = names.filter(|name| !has_renewed(name)).collect();
                if late.is_empty() { Ok(()) } else { Err(late) }
            })
            .await;
        }
        self.decided().await;
    }

    /// Waits until the operator has decided once more, because something in the spec has changed that says
    /// nothing of how many pods there are.
    async fn decided(&mut self) {
        self.decisions += 1;
        let spec = json!({"spec": {"inference": {"scaling": {"scaleToZeroAfterSeconds": self.decisions}}}});
        let apps = self.api::<CoverLetterApp>();
        apps.patch("letters", &PatchParams::default(), &Patch::Merge(spec)).await.expect("it is accepted");
        eventually("the change is decided on", async || {
            let app = apps.get("letters").await.expect("it is there");
            let observed = app.status.as_ref().and_then(|status| status.observed_generation);
            (observed == app.metadata.generation).then_some(()).ok_or(observed)
        })
        .await;
    }

    /// Kills the operator, and waits until the next one leads.
    async fn kill_operator(&mut self) {
        self.operator.kill();
        self.operator = Program::start(&self.plane, &self.namespace).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pods_that_write_all_the_time_stay_when_the_operator_is_killed() {
    let mut scene = Scene::start(3).await;
    let feeding = scene.feed();
    let before = scene.settled(&Kind::new(1, Duration::from_millis(500))).await;
    for _ in 0..2 {
        scene.written(10).await;
        scene.kill_operator().await;
        scene.written(10).await;
        scene.decided_and_done().await;
        assert_eq!(scene.pods().await, before);
    }
    println!("{:?} pods wrote {} letters", before.0, scene.letters(State::Succeeded).await);
    assert!(!feeding.is_finished(), "letters were asked for all the time");
    feeding.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pods_with_long_letters_stay_as_many_between_the_bounds_when_the_operator_is_killed() {
    let mut scene = Scene::start(2 * OUTSTANDING).await;
    let feeding = scene.feed();
    let before = scene.settled(&Kind::hung(1)).await;
    for _ in 0..2 {
        scene.kill_operator().await;
        scene.decided_and_done().await;
        assert_eq!(scene.pods().await, before);
    }
    println!("{:?} pods of at most {}", before.0, 2 * OUTSTANDING);
    assert!(!feeding.is_finished(), "letters were asked for all the time");
    feeding.abort();
}
