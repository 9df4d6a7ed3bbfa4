//! Hands waiting requests to workers: whenever something changed, [`bind`](crate::dispatch::bind) decides, and the same
//! compare-and-swap write that a worker would make is made in its name.
//!
//! The workers see in a Lease of the app that somebody does this, and claim for themselves when it is not renewed. It is
//! renewed only while the watches work and claims of this app succeed, by the very loop that decides.

mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster::Chain;
use crds::CoverLetterRequest;
use crds::metrics::BINDINGS;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use jiff::Timestamp;
use kube::{Client, ResourceExt as _};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::apply::dispatcher::{Dispatched, renew};
use crate::apply::requests::write_status;
use crate::dispatch::{Failures, Ring};
use crate::error::Error;
use crate::triage::Sightings;
use crate::world::World;
use view::{AppKey, Due};

/// Most writes at the same time: the API server serves others too.
const IN_FLIGHT_MAX: usize = 64;
/// Least time between two decisions, however much happens: each looks at all requests.
const PACE: Duration = Duration::from_millis(5);
/// Longest time between two decisions.
const TICK: Duration = Duration::from_secs(1);
/// Longest time for one write.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How often the Leases are renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// Hands out requests until dropped.
pub struct Dispatcher {
    client: Client,
    world: Arc<World>,
    /// Name of this process in the Leases.
    identity: String,
    rings: BTreeMap<AppKey, Ring>,
    sightings: Sightings,
    gaps: u64,
    failures: Failures,
    /// Apps whose workers were told that requests are handed to them.
    told: BTreeSet<Dispatched>,
}

/// What became of a claim.
struct Done {
    request: Arc<CoverLetterRequest>,
    /// `None` when no answer came in time.
    outcome: Option<Result<(), Error>>,
}

impl Dispatcher {
    /// A dispatcher that has seen nothing yet, called `identity`.
    #[must_use]
    pub fn new(client: Client, world: Arc<World>, identity: &str) -> Self {
        Self {
            client,
            world,
            identity: identity.to_owned(),
            rings: BTreeMap::new(),
            sightings: Sightings::default(),
            gaps: 0,
            failures: Failures::default(),
            told: BTreeSet::new(),
        }
    }

    /// Works until cancelled. Then it finishes its writes and tells the workers.
    pub async fn run(mut self, cancelled: CancellationToken) {
        if cancelled.run_until_cancelled(self.world.wait_until_ready()).await.is_none() {
            return;
        }
        let world = Arc::clone(&self.world);
        let mut writes = FuturesUnordered::new();
        let mut renewals = FuturesUnordered::new();
        let mut renewal = tokio::time::interval(RENEW_EVERY);
        while !cancelled.is_cancelled() {
            let begun = tokio::time::Instant::now();
            let (due, wake) = self.decide(IN_FLIGHT_MAX - writes.len());
            writes.extend(due.into_iter().map(|due| write(self.client.clone(), due)));
            if renewals.is_empty() && self.has_news() {
                renewals.extend(self.renewals());
            }
            tokio::select! {
                () = world.work_changed.notified() => {}
                Some(done) = writes.next() => self.note(done),
                Some(()) = renewals.next() => {}
                _ = renewal.tick(), if renewals.is_empty() => renewals.extend(self.renewals()),
                () = tokio::time::sleep(wake.min(TICK)) => {}
                () = cancelled.cancelled() => {}
            }
            tokio::time::sleep_until(begun + PACE).await;
            while let Some(Some(done)) = writes.next().now_or_never() {
                self.note(done);
            }
        }
        while let Some(done) = writes.next().await {
            self.note(done);
        }
        let told: Vec<_> = self.told.iter().map(|app| self.renewal(app.clone(), false)).collect();
        futures::future::join_all(told).await;
    }

