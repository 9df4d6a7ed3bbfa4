//! Workers as the operator sees them: each renews a Lease, watches what is handed to it, finishes it after a while with the
//! token of its pod, and retires when it is asked to and holds nothing.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use cluster::Requests;
use crds::CoverLetterRequest;
use crds::life::{self, Claimant, Written};
use crds::names::{
    BOOT_ID_ANNOTATION, ENDPOINT_ANNOTATION, RETIRE_ANNOTATION, RETIRED_ANNOTATION, SLOTS_ANNOTATION, TAKEN_ANNOTATION,
};
use crds::request::{Model, Usage};
use devcluster::control_plane::ControlPlane;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use tokio::task::JoinSet;

use crate::cluster::{eventually, uid};

/// How often a worker renews its Lease.
const RENEW_EVERY: Duration = Duration::from_secs(5);

/// How soon a worker asks again for a request that it could not read.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// One worker, which works until it is dropped.
pub struct FakeWorker {
    pub name: String,
    tasks: JoinSet<()>,
}

/// What a worker is like.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Letters that it writes at the same time.
    pub slots: usize,
    /// How long a letter takes. `None`: it never begins one.
    pub service: Option<Duration>,
    /// More annotations of its Lease.
    pub told: BTreeMap<&'static str, &'static str>,
}

impl Kind {
    /// A worker that takes `service` for each of `slots` letters.
    pub fn new(slots: usize, service: Duration) -> Self {
        Self { slots, service: Some(service), told: BTreeMap::new() }
    }

    /// A worker that never begins a letter.
    pub fn hung(slots: usize) -> Self {
        Self { slots, service: None, told: BTreeMap::new() }
    }

    /// A worker that says that it takes nothing, and does not.
    pub fn idle(slots: usize) -> Self {
        let mut kind = Self::hung(slots);
        kind.told.insert(TAKEN_ANNOTATION, "");
        kind
    }

    /// The same with one more annotation in its Lease.
    pub fn telling(mut self, annotation: &'static str) -> Self {
        self.told.insert(annotation, "1");
        self
    }
}

impl FakeWorker {
    /// Starts the worker of `pod` in the app `letters`.
    pub async fn start(plane: &ControlPlane, namespace: &str, pod: &Pod, kind: Kind) -> Self {
        let (name, pod_uid) = (pod.name_any(), uid(pod));
        let account = plane.client_as_service_account(namespace, "letters-inference", Some((&name, &pod_uid)));
        let client = account.await.expect("a token of the pod");
        let claimant = Claimant {
            worker: name.clone(),
            pod_uid,
            boot_id: format!("boot-of-{name}"),
            endpoint: "192.0.2.1:8080".to_owned(),
        };
        let leases = Leases::new(&client, namespace);
        // Rights that were granted a moment ago take another to count.
        eventually("the worker may write its Lease", async || leases.renew(&claimant, &kind).await).await;
        let mut tasks = JoinSet::new();
        if let Some(service) = kind.service {
            tasks.spawn(work(client, namespace.to_owned(), name.clone(), service));
        }
        tasks.spawn(async move {
            let mut every = tokio::time::interval(RENEW_EVERY);
            loop {
                every.tick().await;
                // The pod, and its token with it, may be gone by now.
                let _ = leases.renew(&claimant, &kind).await;
            }
        });
        Self { name, tasks }
    }

    /// Ends it as `kill -9` does.
    pub async fn kill(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Where a worker says that it is there.
struct Leases {
    api: Api<Lease>,
    requests: Api<CoverLetterRequest>,
    /// By what it was asked last to retire.
    asked: Mutex<Option<String>>,
}

impl Leases {
    fn new(client: &Client, namespace: &str) -> Self {
        let (api, requests) = (Api::namespaced(client.clone(), namespace), Api::namespaced(client.clone(), namespace));
        Self { api, requests, asked: Mutex::default() }
    }

    async fn renew(&self, claimant: &Claimant, kind: &Kind) -> kube::Result<()> {
        // What it has to say to a question, it says when it knows of it.
        while self.write(claimant, kind).await? {}
        Ok(())
    }

    /// Whether it was asked for something new.
    async fn write(&self, claimant: &Claimant, kind: &Kind) -> kube::Result<bool> {
        let asked = self.asked.lock().expect("no thread panics with it").clone();
        let retired = if self.is_idle(&claimant.worker).await? { asked.clone() } else { None };
        let slots = kind.slots.to_string();
        let mut annotations = kind.told.clone();
        annotations.extend([
            (BOOT_ID_ANNOTATION, claimant.boot_id.as_str()),
            (ENDPOINT_ANNOTATION, claimant.endpoint.as_str()),
            (SLOTS_ANNOTATION, slots.as_str()),
        ]);
        annotations.extend(retired.as_deref().map(|asked| (RETIRED_ANNOTATION, asked)));
        let lease = json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {
                "name": claimant.worker,
                "labels": {"app.kubernetes.io/component": "inference", "app.kubernetes.io/instance": "letters"},
                "annotations": annotations,
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Pod", "name": claimant.worker, "uid": claimant.pod_uid},
                ],
            },
            "spec": {"holderIdentity": claimant.worker, "renewTime": MicroTime(Timestamp::now())},
        });
        let params = PatchParams::apply("test-worker").force();
        let lease = self.api.patch(&claimant.worker, &params, &Patch::Apply(lease)).await?;
        let now = lease.annotations().get(RETIRE_ANNOTATION).cloned();
        let is_new = now != asked;
        *self.asked.lock().expect("no thread panics with it") = now;
        Ok(is_new)
    }

    async fn is_idle(&self, worker: &str) -> kube::Result<bool> {
        let claimed = ListParams::default().fields(&format!("status.claim.worker={worker},status.state=Running"));
        Ok(self.requests.list(&claimed).await?.items.is_empty())
    }
}

/// Finishes everything that is handed to `worker`, each a while after it was seen.
async fn work(client: Client, namespace: String, worker: String, service: Duration) {
    let fields = format!("spec.appRef.name=letters,status.claim.worker={worker},status.state=Running");
    let requests = Requests::such(client.clone(), &namespace, &fields, || {});
    let api = Api::<CoverLetterRequest>::namespaced(client, &namespace);
    let mut changes = requests.changes();
    let mut begun = HashSet::new();
    let mut letters = JoinSet::new();
    requests.listed().await;
    loop {
        for request in requests.all() {
            if begun.insert((uid(&*request), life::attempt(&request))) {
                letters.spawn(finish(api.clone(), request.name_any(), service));
            }
        }
        changes.next().await;
    }
}

async fn finish(api: Api<CoverLetterRequest>, name: String, service: Duration) {
    tokio::time::sleep(service).await;
    let mut again = tokio::time::interval(LOOK_AGAIN);
    let mut request = loop {
        again.tick().await;
        match api.get(&name).await {
            Ok(request) => break request,
            // It was deleted, or the worker's pod was, and its token with it.
            Err(kube::Error::Api(status)) if [401, 403, 404].contains(&status.code) => return,
            // A server that has no time now is asked again.
            Err(_) => {}
        }
    };
    let letter = Written {
        letter: "Dear Hiring Manager,".into(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 1, completion_tokens: 1 },
        model: Model { name: "built-in".into(), sha256: "ab".into() },
        first_token: None,
        plain: None,
    };
    request.status = Some(life::succeeded(&request, letter, Timestamp::now()));
    api.replace_status(&name, &PostParams::default(), &request).await.expect("the pod of the claim finishes");
}
