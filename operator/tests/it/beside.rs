//! Two versions of the operator at once, as while one replaces the other: one leads, the other waits, and neither writes
//! what the other undoes. `EARLIER_OPERATOR` names the program of an earlier version; without it both are this one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crds::condition::is_true;
use crds::request::State;
use crds::{CoverLetterApp, CoverLetterRequest};
use devcluster::control_plane::ControlPlane;
use devcluster::scripted_kubelet::ScriptedKubelet;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::Resource;
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use crate::cluster::{eventually, request};
use crate::fleet::{FakeWorker, Kind};
use crate::program::Program;

/// How long the leader keeps its Lease while the other waits, in which nothing may be written.
const BESIDE: Duration = Duration::from_secs(12);
/// Letters for each leader.
const LETTERS: usize = 5;
/// As many objects as the app has, all kinds together.
const MOST_OBJECTS: f64 = 25.0;
/// What an app consists of. Pods and Leases change by themselves.
const CHILDREN: [&str; 12] = [
    "coverletterapps",
    "cronjobs",
    "deployments",
    "ingresses",
    "networkpolicies",
    "persistentvolumeclaims",
    "poddisruptionbudgets",
    "rolebindings",
    "roles",
    "secrets",
    "services",
    "statefulsets",
];

struct Scene {
    plane: ControlPlane,
    namespace: String,
    workers: Vec<FakeWorker>,
    letters: usize,
    _kubelet: ScriptedKubelet,
}

impl Scene {
    async fn start() -> Self {
        let plane = ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await.expect("it starts");
        let namespace = plane.namespace("beside").await.expect("a namespace");
        let kubelet = ScriptedKubelet::start(&plane.client(), &namespace).await.expect("a node");
        Self { plane, namespace, workers: Vec::new(), letters: 0, _kubelet: kubelet }
    }

    fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.plane.client(), &self.namespace)
    }

    fn candidate(&self, program: &Path, name: &str) -> Program {
        Program::candidate(program, &self.plane, &self.namespace, name)
    }

    /// Waits until the app is ready for the one who leads now and its letters are written.
    async fn works(&mut self) {
        let apps = self.api::<CoverLetterApp>();
        eventually("the app is ready", async || {
            let status = apps.get("letters").await.expect("it is there").status.unwrap_or_default();
            if is_true(&status.conditions, "Ready") { Ok(()) } else { Err(status) }
        })
        .await;
        let selector = ListParams::default().labels("app.kubernetes.io/component=inference");
        let pod = eventually("there is one worker", async || {
            let pods = self.api::<Pod>().list(&selector).await.expect("pods can be listed").items;
            <[Pod; 1]>::try_from(pods).map_err(|pods| pods.len())
        })
        .await;
        self.workers.clear();
        let kind = Kind::new(2, Duration::from_millis(300));
        self.workers.push(FakeWorker::start(&self.plane, &self.namespace, &pod[0], kind).await);
        let requests = self.api::<CoverLetterRequest>();
        for _ in 0..LETTERS {
            self.letters += 1;
            let letter = request(&format!("letter-{}", self.letters), "letters");
            requests.create(&PostParams::default(), &letter).await.expect("it is accepted");
        }
        eventually("the letters are written", async || {
            let all = requests.list(&ListParams::default()).await.expect("they can be listed");
            let written = all.iter().filter(|request| request.state() == State::Succeeded).count();
            if written == self.letters { Ok(()) } else { Err(written) }
        })
        .await;
    }

    /// Waits until nothing was written for [`BESIDE`], by the leader's own Lease.
    async fn is_quiet(&self) {
        let leases = self.api::<Lease>();
        let renewed = async || {
            let spec = leases.get("coverletter-operator").await.map_err(|error| error.to_string())?.spec;
            spec.and_then(|spec| spec.renew_time).map(|time| time.0).ok_or_else(|| "never".to_owned())
        };
        for _ in 0..5 {
            let (before, since) = (self.writes().await, renewed().await.expect("there is a leader"));
            eventually("the leader renews its Lease", async || {
                let kept = Duration::try_from(renewed().await? - since).unwrap_or_default();
                if kept >= BESIDE { Ok(()) } else { Err(format!("{kept:?}")) }
            })
            .await;
            if self.writes().await == before {
                return;
            }
        }
        panic!("children of the app are written again and again: {:?}", self.writes().await);
    }

    /// Accepted writes of children by their kind, so far.
    async fn writes(&self) -> Vec<(&'static str, f64)> {
        let page = self.calls().await;
        CHILDREN.map(|kind| (kind, total(&page, kind, |line| line.contains("code=\"20")))).to_vec()
    }

    /// Writes of statuses that were refused, so far.
    async fn refused_statuses(&self) -> f64 {
        let page = self.calls().await;
        let is_refused = |line: &str| {
            line.contains("subresource=\"status\"") && ["code=\"4", "code=\"5"].iter().any(|code| line.contains(code))
        };
        ["coverletterapps", "coverletterrequests"].iter().map(|kind| total(&page, kind, is_refused)).sum()
    }

    async fn calls(&self) -> String {
        self.plane.kubectl(&["get", "--raw", "/metrics"]).await.expect("it is shown")
    }
}