    fn note(&mut self, Done { request, outcome }: Done) {
        let (name, uid, now) = (request.name_any(), request.uid().unwrap_or_default(), Instant::now());
        let (app, mut bindings) = (view::app_of_request(&request), self.world.bindings());
        let outcome = match outcome {
            Some(Ok(())) => {
                self.failures.succeeded(&app);
                bindings.written(&uid, now);
                "Bound"
            }
            // The store will have the newer version in a moment, or no longer the request.
            Some(Err(error)) if error.is_conflict() || error.is_gone() => {
                self.failures.undecided(&app);
                bindings.refused(&uid, request.resource_version(), now);
                "Conflict"
            }
            failed => {
                bindings.unanswered(&uid, now);
                let error = failed.and_then(Result::err).unwrap_or(Error::TimedOut { seconds: TIMEOUT.as_secs() });
                warn!(request.name = %name, error = %Chain(&error), "Could not hand request `{name}` to a worker");
                if self.failures.failed(&app, now) {
                    let (namespace, app) = app;
                    warn!(app.name = %app, app.namespace = %namespace, "Leaves the workers of app `{app}` in `{namespace}` to claim for themselves for a while");
                }
                "Failed"
            }
        };
        metrics::counter!(BINDINGS.name, "outcome" => outcome).increment(1);
    }

    /// Apps that have workers, and whose workers are to be told that requests are handed to them.
    fn to_tell(&self) -> BTreeSet<Dispatched> {
        let (mut apps, now) = (view::dispatched(&self.world), Instant::now());
        apps.retain(|app| !self.failures.is_resting(&app.key(), now));
        apps
    }

    /// Whether workers have yet to learn that requests are handed to them, or no longer.
    fn has_news(&self) -> bool {
        let now = Instant::now();
        let are_left = self.told.iter().any(|app| self.failures.is_resting(&app.key(), now));
        are_left || self.to_tell().difference(&self.told).next().is_some()
    }

    /// Renewals of the Leases of all apps that have workers, and releases of those that are left to themselves.
    fn renewals(&mut self) -> Vec<impl Future<Output = ()> + use<>> {
        if !self.world.sees_work() {
            return Vec::new();
        }
        let (to_tell, now) = (self.to_tell(), Instant::now());
        let told = std::mem::replace(&mut self.told, to_tell);
        let left = told.into_iter().filter(|app| self.failures.is_resting(&app.key(), now));
        let released: Vec<_> = left.map(|app| self.renewal(app, false)).collect();
        self.told.iter().map(|app| self.renewal(app.clone(), true)).chain(released).collect()
    }

    /// Tells the workers of `app` whether requests are handed to them.
    fn renewal(&self, app: Dispatched, is_present: bool) -> impl Future<Output = ()> + use<> {
        let (client, holder) = (self.client.clone(), is_present.then(|| self.identity.clone()));
        async move {
            let renewed = tokio::time::timeout(RENEW_EVERY, renew(&client, &app, holder.as_deref())).await;
            let error = match renewed {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error,
                Err(_) => Error::TimedOut { seconds: RENEW_EVERY.as_secs() },
            };
            warn!(app.name = %app.name, error = %Chain(&error), "Could not tell the workers of app `{}`", app.name);
        }
    }

    /// At most `limit` claims to write now, and the time after which a request may be claimed that waits.
    fn decide(&mut self, limit: usize) -> (Vec<Due>, Duration) {
        let (now, instant) = (Timestamp::now(), Instant::now());
        let gaps = self.world.lease_gaps();
        if gaps != self.gaps {
            self.gaps = gaps;
            self.sightings.restart(instant);
        }
        let mut apps = view::apps(&self.world, &mut self.sightings, instant);
        let wake = view::add_requests(&mut apps, &self.world, now);
        self.rings.retain(|key, _| apps.contains_key(key));
        self.failures.retain(|key| apps.contains_key(key));
        let mut due = Vec::new();
        for (key, app) in apps {
            let limit = self.failures.limit(&key, limit - due.len(), instant);
            let bound = app.bind(self.rings.entry(key.clone()).or_default(), limit, now);
            self.failures.begin(&key, bound.len());
            due.extend(bound);
        }
        let mut bindings = self.world.bindings();
        for Due { request, status } in &due {
            if let Some(claim) = &status.claim {
                bindings.begin(&request.uid().unwrap_or_default(), view::written(request, claim));
            }
        }
        (due, wake)
    }
}

async fn write(client: Client, Due { request, status }: Due) -> Done {
    let outcome = tokio::time::timeout(TIMEOUT, write_status(&client, &request, status)).await.ok();
    Done { request, outcome }
}
