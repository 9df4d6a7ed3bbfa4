//! What is due in a round of looking after requests, and what became of it. Whoever writes only does what is said here.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crds::app::Requests;
use crds::names::{BOOT_ID_ANNOTATION, TAKEN_ANNOTATION};
use crds::request::State;
use crds::{CoverLetterRequest, life};
use jiff::Timestamp;
use kube::ResourceExt as _;
use kube::runtime::reflector::ObjectRef;
use tracing::error;

use crate::error::panic_message;
use crate::triage::{
    Action, LeaseLife, PodLife, Rules, Sightings, Situation, Untaken, Workers, has_ended, surplus, triage,
};
use crate::world::World;

/// Most actions of one round.
const ROUND: usize = 512;
/// How long a request is left alone whose pod was found to be there.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// A request, and what is to be done about it.
pub type Due = (Arc<CoverLetterRequest>, Action);

/// Outcome of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The request has changed since, or is on its way to a worker.
    Passed,
    /// It was done; the text is a metric label.
    Acted(&'static str),
    /// It was taken from a worker that had not begun it.
    Freed,
    /// The worker lives after all, or its state is unknown.
    NotSilent,
    /// The pod or process is there after all, or its state is unknown.
    NotGone,
    /// Another writer was faster.
    Conflict,
    /// The write was refused, or no answer came.
    Failed,
}

/// What is known between two rounds.
pub struct Rounds {
    world: Arc<World>,
    sightings: Sightings,
    untaken: Untaken,
    gaps: u64,
    /// Version of each request that was acted on, until the store has a newer one.
    acted: HashMap<String, String>,
    /// Requests whose pod and process are there although the watches do not show it, and when that was found.
    alive: HashMap<String, Instant>,
}

impl Rounds {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self {
            world,
            sightings: Sightings::default(),
            untaken: Untaken::default(),
            gaps: 0,
            acted: HashMap::new(),
            alive: HashMap::new(),
        }
    }

    /// What is due, the most urgent first.
    pub fn due(&mut self, now: Timestamp, instant: Instant) -> Vec<Due> {
        let mut due = self.all_due(now, instant);
        due.sort_by_key(|(_, action)| action.urgency());
        due.truncate(ROUND);
        due
    }

    /// Whether `action` is to be tried: what is on its way to a worker waits no longer, and what is written here is not handed
    /// out meanwhile. [`Self::end`] ends it.
    #[must_use]
    pub fn begin(world: &World, (request, action): &Due, instant: Instant) -> bool {
        let is_ours =
            is_current(world, request) && (request.state() != State::Queued || reserve(world, request, instant));
        // First, or what it did not take would be handed to it once more.
        if is_ours && action.frees() {
            pass_over(world, request, Some(instant));
        }
        is_ours
    }

    /// Ends what was begun; `frees` is whether it was to take back what a worker did not take.
    pub fn end(world: &World, request: &CoverLetterRequest, frees: bool, done: Option<Done>) {
        if frees && done != Some(Done::Freed) {
            pass_over(world, request, None);
        }
    }

    /// Notes what became of a request that was due.
    pub fn note(&mut self, request: &CoverLetterRequest, done: Done, instant: Instant) {
        match done {
            // After a conflict the store will have the newer version in a moment.
            Done::Acted(_) | Done::Freed | Done::Conflict => {
                self.acted.extend(request.uid().zip(request.resource_version()));
            }
            Done::NotSilent => self.sightings.restart(instant),
            // A watch is late, or away for a while.
            Done::NotGone => drop(self.alive.insert(request.uid().unwrap_or_default(), instant)),
            Done::Passed | Done::Failed => {}
        }
    }

    fn all_due(&mut self, now: Timestamp, instant: Instant) -> Vec<Due> {
        let workers = self.workers(instant);
        let requests = self.world.requests.state();
        let exists: BTreeSet<_> = requests.iter().filter_map(|request| request.metadata.uid.as_deref()).collect();
        self.acted.retain(|uid, _| exists.contains(uid.as_str()));
        self.alive.retain(|_, found| instant.saturating_duration_since(*found) < ASK_AGAIN);
        let overdue = self.untaken.observe(requests.iter().filter_map(|request| claim_of(request, &workers)), instant);
        let apps = Apps::new(&self.world, &requests);
        let mut due = Vec::new();
        for request in &requests {
            let uid = request.uid().unwrap_or_default();
            let rules = apps.rules(request);
            let is_done = self.acted.get(&uid) == request.metadata.resource_version.as_ref();
            if is_done || self.alive.contains_key(&uid) {
                continue;
            }
            let surplus = apps.surplus.contains(&uid);
            let untaken = overdue.contains(&life::token(&uid, life::attempt(request)));
            let situation = Situation { rules, workers: &workers, surplus, untaken, now };
            // A bug that one request brings out must not take the others with it.
            match catch_unwind(AssertUnwindSafe(|| triage(request, &situation))) {
                Ok(action) => due.extend(action.map(|action| (Arc::clone(request), action))),
                Err(panic) => {
                    let (name, message) = (request.name_any(), panic_message(panic.as_ref()));
                    error!(request.name = %name, message, "Failed at request `{name}`, which is left alone");
                    self.acted.extend(request.uid().zip(request.resource_version()));
                }
            }
        }
        due
    }

    /// Pods and Leases of the workers. Silences are counted from zero after a time without observations.
    fn workers(&mut self, now: Instant) -> Workers {
        let gaps = self.world.lease_gaps();
        if gaps != self.gaps {
            self.gaps = gaps;
            self.sightings.restart(now);
            self.untaken.restart();
        }
        let pods = self.world.pods.state();
        let pods = pods.iter().map(|pod| {
            let has_ended = has_ended(pod);
            (
                (pod.namespace().unwrap_or_default(), pod.name_any()),
                PodLife { uid: pod.uid().unwrap_or_default(), has_ended },
            )
        });
        let mut workers = Workers { pods: pods.collect(), ..Workers::default() };
        for lease in self.world.leases.state() {
            let key = (lease.namespace().unwrap_or_default(), lease.name_any());
            let renewed = lease.spec.as_ref().and_then(|spec| spec.renew_time.as_ref()).map(|time| time.0);
            let boot_id = lease.annotations().get(BOOT_ID_ANNOTATION).cloned().unwrap_or_default();
            let silent_for = self.sightings.observe(&key, renewed, now);
            let taken = lease.annotations().get(TAKEN_ANNOTATION);
            let taken = taken.map(|taken| taken.split_whitespace().map(str::to_owned).collect());
            workers.leases.insert(key, LeaseLife { boot_id, renewed, silent_for, taken });
        }
        self.sightings.retain(|key| workers.leases.contains_key(key));
        workers
    }
}

