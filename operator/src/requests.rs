//! Looks after requests: whenever something changed, and once a second, each is sorted by [`triage`] and what has to
//! be done is done.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster::Chain;
use crds::app::Requests;
use crds::metrics::ACTIONS;
use crds::names::{BOOT_ID_ANNOTATION, TAKEN_ANNOTATION};
use crds::request::State;
use crds::{CoverLetterRequest, life};
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use kube::runtime::reflector::ObjectRef;
use kube::{Client, ResourceExt as _};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::apply;
use crate::error::{Error, panic_message};
use crate::triage::{
    Action, LeaseLife, PodLife, Rules, Sightings, Situation, Suspicion, Untaken, Workers, surplus, triage,
};
use crate::world::World;

/// Time passes for deadlines, silences and old age even when nothing happens.
const TICK: Duration = Duration::from_secs(1);
/// Least time between two rounds, however much happens.
const PACE: Duration = Duration::from_millis(50);
/// Writes at the same time.
const CONCURRENCY: usize = 16;
/// Longest time for one write.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Most actions of one round, and the longest time for them: what is urgent and comes meanwhile waits no longer.
const ROUND: usize = 512;
const ROUND_WITHIN: Duration = Duration::from_secs(5);

/// How long a request is left alone whose pod was found to be there.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Looks after requests until dropped.
pub struct Janitor {
    client: Client,
    world: Arc<World>,
    sightings: Sightings,
    untaken: Untaken,
    gaps: u64,
    /// Version of each request that was acted on, until the store has a newer one.
    acted: HashMap<String, String>,
    /// Requests whose pod and process are there although the watches do not show it, and when that was found.
    alive: HashMap<String, Instant>,
}

type Due = (Arc<CoverLetterRequest>, Action);

impl Janitor {
    /// A janitor that has seen nothing yet.
    #[must_use]
    pub fn new(client: Client, world: Arc<World>) -> Self {
        Self {
            client,
            world,
            sightings: Sightings::default(),
            untaken: Untaken::default(),
            gaps: 0,
            acted: HashMap::new(),
            alive: HashMap::new(),
        }
    }

    /// Works until cancelled.
    pub async fn run(mut self, cancelled: CancellationToken) {
        self.world.wait_until_ready().await;
        let world = Arc::clone(&self.world);
        let work = async {
            loop {
                // A change during the round is remembered by the Notify.
                let _ = tokio::time::timeout(TICK, world.requests_changed.notified()).await;
                self.round().await;
                tokio::time::sleep(PACE).await;
            }
        };
        cancelled.run_until_cancelled(work).await;
    }

    async fn round(&mut self) {
        let mut due = self.due(Timestamp::now(), Instant::now());
        due.sort_by_key(|(_, action)| action.urgency());
        due.truncate(ROUND);
        let client = self.client.clone();
        let acts = due.into_iter().map(|(request, action)| {
            let (client, world) = (client.clone(), Arc::clone(&self.world));
            async move {
                // What is on its way to a worker waits no longer, and what is written here is not handed out meanwhile.
                let is_ours =
                    is_current(&world, &request) && (request.state() != State::Queued || reserve(&world, &request));
                // First, or what it did not take would be handed to it once more.
                let passes_over = is_ours && action.frees();
                if passes_over {
                    pass_over(&world, &request, true);
                }
                let outcome = if is_ours { act(&client, &request, action).await } else { Ok(Done::Passed) };
                if passes_over && !matches!(outcome, Ok(Done::Freed)) {
                    pass_over(&world, &request, false);
                }
                (outcome, request)
            }
        });
        // What is cut off is due again in the next round, and a write that was made all the same is then a conflict.
        let outcomes = stream::iter(acts).buffer_unordered(CONCURRENCY).take_until(tokio::time::sleep(ROUND_WITHIN));
        let outcomes: Vec<_> = outcomes.collect().await;
        for (outcome, request) in outcomes {
            self.note(&request, outcome);
        }
    }