/// Calls that write objects of a kind.
fn total(page: &str, kind: &str, counts: impl Fn(&str) -> bool) -> f64 {
    let kind = format!("resource=\"{kind}\"");
    let lines = page.lines().filter(|line| line.starts_with("apiserver_request_total{") && line.contains(&kind));
    let writes = ["POST", "PUT", "PATCH", "APPLY", "DELETE"].map(|verb| format!("verb=\"{verb}\""));
    let written = lines.filter(|line| writes.iter().any(|verb| line.contains(verb)) && counts(line));
    written.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_take_turns_and_neither_writes_what_the_other_undoes() {
    let this = PathBuf::from(env!("CARGO_BIN_EXE_operator"));
    let earlier = std::env::var_os("EARLIER_OPERATOR").map_or_else(|| this.clone(), PathBuf::from);
    let mut scene = Scene::start().await;
    let mut old = scene.candidate(&earlier, "old");
    old.leads().await;
    let app = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "metadata": {"name": "letters"},
        "spec": {
            "web": {"route": {"hostnames": ["letters.example.org"], "parentRef": {"name": "edge"}}},
            "database": {"managed": {"backup": {"schedule": "0 3 * * *"}}},
            "inference": {"replicas": 1},
        },
    });
    let app = serde_json::from_value(app).expect("an app");
    scene.api::<CoverLetterApp>().create(&PostParams::default(), &app).await.expect("it is accepted");
    scene.works().await;

    let mut new = scene.candidate(&this, "new");
    scene.is_quiet().await;
    let first = scene.writes().await;
    old.ends();
    new.leads().await;
    scene.works().await;

    let mut back = scene.candidate(&earlier, "back");
    scene.is_quiet().await;
    let second = scene.writes().await;
    new.ends();
    back.leads().await;
    scene.works().await;
    scene.is_quiet().await;
    let written = |from: &[(&'static str, f64)], to: &[(&'static str, f64)]| {
        let all = from.iter().zip(to).map(|((kind, before), (_, after))| (*kind, after - before));
        all.filter(|(_, written)| *written > 0.0).collect::<BTreeMap<_, _>>()
    };
    let (by_new, by_old) = (written(&first, &second), written(&second, &scene.writes().await));
    println!("written by the new one: {by_new:?}\nafter going back: {by_old:?}");
    let children = |written: &BTreeMap<&str, f64>| -> f64 {
        written.iter().filter(|(kind, _)| **kind != "coverletterapps").map(|(_, written)| written).sum()
    };
    // One version finds everything as it wants it; another writes an object once at most.
    let most = if earlier == this { 0.0 } else { MOST_OBJECTS };
    assert!(children(&by_new) <= most, "whoever takes over writes what is there already: {by_new:?}");
    // What an earlier program does is not ours to mend.
    assert!(earlier != this || children(&by_old) == 0.0, "whoever comes back writes what is there already: {by_old:?}");
    assert!(scene.refused_statuses().await == 0.0, "{} statuses were refused", scene.refused_statuses().await);
}
