//! What the dispatcher sees of the cluster: per app the workers that take requests, and the requests that wait.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crds::life::{self, Claimant};
use crds::names::{
    BOOT_ID_ANNOTATION, DRAINING_ANNOTATION, ENDPOINT_ANNOTATION, INSTANCE_LABEL, RETIRE_ANNOTATION, SLOTS_ANNOTATION,
    TROUBLE_ANNOTATION,
};
use crds::request::{Claim, State};
use crds::{CoverLetterApp, CoverLetterRequest, CoverLetterRequestStatus};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::ResourceExt as _;
use kube::runtime::reflector::ObjectRef;

use crate::apply::dispatcher::Dispatched;
use crate::dispatch::{self, Ring, Snapshot, Waiting, Write};
use crate::triage::{Sightings, has_ended};
use crate::world::World;

/// A worker that has missed a renewal of its Lease, as observed here, is handed nothing.
const SILENCE_MAX: Duration = Duration::from_secs(15);

/// Namespace and name of an app.
pub type AppKey = (String, String);

/// A claim to be written.
pub struct Due {
    /// The request as it was seen.
    pub request: Arc<CoverLetterRequest>,
    /// Its status with the claim.
    pub status: CoverLetterRequestStatus,
}

/// One app: its workers that take requests, and its requests that may be claimed now.
#[derive(Default)]
pub struct App {
    active_deadline_seconds: i64,
    workers: HashMap<String, Worker>,
    queue: Vec<Arc<CoverLetterRequest>>,
}

struct Worker {
    claimant: Claimant,
    slots: usize,
    held: usize,
    /// When it was last known to write, in milliseconds since 1970.
    busy: i64,
}

/// Apps that have workers which can be handed requests, idle or not.
pub fn dispatched(world: &World) -> BTreeSet<Dispatched> {
    let leases = world.leases.state();
    let with_workers: BTreeSet<_> =
        leases.iter().filter(|lease| slots(lease).is_some()).filter_map(|lease| app_of(lease)).collect();
    let apps = world.apps.state();
    let apps = apps.iter().filter_map(|app| app.0.as_ref().ok()).filter(|app| with_workers.contains(&key(app)));
    apps.filter_map(|app| Some(Dispatched { namespace: app.namespace()?, name: app.name_any(), uid: app.uid()? }))
        .collect()
}

/// All apps, with their workers that take requests.
pub fn apps(world: &World, sightings: &mut Sightings, now: Instant) -> BTreeMap<AppKey, App> {
    let readable = world
        .apps
        .state()
        .into_iter()
        .filter_map(|app| app.0.as_ref().ok().map(|app| (key(app), app.spec.requests.active_deadline_seconds)));
    let mut apps: BTreeMap<_, _> = readable
        .map(|(key, active_deadline_seconds)| (key, App { active_deadline_seconds, ..App::default() }))
        .collect();
    for lease in world.leases.state() {
        let name = lease.name_any();
        let renewed = lease.spec.as_ref().and_then(|spec| spec.renew_time.as_ref()).map(|time| time.0);
        let silent_for = sightings.observe(&(lease.namespace().unwrap_or_default(), name.clone()), renewed, now);
        let Some(key) = app_of(&lease) else { continue };
        let Some(app) = apps.get_mut(&key).filter(|_| silent_for < SILENCE_MAX) else { continue };
        if let Some(worker) = worker(&lease).filter(|worker| is_there(world, &key, worker)) {
            app.workers.insert(name, worker);
        }
    }
    sightings.retain(|(namespace, name)| world.leases.get(&ObjectRef::new(name).within(namespace)).is_some());
    apps
}

/// Adds what waits, and what the workers have in hand. Returns the time after which another request may be claimed.
pub fn add_requests(apps: &mut BTreeMap<AppKey, App>, world: &World, now: Timestamp, instant: Instant) -> Duration {
    let mut bindings = world.bindings();
    bindings.settle(
        |uid, write| {
            let shown = world.requests.get(&ObjectRef::new(&write.name).within(&write.namespace))?;
            (shown.metadata.uid.as_deref() == Some(uid)).then(|| life::attempt(&shown))
        },
        instant,
    );
    let mut wake = None;
    for request in world.requests.state() {
        let Some(app) = apps.get_mut(&app_of_request(&request)) else { continue };
        if request.state() != State::Queued {
            app.note_claim(&request);
        } else if request.is_claimable(now) {
            let uid = request.metadata.uid.as_deref().unwrap_or_default();
            let is_free = bindings.is_free(uid, request.metadata.resource_version.as_deref());
            let deadline = life::deadline(&request, app.active_deadline_seconds);
            if is_free && deadline.is_some_and(|deadline| now < deadline) {
                app.queue.push(request);
            }
        } else {
            let next = request.status.as_ref().and_then(|status| status.next_attempt_time.as_ref()).map(|next| next.0);
            wake = next.into_iter().chain(wake).filter(|next| *next > now).min();
        }
    }
    for ((namespace, _), app) in apps.iter_mut() {
        for (name, held) in bindings.held_in(namespace) {
            if let Some(worker) = app.workers.get_mut(&name) {
                (worker.held, worker.busy) = (worker.held + held, i64::MAX);
            }
        }
    }
    let wake = wake.map(|wake| wake.duration_since(now).unsigned_abs());
    wake.map_or(Duration::MAX, |wake| wake + Duration::from_millis(1))
}

impl App {
    /// Counts a request that is or was claimed for its worker.
    fn note_claim(&mut self, request: &CoverLetterRequest) {
        let Some(status) = &request.status else { return };
        let Some(worker) = status.claim.as_ref().and_then(|claim| self.workers.get_mut(&claim.worker)) else { return };
        if request.state() == State::Running {
            (worker.held, worker.busy) = (worker.held + 1, i64::MAX);
        } else if let Some(completed) = &status.completion_time {
            worker.busy = worker.busy.max(completed.0.as_millisecond());
        }
    }