    fn due(&mut self, now: Timestamp, instant: Instant) -> Vec<Due> {
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

    fn note(&mut self, request: &CoverLetterRequest, outcome: Result<Done, Error>) {
        let name = request.name_any();
        match outcome {
            Ok(Done::Acted(what)) => {
                metrics::counter!(ACTIONS.name, "action" => what).increment(1);
                info!(request.name = %name, action = what, "Acted on request `{name}`");
                self.acted.extend(request.uid().zip(request.resource_version()));
            }
            Ok(Done::Freed) => {
                warn!(request.name = %name, "Took back request `{name}`, which its worker did not take");
                self.note(request, Ok(Done::Acted("Untaken")));
            }
            Ok(Done::Passed) => {}
            Ok(Done::NotSilent) => self.sightings.restart(Instant::now()),
            // A watch is late, or away for a while.
            Ok(Done::NotGone) => drop(self.alive.insert(request.uid().unwrap_or_default(), Instant::now())),
            // Another writer was faster: the store will have the newer version in a moment.
            Err(error) if error.is_conflict() => self.acted.extend(request.uid().zip(request.resource_version())),
            Err(error) => warn!(request.name = %name, error = %Chain(&error), "Could not act on request `{name}`"),
        }
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
            let has_ended = apply::requests::has_ended(pod);
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

/// Outcome of an action.
enum Done {
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
}

/// Whether the watch still shows this version: a round with much to do takes a while.
fn is_current(world: &World, request: &CoverLetterRequest) -> bool {
    let shown = world.requests.get(&ObjectRef::from_obj(request));
    shown.is_some_and(|shown| shown.metadata.resource_version == request.metadata.resource_version)
}

/// Keeps `request` from being handed out before the watch shows a newer version. Whether it is not handed out already.
fn reserve(world: &World, request: &CoverLetterRequest) -> bool {
    let uid = request.metadata.uid.as_deref().unwrap_or_default();
    world.bindings().reserve(uid, request.metadata.resource_version.as_deref(), Instant::now())
}

async fn act(client: &Client, request: &CoverLetterRequest, action: Action) -> Result<Done, Error> {
    let act = async {
        match action {
            Action::Write { status, why, confirm } => {
                let namespace = request.namespace().unwrap_or_default();
                let frees = confirm.as_ref().is_some_and(Suspicion::is_of_idleness);
                let denied = match confirm {
                    None => None,
                    Some(Suspicion::Idle { worker, token }) => {
                        let lacks = apply::requests::lease_lacks(client, &namespace, &worker, &token).await;
                        (!lacks).then_some(Done::NotGone)
                    }
                    Some(Suspicion::Silent { worker, renewed }) => {
                        let is_silent = apply::requests::lease_still_says(client, &namespace, &worker, renewed).await;
                        (!is_silent).then_some(Done::NotSilent)
                    }
                    Some(Suspicion::Restarted { worker, boot_id }) => {
                        let has = apply::requests::has_restarted(client, &namespace, &worker, &boot_id).await;
                        (!has).then_some(Done::NotGone)
                    }
                    Some(Suspicion::Gone { worker, uid }) => {
                        let is_gone = apply::requests::pod_is_gone(client, &namespace, &worker, &uid).await;
                        (!is_gone).then_some(Done::NotGone)
                    }
                };
                if let Some(done) = denied {
                    return Ok(done);
                }
                let done = if frees { Done::Freed } else { Done::Acted(why.as_str()) };
                apply::requests::write_status(client, request, *status).await.map(|()| done)
            }
            Action::Cancel => apply::requests::cancel(client, request).await.map(|()| Done::Acted("Cancel")),
            Action::Delete => apply::requests::delete(client, request).await.map(|()| Done::Acted("Delete")),
        }
    };
    tokio::time::timeout(TIMEOUT, act).await.unwrap_or(Err(Error::TimedOut { seconds: TIMEOUT.as_secs() }))
}

/// Has nothing more handed to the worker of `request` for a while, or calls it back.
fn pass_over(world: &World, request: &CoverLetterRequest, passes: bool) {
    let namespace = request.namespace().unwrap_or_default();
    let Some(claim) = request.status.as_ref().and_then(|status| status.claim.as_ref()) else { return };
    let mut bindings = world.bindings();
    if passes {
        bindings.pass_over(&namespace, &claim.worker, &claim.boot_id, Instant::now());
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
