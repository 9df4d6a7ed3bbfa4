//! Looks after requests: whenever something changed, and once a second, each is sorted by [`triage`](crate::triage::triage)
//! and what has to be done is done.

mod rounds;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster::Chain;
use crds::CoverLetterRequest;
use crds::metrics::ACTIONS;
use futures::{StreamExt as _, stream};
use jiff::Timestamp;
use kube::{Client, ResourceExt as _};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::apply;
use crate::error::Error;
use crate::triage::{Action, Suspicion};
use crate::world::World;

pub use rounds::{Done, Due, Rounds};

/// Time passes for deadlines, silences and old age even when nothing happens.
const TICK: Duration = Duration::from_secs(1);
/// Least time between two rounds, however much happens.
const PACE: Duration = Duration::from_millis(50);
/// Writes at the same time.
const CONCURRENCY: usize = 16;
/// Longest time for one write.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time for the actions of one round: what is urgent and comes meanwhile waits no longer.
const ROUND_WITHIN: Duration = Duration::from_secs(5);

/// Looks after requests until dropped.
pub struct Janitor {
    client: Client,
    world: Arc<World>,
    rounds: Rounds,
}

impl Janitor {
    /// A janitor that has seen nothing yet.
    #[must_use]
    pub fn new(client: Client, world: Arc<World>) -> Self {
        Self { client, rounds: Rounds::new(Arc::clone(&world)), world }
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
        let due = self.rounds.due(Timestamp::now(), Instant::now());
        let client = self.client.clone();
        let acts = due.into_iter().map(|due| {
            let (client, world) = (client.clone(), Arc::clone(&self.world));
            async move {
                if !Rounds::begin(&world, &due, Instant::now()) {
                    return (Ok(Done::Passed), due.0);
                }
                let (request, action) = due;
                let frees = action.frees();
                let outcome = act(&client, &request, action).await;
                Rounds::end(&world, &request, frees, outcome.as_ref().ok().copied());
                (outcome, request)
            }
        });
        // What is cut off is due again in the next round, and a write that was made all the same is then a conflict.
        let outcomes = stream::iter(acts).buffer_unordered(CONCURRENCY).take_until(tokio::time::sleep(ROUND_WITHIN));
        let outcomes: Vec<_> = outcomes.collect().await;
        for (outcome, request) in outcomes {
            let done = told(&request, outcome);
            self.rounds.note(&request, done, Instant::now());
        }
    }
}

/// Counts and logs what became of an action.
fn told(request: &CoverLetterRequest, outcome: Result<Done, Error>) -> Done {
    let name = request.name_any();
    let done = match outcome {
        Ok(done) => done,
        Err(error) if error.is_conflict() => Done::Conflict,
        Err(error) => {
            warn!(request.name = %name, error = %Chain(&error), "Could not act on request `{name}`");
            Done::Failed
        }
    };
    let action = match done {
        Done::Acted(what) => what,
        Done::Freed => {
            warn!(request.name = %name, "Took back request `{name}`, which its worker did not take");
            "Untaken"
        }
        _ => return done,
    };
    metrics::counter!(ACTIONS.name, "action" => action).increment(1);
    info!(request.name = %name, action, "Acted on request `{name}`");
    done
}

async fn act(client: &Client, request: &CoverLetterRequest, action: Action) -> Result<Done, Error> {
    let act = async {
        match action {
            Action::Write { status, why, confirm } => {
                let namespace = request.namespace().unwrap_or_default();
                if let Some(suspicion) = &confirm
                    && !apply::requests::confirms(client, &namespace, suspicion).await
                {
                    return Ok(if suspicion.is_of_silence() { Done::NotSilent } else { Done::NotGone });
                }
                let frees = confirm.as_ref().is_some_and(Suspicion::is_of_idleness);
                let done = if frees { Done::Freed } else { Done::Acted(why.as_str()) };
                apply::requests::write_status(client, request, *status).await.map(|()| done)
            }
            Action::Cancel => apply::requests::cancel(client, request).await.map(|()| Done::Acted("Cancel")),
            Action::Delete => apply::requests::delete(client, request).await.map(|()| Done::Acted("Delete")),
        }
    };
    tokio::time::timeout(TIMEOUT, act).await.unwrap_or(Err(Error::TimedOut { seconds: TIMEOUT.as_secs() }))
}
