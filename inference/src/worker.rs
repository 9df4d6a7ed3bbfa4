//! The story of a worker: claim a request, write its letter, say what became of it; and when it is time to go, finish what
//! can be finished and give the rest back.

mod liveness;
mod reveal;
mod stop;
mod timing;
mod writer;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster::{Chain, Requests};
use crds::{CoverLetterRequest, life};
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::claim::{Claimed, Claims};
use crate::config::WorkConfig;
use crate::metrics;
use crate::queue::{self, Hands};
use crate::report::{Outcome, Reported};
use crate::stream::{Desk, Page};
use crate::telemetry::LetterTrace;

pub use writer::{Writer, WriterError};

/// Pause after the API server did not take a claim for another reason than a conflict.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);
/// How long after a request's deadline a report is still tried: until then the operator may not have ended it.
const REPORT_AFTER_DEADLINE: SignedDuration = SignedDuration::from_secs(30);

/// The two steps of going away.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    /// No new requests from now on.
    pub drain: CancellationToken,
    /// Letters that are not finished now go back to the queue.
    pub release: CancellationToken,
}

/// One worker with its slots.
pub struct Worker {
    claims: Claims,
    requests: Requests,
    desk: Arc<Desk>,
    writer: Writer,
    work: WorkConfig,
    hands: Mutex<Hands>,
    rng: Mutex<StdRng>,
}

impl Worker {
    /// A worker that claims with `claims` from `requests`, writes with `writer` and shows its pages on `desk`.
    ///
    /// `seed` decides only which of several waiting requests it tries first.
    #[must_use]
    pub fn new(
        claims: Claims,
        requests: Requests,
        desk: Arc<Desk>,
        writer: Writer,
        work: WorkConfig,
        seed: u64,
    ) -> Arc<Self> {
        let (hands, rng) = (Mutex::default(), Mutex::new(StdRng::seed_from_u64(seed)));
        Arc::new(Self { claims, requests, desk, writer, work, hands, rng })
    }

    /// Claims and writes until `shutdown.drain`, then finishes the letters in hand, or gives them back on
    /// `shutdown.release`. Returns when nothing is in hand any more.
    pub async fn run(self: Arc<Self>, shutdown: Shutdown) {
        let mut letters = JoinSet::new();
        let mut changes = self.requests.changes();
        tokio::select! {
            () = self.requests.listed() => {}
            () = shutdown.drain.cancelled() => {}
        }
        while !shutdown.drain.is_cancelled() {
            if let Some(claimed) = self.claim_next(&shutdown.drain).await {
                let held = Held::new(Arc::clone(&self), &claimed);
                letters.spawn(Arc::clone(&self).serve(claimed, held, shutdown.release.clone()));
                continue;
            }
            tokio::select! {
                () = changes.next() => {}
                _ = letters.join_next(), if !letters.is_empty() => {}
                () = self.next_wake() => {}
                () = shutdown.drain.cancelled() => {}
            }
        }
        while letters.join_next().await.is_some() {}
    }

    /// Writes the letter of `claimed` and reports what became of it.
    async fn serve(self: Arc<Self>, claimed: Claimed, held: Held, release: CancellationToken) {
        let begun = tokio::time::Instant::now();
        let page = self.desk.open(claimed.uid(), claimed.attempt());
        let trace = self.writer.trace(&claimed);
        tracing::info!(
            request.name = claimed.name(),
            request.attempt = claimed.attempt(),
            "Claimed request `{}`",
            claimed.name()
        );

        let outcome = self.write(&claimed, &page, &trace, release).await;
        page.check();
        let reporting = trace.phase("report");
        let seen = self.requests.get(claimed.name());
        let reported = self.claims.finish(&claimed, seen.as_deref(), outcome.clone(), self.give_up(&claimed)).await;

        reporting.end();

        let took = begun.elapsed();
        let reason = outcome.reason_reported(reported.as_ref().ok().copied());
        metrics::finished(reason, took.as_secs_f64());
        trace.end(reason, outcome.is_failure());
        match reported {
            Ok(Reported::Accepted(state)) => {
                page.finish(state);
                tracing::info!(
                    request.name = claimed.name(),
                    request.attempt = claimed.attempt(),
                    reason = outcome.reason(),
                    duration_ms = took.as_millis() as u64,
                    "Finished request `{}`: {}",
                    claimed.name(),
                    outcome.reason()
                );
            }
            Ok(Reported::ThrownAway) => {
                tracing::info!(
                    request.name = claimed.name(),
                    request.attempt = claimed.attempt(),
                    reason = "Lost",
                    "Threw away the work on request `{}`",
                    claimed.name()
                );
            }
            Err(error) => {
                tracing::error!(request.name = claimed.name(), request.attempt = claimed.attempt(), error = %Chain(&error), "Gave up reporting request `{}`", claimed.name());
            }
        }
        drop(held);
    }