    /// The claims to write.
    pub fn bind(self, ring: &mut Ring, limit: usize, now: Timestamp) -> Vec<Due> {
        let snapshot = Snapshot {
            queue: self.queue.iter().map(|request| waiting(request)).collect(),
            workers: self.workers.iter().map(|(name, worker)| worker.seen(name)).collect(),
        };
        let bindings = dispatch::bind(&snapshot, ring, limit);
        let mut chosen: HashMap<_, _> = bindings.into_iter().map(|binding| (binding.uid, binding.worker)).collect();
        let due = self.queue.into_iter().filter_map(|request| {
            let worker = self.workers.get(&chosen.remove(request.metadata.uid.as_deref()?)?)?;
            let status = life::claimed(&request, &worker.claimant, now);
            Some(Due { request, status })
        });
        due.collect()
    }
}

impl Worker {
    fn seen(&self, name: &str) -> dispatch::Worker {
        dispatch::Worker { name: name.to_owned(), free: self.slots.saturating_sub(self.held), busy: self.busy }
    }
}

/// What the ledger remembers of a claim on `request`.
pub fn written(request: &CoverLetterRequest, claim: &Claim) -> Write {
    Write {
        namespace: request.namespace().unwrap_or_default(),
        name: request.name_any(),
        worker: claim.worker.clone(),
        attempt: claim.attempt,
    }
}

/// The app that `request` names.
pub fn app_of_request(request: &CoverLetterRequest) -> AppKey {
    (request.namespace().unwrap_or_default(), request.spec.app_ref.name.clone())
}

fn waiting(request: &CoverLetterRequest) -> Waiting {
    let created = request.created().map_or(i64::MAX, Timestamp::as_millisecond);
    Waiting {
        uid: request.uid().unwrap_or_default(),
        requester: request.spec.requested_by.clone().unwrap_or_default(),
        cost: dispatch::cost(request.spec.letter.length),
        order: (created, request.name_any()),
    }
}

fn key(app: &CoverLetterApp) -> AppKey {
    (app.namespace().unwrap_or_default(), app.name_any())
}

fn app_of(lease: &Lease) -> Option<AppKey> {
    Some((lease.namespace()?, lease.labels().get(INSTANCE_LABEL)?.clone()))
}

fn slots(lease: &Lease) -> Option<usize> {
    lease.annotations().get(SLOTS_ANNOTATION)?.parse().ok()
}

/// The worker whose Lease this is, if it takes requests.
fn worker(lease: &Lease) -> Option<Worker> {
    let told = lease.annotations();
    if [DRAINING_ANNOTATION, RETIRE_ANNOTATION, TROUBLE_ANNOTATION].iter().any(|word| told.contains_key(*word)) {
        return None;
    }
    let claimant = Claimant {
        worker: lease.name_any(),
        pod_uid: lease.owner_references().iter().find(|owner| owner.kind == "Pod")?.uid.clone(),
        boot_id: told.get(BOOT_ID_ANNOTATION)?.clone(),
        endpoint: told.get(ENDPOINT_ANNOTATION)?.clone(),
    };
    Some(Worker { claimant, slots: slots(lease)?, held: 0, busy: 0 })
}

/// Whether the pod of a worker runs, as far as the watch shows it, and is not about to end.
fn is_there(world: &World, (namespace, app): &AppKey, worker: &Worker) -> bool {
    let name = &worker.claimant.worker;
    let pod = world.pods.get(&ObjectRef::new(name).within(namespace));
    let runs = pod.is_some_and(|pod| {
        let is_same = pod.metadata.uid.as_ref() == Some(&worker.claimant.pod_uid);
        is_same && pod.metadata.deletion_timestamp.is_none() && !has_ended(&pod)
    });
    let bindings = world.bindings();
    runs && !bindings.is_retiring(namespace, app, name)
        && !bindings.is_passed_over(namespace, name, &worker.claimant.boot_id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lease(more: &[(&str, &str)]) -> Lease {
        let mut lease: Lease = serde_json::from_value(json!({
            "metadata": {
                "name": "pod-a", "namespace": "letters", "labels": {INSTANCE_LABEL: "app"},
                "annotations": {BOOT_ID_ANNOTATION: "boot", ENDPOINT_ANNOTATION: "10.0.0.1:8080", SLOTS_ANNOTATION: "8"},
                "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "pod-a", "uid": "uid-a"}],
            },
        }))
        .expect("a Lease");
        let more = more.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        lease.annotations_mut().extend(more);
        lease
    }

    #[test]
    fn a_claim_says_of_a_worker_what_its_lease_says() {
        let worker = worker(&lease(&[])).expect("it takes requests");
        let claimant = Claimant {
            worker: "pod-a".into(),
            pod_uid: "uid-a".into(),
            boot_id: "boot".into(),
            endpoint: "10.0.0.1:8080".into(),
        };
        assert_eq!((worker.claimant, worker.slots), (claimant, 8));
    }

    #[test]
    fn a_worker_that_retires_leaves_cannot_write_or_is_of_an_earlier_version_takes_nothing() {
        for told in [RETIRE_ANNOTATION, DRAINING_ANNOTATION, TROUBLE_ANNOTATION] {
            assert!(worker(&lease(&[(told, "1")])).is_none(), "{told}");
        }
        let mut earlier = lease(&[]);
        earlier.annotations_mut().remove(SLOTS_ANNOTATION);
        assert!(worker(&earlier).is_none());
    }
}
