//! Two API servers that are asked the same: the rehearsed one and a real one.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crds::life::Claimant;
use crds::manifests::custom_resource_definitions;
use crds::names::ARCHIVED_LABEL;
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use devcluster::control_plane::ControlPlane;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use kube::{Client, ResourceExt as _};
use rehearsal::server::{Answer, Call, Laws, NAMESPACE, Refusal, Server, Writer, timestamp};
use serde_json::{Value, json};

use crate::script::{By, Step};

const PODS: [&str; 2] = ["pod-a", "pod-b"];
const TITLE: &str = "Astronaut";
const FINALIZER: &str = "coverletter.dev/test";
/// Longest wait for a policy to be enforced.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// What is the same for all scripts.
pub struct Both {
    laws: Laws,
    namespace: String,
    admin: Client,
    workers: [Client; 2],
    unbound: Client,
    uids: [String; 2],
}

/// The letter of one script, on both.
pub struct Pair<'a> {
    both: &'a Both,
    name: String,
    server: Server<'a>,
    pods: [String; 2],
    /// What was read last and before it: of the rehearsed one, of the real one.
    read: [[Option<CoverLetterRequest>; 2]; 2],
    /// The version that the real one has now.
    version: Option<String>,
}

/// What became of a write.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Code of a refusal.
    pub code: Option<u16>,
    /// Rules that were broken, by their messages.
    pub broken: Vec<String>,
    is_changed: bool,
    after: Value,
}

impl Both {
    pub async fn start() -> Self {
        let plane = ControlPlane::shared_with(&custom_resource_definitions()).await.expect("a control plane");
        let policy = operator::generate::files(&[]).remove(Path::new("admission/claim-policy.yaml")).expect("a policy");
        plane.kubectl_with_input(&["apply", "--server-side", "-f", "-"], &policy).await.expect("it is accepted");
        let namespace = plane.namespace("rehearsal").await.expect("a namespace");
        let admin = plane.client();
        for object in objects() {
            let text = object.to_string();
            let applied = plane.kubectl_with_input(&["apply", "-n", &namespace, "-f", "-"], &text).await;
            applied.expect("it is accepted");
        }
        let pods = Api::<k8s_openapi::api::core::v1::Pod>::namespaced(admin.clone(), &namespace);
        let mut uids = [String::new(), String::new()];
        for (uid, name) in uids.iter_mut().zip(PODS) {
            *uid = pods.get(name).await.expect("it was made").uid().expect("it is stored");
        }
        let worker = async |pod: usize| {
            let bound = Some((PODS[pod], uids[pod].as_str()));
            plane.client_as_service_account(&namespace, "letters-inference", bound).await.expect("a token")
        };
        let workers = [worker(0).await, worker(1).await];
        let unbound = plane.client_as_service_account(&namespace, "letters-inference", None).await.expect("a token");
        let both = Self { laws: Laws::real(), namespace, admin, workers, unbound, uids };
        both.wait_for_policy().await;
        both
    }

    /// Messages of all rules.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.laws.admission.messages()
    }

    pub fn pair(&self, seed: u64) -> Pair<'_> {
        let mut server = Server::new(&self.laws);
        let pods = PODS.map(|name| server.add_pod(name, 0));
        Pair { both: self, name: format!("letter-{seed}"), server, pods, read: Default::default(), version: None }
    }

    /// A policy takes a moment to be enforced, and so do rights.
    async fn wait_for_policy(&self) {
        let api = self.api(&self.workers[0]);
        let made = self
            .api(&self.admin)
            .create(&PostParams::default(), &request("policy", "letters"))
            .await
            .expect("it is accepted");
        let mut ended = made.clone();
        ended.status = Some(crds::life::cancelled(&made, timestamp(0)));
        let (begun, mut looks) = (Instant::now(), tokio::time::interval(LOOK));
        loop {
            looks.tick().await;
            match api.replace_status("policy", &PostParams::default(), &ended).await {
                Err(error) if error.to_string().contains("must not end a request") => return,
                other => assert!(begun.elapsed() < PATIENCE, "the policy is not enforced: {other:?}"),
            }
        }
    }

    fn api(&self, client: &Client) -> Api<CoverLetterRequest> {
        Api::namespaced(client.clone(), &self.namespace)
    }

    fn client(&self, by: By) -> &Client {
        match by {
            By::Admin => &self.admin,
            By::Unbound => &self.unbound,
            By::Pod(pod) => &self.workers[pod],
        }
    }

    /// What was refused of a real write, and which of our rules it broke.
    fn told(&self, error: kube::Error) -> (Option<u16>, Vec<String>) {
        let kube::Error::Api(status) = error else { panic!("{error}") };
        let broken = self.messages().filter(|message| status.message.contains(message)).map(str::to_owned).collect();
        (Some(status.code), broken)
    }
}