    /// The letter, or why there is none: whatever stops the work first wins.
    async fn write(&self, claimed: &Claimed, page: &Page, trace: &LetterTrace, release: CancellationToken) -> Outcome {
        let letter = AssertUnwindSafe(self.writer.write(claimed, page, trace)).catch_unwind();
        tokio::select! {
            biased;
            stopped = stop::stopped(&self.requests, claimed, self.deadline(claimed.request()), release) => stopped,
            outcome = letter => outcome.unwrap_or_else(|_| Outcome::Failed("The worker met an error of its own.".to_owned())),
        }
    }

    /// Claims one more request if a slot is free and one waits. `None`: nothing to do before something changes.
    async fn claim_next(&self, drain: &CancellationToken) -> Option<Claimed> {
        while !drain.is_cancelled() {
            let requests = self.requests.all();
            if let Some(unheard) = self.take_unheard(&requests) {
                return Some(unheard);
            }
            let (request, hesitation) = self.choose(&requests)?;
            tokio::time::sleep(hesitation).await;
            if !self.is_current(&request) {
                continue;
            }
            match self.claims.try_claim(&request).await {
                Ok(Some(claimed)) => return Some(claimed),
                Ok(None) => self.hands().outrun_by_another(&request),
                Err(error) => {
                    tracing::warn!(error = %Chain(&error), "Could not claim a request");
                    if !error.is_passing() {
                        self.hands().outrun_by_another(&request);
                    }
                    let _ = tokio::time::timeout(CLAIM_PAUSE, drain.cancelled()).await;
                }
            }
        }
        None
    }

    fn choose(&self, requests: &[Arc<CoverLetterRequest>]) -> Option<(Arc<CoverLetterRequest>, Duration)> {
        let now = Timestamp::now();
        let mut hands = self.hands();
        hands.forget_what_shows(requests);
        if hands.held() >= self.work.slots || self.writer.is_broken() {
            return None;
        }
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let request = queue::next(requests, &hands, self.work.active_deadline_seconds, now, &mut *rng)?;
        let hesitation = queue::hesitation(requests, hands.held(), self.work.slots, now, &mut *rng);
        Some((request, hesitation))
    }

    /// A request that this process holds without knowing, because the answer to its claim was lost.
    fn take_unheard(&self, requests: &[Arc<CoverLetterRequest>]) -> Option<Claimed> {
        let mut hands = self.hands();
        hands.forget_what_shows(requests);
        let request = queue::unclaimed_success(requests, &hands, self.claims.claimant())?;
        self.claims.taken_unheard(&request)
    }

    /// Whether the watch still shows exactly this version.
    fn is_current(&self, request: &CoverLetterRequest) -> bool {
        let name = request.metadata.name.as_deref().unwrap_or_default();
        let shown = self.requests.get(name);
        shown.is_some_and(|shown| shown.metadata.resource_version == request.metadata.resource_version)
    }

    /// Resolves when the first backoff is over.
    async fn next_wake(&self) {
        let now = Timestamp::now();
        match queue::next_wake(&self.requests.all(), now) {
            Some(wake) => {
                let pause = wake.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                tokio::time::sleep(pause).await;
            }
            None => std::future::pending().await,
        }
    }

    fn deadline(&self, request: &CoverLetterRequest) -> Timestamp {
        life::deadline(request, self.work.active_deadline_seconds).unwrap_or(Timestamp::MAX)
    }

    fn give_up(&self, claimed: &Claimed) -> Timestamp {
        self.deadline(claimed.request()).checked_add(REPORT_AFTER_DEADLINE).unwrap_or(Timestamp::MAX)
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a request as in hand, also when its task ends in a panic.
struct Held {
    worker: Arc<Worker>,
    uid: String,
}

impl Held {
    fn new(worker: Arc<Worker>, claimed: &Claimed) -> Self {
        let mut hands = worker.hands();
        hands.take(claimed.uid(), claimed.attempt());
        metrics::slots(worker.work.slots, hands.held());
        drop(hands);
        Self { worker, uid: claimed.uid().to_owned() }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut hands = self.worker.hands();
        hands.let_go(&self.uid);
        metrics::slots(self.worker.work.slots, hands.held());
    }
}
