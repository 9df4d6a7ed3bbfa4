//! An API server of one thread, for requests and for the pods and Leases of workers: what it stores, what it refuses and with
//! which words. A test makes the same writes of one request on a real one and compares.

mod call;
mod leases;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crds::CoverLetterRequest;
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::Resource;
use serde_json::{Value as Json, json};

use crate::admission::Admission;
use crate::cel::Object;

pub use call::{Answer, Call, NAMESPACE, Refusal, Writer};
pub use table::{Change, Table};

/// When the first object was made.
const EPOCH: i64 = 1_800_000_000;

/// How old stale reads are, in milliseconds.
const STALE: i64 = 30_000;

/// What an API server holds its writers to.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a law")]
pub struct Laws {
    /// Rules and policy.
    pub admission: Admission,
    /// Whether a write is refused whose object has changed since it was read.
    pub compares_versions: bool,
    /// Whether a uid that is sent along must be that of the object.
    pub compares_uids: bool,
    /// Whether watches tell every change.
    pub watches_tell_all: bool,
    /// Whether what is read of a Lease or a pod is what is there, and not what was there half a minute ago.
    pub reads_are_current: bool,
    /// Whether a Lease is shown with the claims that its worker has taken.
    pub shows_taken: bool,
}

impl Laws {
    /// Those of a real API server with what we install.
    #[must_use]
    pub fn real() -> Self {
        Self {
            admission: Admission::installed(),
            compares_versions: true,
            compares_uids: true,
            watches_tell_all: true,
            reads_are_current: true,
            shows_taken: true,
        }
    }
}

/// The API server.
pub struct Server<'a> {
    laws: &'a Laws,
    version: u64,
    made: u64,
    /// Requests, with what rules see of them beside.
    pub requests: Table<CoverLetterRequest>,
    seen: BTreeMap<String, Seen>,
    /// Pods of workers.
    pub pods: Table<Pod>,
    /// Leases of workers and of the dispatcher.
    pub leases: Table<Lease>,
    /// Annotations of each Lease by who applied them.
    owned: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// A request as rules see it.
#[derive(Clone, Debug)]
struct Seen {
    metadata: Arc<Json>,
    spec: Arc<Json>,
    status: Option<Arc<Json>>,
}

impl Seen {
    fn object(&self) -> Object<'_> {
        Object { metadata: &self.metadata, spec: &self.spec, status: self.status.as_deref() }
    }
}

/// The time `milliseconds` after the beginning.
///
/// # Panics
/// When that is centuries away.
#[must_use]
pub fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(EPOCH * 1_000 + milliseconds).expect("a time within centuries")
}

impl<'a> Server<'a> {
    /// An API server without objects.
    #[must_use]
    pub fn new(laws: &'a Laws) -> Self {
        Self {
            laws,
            version: 0,
            made: 0,
            requests: Table::default(),
            seen: BTreeMap::new(),
            pods: Table::default(),
            leases: Table::default(),
            owned: BTreeMap::new(),
        }
    }

    /// Whether watches tell every change.
    #[must_use]
    pub fn tells_all(&self) -> bool {
        self.laws.watches_tell_all
    }

    /// Answers a call that arrives at `now`, in milliseconds.
    ///
    /// # Errors
    /// When it is refused.
    pub fn answer(&mut self, call: &Call, by: &Writer, now: i64) -> Result<Answer, Refusal> {
        match call {
            Call::Create(request) => self.create(request, by, now),
            Call::Status { name, uid, version, status } => {
                let old = self.precondition(name, uid.as_deref(), version.as_deref())?;
                let mut new = (*old).clone();
                new.status = status.as_deref().cloned();
                self.replace(&old, new, Some(by), now, &by.name)
            }
            Call::Cancel { name, uid } => {
                let old = self.precondition(name, uid.as_deref(), None)?;
                let mut new = (*old).clone();
                new.spec.cancel_requested = true;
                self.replace(&old, new, None, now, &by.name)
            }
            Call::Spec { name, spec } => {
                let old = self.precondition(name, None, None)?;
                let mut new = (*old).clone();
                new.spec = (**spec).clone();
                self.replace(&old, new, None, now, &by.name)
            }
            Call::Mark { name, labels, annotations } => {
                let old = self.precondition(name, None, None)?;
                let mut new = (*old).clone();
                let (mine, notes) = (&mut new.metadata.labels, &mut new.metadata.annotations);
                for (marks, more) in [(mine, labels), (notes, annotations)] {
                    if !more.is_empty() {
                        marks.get_or_insert_default().extend(more.clone());
                    }
                }
                self.replace(&old, new, None, now, &by.name)
            }
            Call::Finalizers { name, finalizers } => {
                let old = self.precondition(name, None, None)?;
                let mut new = (*old).clone();
                new.metadata.finalizers = (!finalizers.is_empty()).then(|| finalizers.clone());
                self.replace(&old, new, None, now, &by.name)
            }
            Call::Delete { name, uid, version } => self.delete(name, uid.as_deref(), version.as_deref(), by, now),
            Call::Read { name } => Ok(Answer::Request(self.requests.get(name).cloned())),
            Call::ReadLease { name } => {
                let lease = self.leases.at(name, self.read_at(now));
                Ok(Answer::Lease(lease.map(|lease| self.shown(&lease))))
            }
            Call::ReadPod { name } => Ok(Answer::Pod(self.pods.at(name, self.read_at(now)))),
            Call::Apply { lease, manager } => Ok(Answer::Lease(Some(self.apply(lease, manager, now, &by.name)))),
            Call::EndLease { name } => Ok(self.end_lease(name, now, &by.name)),
        }
    }

