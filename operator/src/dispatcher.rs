//! Hands waiting requests to workers: whenever something changed, [`bind`](crate::dispatch::bind) decides, and the same
//! compare-and-swap write that a worker would make is made in its name.
//!
//! The workers see in a Lease of the app that somebody does this, and claim for themselves when it is not renewed. It is
//! renewed only while the watches work and claims of this app succeed, by the very loop that decides.

mod decisions;
mod view;

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
use crate::error::Error;
use crate::world::World;

pub use decisions::{Decisions, Outcome};
pub use view::Due;

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
    decisions: Decisions,
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
        Self { client, decisions: Decisions::new(Arc::clone(&world)), world, identity: identity.to_owned() }
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
            let (due, wake) = self.decisions.decide(IN_FLIGHT_MAX - writes.len(), Timestamp::now(), Instant::now());
            writes.extend(due.into_iter().map(|due| write(self.client.clone(), due)));
            if renewals.is_empty() && self.decisions.has_news(Instant::now()) {
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
        let told: Vec<_> = self.decisions.told().iter().map(|app| self.renewal(app.clone(), false)).collect();
        futures::future::join_all(told).await;
    }

    fn note(&mut self, Done { request, outcome }: Done) {
        let (name, now) = (request.name_any(), Instant::now());
        let (outcome, word) = match outcome {
            Some(Ok(())) => (Some(Outcome::Bound), "Bound"),
            Some(Err(error)) if error.is_conflict() || error.is_gone() => (Some(Outcome::Conflict), "Conflict"),
            failed => {
                let outcome = failed.is_some().then_some(Outcome::Failed);
                let error = failed.and_then(Result::err).unwrap_or(Error::TimedOut { seconds: TIMEOUT.as_secs() });
                warn!(request.name = %name, error = %Chain(&error), "Could not hand request `{name}` to a worker");
                (outcome, "Failed")
            }
        };
        if self.decisions.note(&request, outcome, now) {
            let (namespace, app) = view::app_of_request(&request);
            warn!(app.name = %app, app.namespace = %namespace, "Leaves the workers of app `{app}` in `{namespace}` to claim for themselves for a while");
        }
        metrics::counter!(BINDINGS.name, "outcome" => word).increment(1);
    }

    /// Renewals of the Leases of all apps that have workers, and releases of those that are left to themselves.
    fn renewals(&mut self) -> Vec<impl Future<Output = ()> + use<>> {
        let tell = self.decisions.tell(Instant::now());
        tell.into_iter().map(|(app, is_present)| self.renewal(app, is_present)).collect()
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
}

async fn write(client: Client, Due { request, status }: Due) -> Done {
    let outcome = tokio::time::timeout(TIMEOUT, write_status(&client, &request, status)).await.ok();
    Done { request, outcome }
}