/// Whether the watch still shows this version: a round with much to do takes a while.
fn is_current(world: &World, request: &CoverLetterRequest) -> bool {
    let shown = world.requests.get(&ObjectRef::from_obj(request));
    shown.is_some_and(|shown| shown.metadata.resource_version == request.metadata.resource_version)
}

/// Keeps `request` from being handed out before the watch shows a newer version. Whether it is not handed out already.
fn reserve(world: &World, request: &CoverLetterRequest, instant: Instant) -> bool {
    let uid = request.metadata.uid.as_deref().unwrap_or_default();
    world.bindings().reserve(uid, request.metadata.resource_version.as_deref(), instant)
}

/// Has nothing more handed to the worker of `request` for a while, or calls it back.
fn pass_over(world: &World, request: &CoverLetterRequest, since: Option<Instant>) {
    let namespace = request.namespace().unwrap_or_default();
    let Some(claim) = request.status.as_ref().and_then(|status| status.claim.as_ref()) else { return };
    let mut bindings = world.bindings();
    if let Some(since) = since {
        bindings.pass_over(&namespace, &claim.worker, &claim.boot_id, since);
    } else {
        bindings.call_back(&namespace, &claim.worker);
    }
}

/// Token of the claim on a request that is running, with the Lease of its worker.
fn claim_of<'a>(request: &CoverLetterRequest, workers: &'a Workers) -> Option<(String, &'a LeaseLife)> {
    let claim = request.status.as_ref()?.claim.as_ref().filter(|_| request.state() == State::Running)?;
    let lease = workers.leases.get(&(request.namespace()?, claim.worker.clone()))?;
    Some((life::token(request.metadata.uid.as_deref()?, claim.attempt), lease))
}

/// What matters about the apps that requests name.
struct Apps {
    limits: HashMap<(String, String), Known>,
    surplus: BTreeSet<String>,
}

impl Apps {
    fn new(world: &World, requests: &[Arc<CoverLetterRequest>]) -> Self {
        let mut limits = HashMap::new();
        for guarded in world.apps.state() {
            let known = match &guarded.0 {
                Err(_) => Known::Unreadable,
                Ok(app) if app.spec.paused => Known::Paused(app.spec.requests.clone()),
                Ok(app) => Known::Limits(app.spec.requests.clone()),
            };
            limits.insert((guarded.namespace().unwrap_or_default(), guarded.name_any()), known);
        }
        let mut finished: HashMap<_, Vec<_>> = HashMap::new();
        for request in requests.iter().filter(|request| request.is_terminal()) {
            finished.entry(key_of(request)).or_default().push(&**request);
        }
        let over = finished.into_iter().flat_map(|(key, of_app)| match limits.get(&key) {
            Some(Known::Limits(own)) => surplus(of_app, own.max_resident),
            None => surplus(of_app, Requests::default().max_resident),
            Some(Known::Paused(_) | Known::Unreadable) => BTreeSet::new(),
        });
        Self { surplus: over.collect(), limits }
    }

    /// What applies to a request.
    fn rules(&self, request: &CoverLetterRequest) -> Rules<'_> {
        match self.limits.get(&key_of(request)) {
            None => Rules::NoApp,
            Some(Known::Unreadable) => Rules::Unreadable,
            Some(Known::Paused(limits)) => Rules::Paused(limits),
            Some(Known::Limits(limits)) => Rules::Limits(limits),
        }
    }
}

/// What is known of an app.
enum Known {
    Limits(Requests),
    Paused(Requests),
    Unreadable,
}

fn key_of(request: &CoverLetterRequest) -> (String, String) {
    (request.namespace().unwrap_or_default(), request.spec.app_ref.name.clone())
}