    /// The time of which reads tell.
    fn read_at(&self, now: i64) -> Option<i64> {
        (!self.laws.reads_are_current).then_some(now - STALE)
    }

    /// The request called `name`, if it is the one that was read.
    fn precondition(
        &self,
        name: &str,
        uid: Option<&str>,
        version: Option<&str>,
    ) -> Result<Arc<CoverLetterRequest>, Refusal> {
        let old = self.requests.get(name).ok_or_else(|| Refusal::new(404, "not found"))?;
        let is_other =
            |sent: Option<&str>, stored: &Option<String>| sent.is_some_and(|sent| Some(sent) != stored.as_deref());
        if self.laws.compares_uids && is_other(uid, &old.metadata.uid)
            || self.laws.compares_versions && is_other(version, &old.metadata.resource_version)
        {
            return Err(Refusal::new(409, "the object has been modified"));
        }
        Ok(Arc::clone(old))
    }

    fn create(&mut self, request: &CoverLetterRequest, by: &Writer, now: i64) -> Result<Answer, Refusal> {
        let name = request.metadata.name.clone().unwrap_or_default();
        if self.requests.get(&name).is_some() {
            return Err(Refusal::new(409, "already exists"));
        }
        let mut new = request.clone();
        // Whoever creates a request says nothing of its status.
        new.status = None;
        let seen = Seen { metadata: json!({"name": name}).into(), spec: json(&new.spec), status: None };
        Refusal::unless_empty(422, self.laws.admission.broken(seen.object(), None))?;
        self.stamp(&mut new, now);
        self.seen.insert(name.clone(), seen);
        Ok(self.store(&name, new, now, &by.name))
    }

    /// Puts `new` in place of `old`; `status_by` is who writes it if this is a write of the status.
    fn replace(
        &mut self,
        old: &CoverLetterRequest,
        mut new: CoverLetterRequest,
        status_by: Option<&Writer>,
        now: i64,
        by: &str,
    ) -> Result<Answer, Refusal> {
        let name = old.metadata.name.clone().unwrap_or_default();
        let before = self.seen.get(&name).expect("it is seen since it was made");
        let mut seen = before.clone();
        if status_by.is_some() {
            seen.status = new.status.as_ref().map(json);
        }
        if new.spec != old.spec {
            seen.spec = json(&new.spec);
            new.metadata.generation = old.metadata.generation.map(|generation| generation + 1);
        }
        Refusal::unless_empty(422, self.laws.admission.broken(seen.object(), Some(before.object())))?;
        if let Some(writer) = status_by {
            let forbidden = self.laws.admission.forbidden(seen.object(), before.object(), &writer.request);
            Refusal::unless_empty(403, forbidden.into_iter().collect())?;
        }
        // What changes nothing is judged all the same.
        if new == *old {
            return Ok(Answer::Request(self.requests.get(&name).cloned()));
        }
        self.seen.insert(name.clone(), seen);
        if new.metadata.deletion_timestamp.is_some() && new.metadata.finalizers.is_none() {
            return Ok(self.forget(&name, new, now, by));
        }
        Ok(self.store(&name, new, now, by))
    }

    fn delete(
        &mut self,
        name: &str,
        uid: Option<&str>,
        version: Option<&str>,
        by: &Writer,
        now: i64,
    ) -> Result<Answer, Refusal> {
        let old = self.precondition(name, uid, version)?;
        let mut new = (*old).clone();
        if new.metadata.finalizers.is_none() {
            return Ok(self.forget(name, new, now, &by.name));
        }
        if new.metadata.deletion_timestamp.is_some() {
            return Ok(Answer::Request(Some(old)));
        }
        new.metadata.deletion_timestamp = Some(Time(seconds(now)));
        new.metadata.generation = old.metadata.generation.map(|generation| generation + 1);
        Ok(self.store(name, new, now, &by.name))
    }

    fn store(&mut self, name: &str, mut new: CoverLetterRequest, now: i64, by: &str) -> Answer {
        new.metadata.resource_version = Some(self.next_version());
        let new = Arc::new(new);
        self.requests.put(name, Arc::clone(&new), now, by);
        Answer::Request(Some(new))
    }

    fn forget(&mut self, name: &str, mut last: CoverLetterRequest, now: i64, by: &str) -> Answer {
        last.metadata.resource_version = Some(self.next_version());
        self.seen.remove(name);
        self.requests.remove(name, Arc::new(last), now, by);
        Answer::Done
    }

    /// What the API server writes into a new object.
    fn stamp(&mut self, object: &mut impl Resource, now: i64) {
        self.made += 1;
        let metadata = object.meta_mut();
        metadata.uid = Some(format!("00000000-0000-0000-0000-{:012}", self.made));
        metadata.namespace = Some(NAMESPACE.to_owned());
        metadata.creation_timestamp = Some(Time(seconds(now)));
        metadata.generation = Some(1);
    }

    fn next_version(&mut self) -> String {
        self.version += 1;
        self.version.to_string()
    }
}

/// The time as an API server tells it of objects: in whole seconds.
fn seconds(now: i64) -> Timestamp {
    timestamp(now.div_euclid(1_000) * 1_000)
}

fn json(value: &impl serde::Serialize) -> Arc<Json> {
    Arc::new(serde_json::to_value(value).expect("parts of a request are JSON"))
}