impl Pair<'_> {
    /// Makes one write on both. Returns what became of it: on the rehearsed one, on the real one.
    pub async fn play(&mut self, step: &Step, number: i64) -> (Outcome, Outcome) {
        (self.rehearse(step, number), self.really(step, number).await)
    }

    fn rehearse(&mut self, step: &Step, number: i64) -> Outcome {
        let name = self.name.clone();
        let before = self.server.requests.get(&name).cloned();
        let pods = claimants(&self.pods);
        let (call, by) = match step {
            Step::Create(app) => (Call::Create(Box::new(request(&name, app))), By::Admin),
            Step::CreateLong => (Call::Create(Box::new(request(&long(), "letters"))), By::Admin),
            Step::Retitle | Step::Uncancel => {
                let mut spec =
                    before.as_ref().map_or_else(|| request(&name, "letters").spec, |before| before.spec.clone());
                if matches!(step, Step::Retitle) {
                    TITLE.clone_into(&mut spec.job.title);
                } else {
                    spec.cancel_requested = false;
                }
                (Call::Spec { name: name.clone(), spec: Box::new(spec) }, By::Admin)
            }
            Step::Cancel => (Call::Cancel { name: name.clone(), uid: None }, By::Admin),
            Step::Label => {
                let labels = BTreeMap::from([(ARCHIVED_LABEL.to_owned(), "true".to_owned())]);
                (Call::Mark { name: name.clone(), labels, annotations: BTreeMap::new() }, By::Admin)
            }
            Step::Finalizers(has) => {
                let finalizers = has.then(|| FINALIZER.to_owned()).into_iter().collect();
                (Call::Finalizers { name: name.clone(), finalizers }, By::Admin)
            }
            Step::Delete { is_stale } => {
                let read = chosen(&self.read[0], *is_stale);
                let version = read.and_then(kube::ResourceExt::resource_version);
                (Call::Delete { name: name.clone(), uid: None, version }, By::Admin)
            }
            Step::Status { by, is_stale, is_of_another, change } => {
                let empty = request(&name, "letters");
                let read = chosen(&self.read[0], *is_stale).unwrap_or(&empty);
                let status = (change.make)(read, &pods, timestamp(number * 1_000)).map(Box::new);
                let uid = if *is_of_another { Some(other_uid()) } else { read.uid() };
                (Call::Status { name: name.clone(), uid, version: read.resource_version(), status }, *by)
            }
        };
        let writer = match by {
            By::Admin => Writer::account("kubernetes-admin"),
            By::Unbound => Writer::account(&format!("system:serviceaccount:{NAMESPACE}:letters-inference")),
            By::Pod(pod) => Writer::worker(PODS[pod], &self.pods[pod], "letters"),
        };
        let (code, broken) = match self.server.answer(&call, &writer, number * 1_000) {
            Ok(Answer::Request(_) | Answer::Done) => (None, Vec::new()),
            Ok(_) => panic!("no answer about a request"),
            Err(Refusal { code, messages }) => (code, messages),
        };
        let after = self.server.requests.get(&name).cloned();
        let broken = self.both.messages().filter(|known| broken.iter().any(|one| one == known)).map(str::to_owned);
        let outcome = Outcome {
            code,
            broken: broken.collect(),
            is_changed: version(before.as_deref()) != version(after.as_deref()),
            after: shown(after.as_deref(), &self.pods),
        };
        self.note(0, after.as_deref().cloned());
        outcome
    }

    async fn really(&mut self, step: &Step, number: i64) -> Outcome {
        let (name, both) = (self.name.clone(), self.both);
        let api = both.api(&both.admin);
        let params = PatchParams::default();
        let patch = async |patch: Value| api.patch(&name, &params, &Patch::Merge(patch)).await.map(|_| ());
        let written = match step {
            Step::Create(app) => api.create(&PostParams::default(), &request(&name, app)).await.map(|_| ()),
            Step::CreateLong => api.create(&PostParams::default(), &request(&long(), "letters")).await.map(|_| ()),
            Step::Retitle => patch(json!({"spec": {"job": {"title": TITLE}}})).await,
            Step::Uncancel => patch(json!({"spec": {"cancelRequested": false}})).await,
            Step::Cancel => patch(json!({"spec": {"cancelRequested": true}})).await,
            Step::Label => patch(json!({"metadata": {"labels": {ARCHIVED_LABEL: "true"}}})).await,
            Step::Finalizers(has) => {
                let finalizers: Vec<_> = has.then_some(FINALIZER).into_iter().collect();
                patch(json!({"metadata": {"finalizers": finalizers}})).await
            }
            Step::Delete { is_stale } => {
                let read = chosen(&self.read[1], *is_stale);
                let resource_version = read.and_then(kube::ResourceExt::resource_version);
                let params = DeleteParams::background().preconditions(Preconditions { uid: None, resource_version });
                api.delete(&name, &params).await.map(|_| ())
            }
            Step::Status { by, is_stale, is_of_another, change } => {
                let empty = request(&name, "letters");
                let read = chosen(&self.read[1], *is_stale).unwrap_or(&empty);
                let status = (change.make)(read, &claimants(&both.uids), timestamp(number * 1_000));
                self.put(read, status, *by, *is_of_another).await
            }
        };
        let (code, broken) = written.map_or_else(|error| both.told(error), |()| (None, Vec::new()));
        let after = api.get_opt(&name).await.expect("it can be read");
        let is_changed = self.version.as_deref() != version(after.as_ref());
        self.version = version(after.as_ref()).map(str::to_owned);
        let outcome = Outcome { code, broken, is_changed, after: shown(after.as_ref(), &both.uids) };
        self.note(1, after);
        outcome
    }

    async fn put(
        &self,
        read: &CoverLetterRequest,
        status: Option<CoverLetterRequestStatus>,
        by: By,
        is_of_another: bool,
    ) -> kube::Result<()> {
        let mut new = read.clone();
        new.metadata.managed_fields = None;
        new.status = status;
        if is_of_another {
            new.metadata.uid = Some(other_uid());
        }
        let api = self.both.api(self.both.client(by));
        api.replace_status(&self.name, &PostParams::default(), &new).await.map(|_| ())
    }

    /// Remembers what is there now, and what was there before.
    fn note(&mut self, side: usize, after: Option<CoverLetterRequest>) {
        let [last, before] = &mut self.read[side];
        if after.is_some() && version(after.as_ref()) != version(last.as_ref()) {
            *before = std::mem::replace(last, after);
        }
    }
}

