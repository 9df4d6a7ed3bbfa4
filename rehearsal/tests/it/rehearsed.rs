//! The letter of one script on a rehearsed API server, and what becomes of each write.

use std::collections::BTreeMap;

use crds::CoverLetterRequest;
use crds::life::Claimant;
use crds::names::ARCHIVED_LABEL;
use kube::ResourceExt as _;
use rehearsal::server::{Answer, Call, Laws, NAMESPACE, Refusal, Server, Writer, timestamp};
use serde_json::{Value, json};

use crate::script::{By, Step};

pub const PODS: [&str; 2] = ["pod-a", "pod-b"];
pub const TITLE: &str = "Astronaut";
pub const FINALIZER: &str = "coverletter.dev/test";

/// A letter on a server with some laws.
pub struct Rehearsed<'a> {
    laws: &'a Laws,
    pub name: String,
    server: Server<'a>,
    pods: [String; 2],
    read: Read,
}

/// The versions that were read last and before it.
#[derive(Default)]
pub struct Read([Option<CoverLetterRequest>; 2]);

/// What became of a write.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Code of a refusal.
    pub code: Option<u16>,
    /// Rules that were broken, by their messages.
    pub broken: Vec<String>,
    pub is_changed: bool,
    pub after: Value,
}

impl<'a> Rehearsed<'a> {
    pub fn new(laws: &'a Laws, seed: u64) -> Self {
        let mut server = Server::new(laws);
        let pods = PODS.map(|name| server.add_pod(name, 0));
        Self { laws, name: format!("letter-{seed}"), server, pods, read: Read::default() }
    }

    /// Makes one write.
    pub fn play(&mut self, step: &Step, number: i64) -> Outcome {
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
                let read = self.read.chosen(*is_stale);
                let version = read.and_then(kube::ResourceExt::resource_version);
                (Call::Delete { name: name.clone(), uid: None, version }, By::Admin)
            }
            Step::Status { by, is_stale, is_of_another, change } => {
                let empty = request(&name, "letters");
                let read = self.read.chosen(*is_stale).unwrap_or(&empty);
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
        let broken =
            self.laws.admission.messages().filter(|known| broken.iter().any(|one| one == known)).map(str::to_owned);
        let outcome = Outcome {
            code,
            broken: broken.collect(),
            is_changed: version(before.as_deref()) != version(after.as_deref()),
            after: shown(after.as_deref(), &self.pods),
        };
        self.read.note(after.as_deref().cloned());
        outcome
    }
}

impl Read {
    /// The version to write: the last one, or the one before it.
    pub fn chosen(&self, is_stale: bool) -> Option<&CoverLetterRequest> {
        self.0[usize::from(is_stale)].as_ref().or(self.0[0].as_ref())
    }

    /// Remembers what is there now, and what was there before.
    pub fn note(&mut self, after: Option<CoverLetterRequest>) {
        let [last, before] = &mut self.0;
        if after.is_some() && version(after.as_ref()) != version(last.as_ref()) {
            *before = std::mem::replace(last, after);
        }
    }
}

pub fn version(request: Option<&CoverLetterRequest>) -> Option<&str> {
    request?.metadata.resource_version.as_deref()
}

pub fn other_uid() -> String {
    "99999999-9999-9999-9999-999999999999".to_owned()
}

pub fn claimants(uids: &[String; 2]) -> [Claimant; 2] {
    [0, 1].map(|pod| Claimant {
        worker: PODS[pod].to_owned(),
        pod_uid: uids[pod].clone(),
        boot_id: "boot".to_owned(),
        endpoint: "10.0.0.1:8080".to_owned(),
    })
}

/// A request as it is stored, without what differs between two API servers: times, versions and uids.
pub fn shown(request: Option<&CoverLetterRequest>, pods: &[String; 2]) -> Value {
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
pub fn long() -> String {
    "letter".repeat(12)
}

pub fn request(name: &str, app: &str) -> CoverLetterRequest {
    let request = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest", "metadata": {"name": name},
        "spec": {"appRef": {"name": app}, "job": {"title": "Data Scientist", "company": "google"}},
    });
    serde_json::from_value(request).expect("a request")
}