/// The version to write: the last one, or the one before it.
fn chosen(read: &[Option<CoverLetterRequest>; 2], is_stale: bool) -> Option<&CoverLetterRequest> {
    read[usize::from(is_stale)].as_ref().or(read[0].as_ref())
}

fn version(request: Option<&CoverLetterRequest>) -> Option<&str> {
    request?.metadata.resource_version.as_deref()
}

fn other_uid() -> String {
    "99999999-9999-9999-9999-999999999999".to_owned()
}

fn claimants(uids: &[String; 2]) -> [Claimant; 2] {
    [0, 1].map(|pod| Claimant {
        worker: PODS[pod].to_owned(),
        pod_uid: uids[pod].clone(),
        boot_id: "boot".to_owned(),
        endpoint: "10.0.0.1:8080".to_owned(),
    })
}

/// A request as it is stored, without what differs between two API servers: times, versions and uids.
fn shown(request: Option<&CoverLetterRequest>, pods: &[String; 2]) -> Value {
    let Some(request) = request else { return Value::Null };
    let metadata = &request.metadata;
    let mut status = json!(request.status);
    without_times(&mut status, pods);
    json!({
        "generation": metadata.generation,
        "labels": metadata.labels,
        "finalizers": metadata.finalizers,
        "isDeleted": metadata.deletion_timestamp.is_some(),
        "spec": request.spec,
        "status": status,
    })
}

fn without_times(value: &mut Value, pods: &[String; 2]) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("Time") && key != "timings");
            map.values_mut().for_each(|value| without_times(value, pods));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| without_times(value, pods)),
        Value::String(text) => {
            if let Some(pod) = pods.iter().position(|uid| uid == text) {
                *text = format!("uid of {}", PODS[pod]);
            }
        }
        _ => {}
    }
}

/// A name that is too long.
fn long() -> String {
    "letter".repeat(12)
}

fn request(name: &str, app: &str) -> CoverLetterRequest {
    let request = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest", "metadata": {"name": name},
        "spec": {"appRef": {"name": app}, "job": {"title": "Data Scientist", "company": "google"}},
    });
    serde_json::from_value(request).expect("a request")
}

/// The account of the workers, its rights, and two pods.
fn objects() -> Vec<Value> {
    let pod = |name: &str| {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {"serviceAccountName": "letters-inference", "containers": [{"name": "inference", "image": "none"}]}})
    };
    let rule = json!({"apiGroups": ["coverletter.dev"], "verbs": ["get", "update"],
        "resources": ["coverletterrequests", "coverletterrequests/status"]});
    let rbac = "rbac.authorization.k8s.io";
    vec![
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "letters-inference"}}),
        json!({"apiVersion": format!("{rbac}/v1"), "kind": "Role", "metadata": {"name": "worker"}, "rules": [rule]}),
        json!({"apiVersion": format!("{rbac}/v1"), "kind": "RoleBinding", "metadata": {"name": "worker"},
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "worker"},
            "subjects": [{"kind": "ServiceAccount", "name": "letters-inference"}]}),
        pod(PODS[0]),
        pod(PODS[1]),
    ]
}
