//! The story of a worker: it claims a request, writes its letter and reports the outcome. On shutdown it finishes the
//! letters that it can and gives the rest back.

mod claiming;
mod liveness;
mod log;
mod outcome;
mod reveal;
mod stop;
mod timing;
mod writer;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use crds::life;
use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::claim::{Claimed, Claims};
use crate::config::WorkConfig;
use crate::lease::Trouble;
use crate::metrics;
use crate::report::{Outcome, Reported};
use crate::retirement::Retirement;
use crate::stream::{LetterStream, Streams};
use crate::telemetry::LetterTrace;
use crate::view::{Changes, View};
use claiming::{Claiming, Slot};

pub use stop::Shutdown;
pub use writer::{Writer, WriterError};

/// How long after a request's deadline a report is still tried: until then the operator may not have ended it.
const REPORT_AFTER_DEADLINE: SignedDuration = SignedDuration::from_secs(30);
/// How long a worker that leaves still gives back what is handed to it, because the operator may not have seen it yet.
const LINGER: Duration = Duration::from_millis(500);

/// One worker with its slots.
pub struct Worker {
    claiming: Arc<Claiming>,
    claims: Claims,
    view: View,
    streams: Arc<Streams>,
    writer: Writer,
    active_deadline_seconds: i64,
    max_attempts: i32,
}

impl Worker {
    /// A worker that sees requests in `view`, claims with `claims`, writes with `writer` and shows the text in `streams`,
    /// until it is asked for its `retirement`.
    ///
    /// `seed` decides only which of several waiting requests it tries first.
    #[must_use]
    pub fn new(
        claims: Claims,
        view: View,
        streams: Arc<Streams>,
        writer: Writer,
        work: WorkConfig,
        retirement: Retirement,
        seed: u64,
    ) -> Arc<Self> {
        let claiming = Claiming::new(claims.clone(), view.clone(), work, retirement, seed);
        let WorkConfig { active_deadline_seconds, max_attempts, .. } = work;
        Arc::new(Self { claiming, claims, view, streams, writer, active_deadline_seconds, max_attempts })
    }

    /// Claims and writes until `shutdown.drain`, then finishes the letters it holds, or gives them back on
    /// `shutdown.release`, and gives back what is handed to it still. Returns when it holds none.
    pub async fn run(self: Arc<Self>, shutdown: Shutdown) {
        let mut letters = JoinSet::new();
        let mut changes = self.view.changes();
        let mut trouble = self.writer.trouble();
        tokio::select! {
            () = self.view.listed() => {}
            () = shutdown.drain.cancelled() => {}
        }
        while !shutdown.drain.is_cancelled() {
            if let Some(claimed) = self.claiming.next(&shutdown.drain, || self.writer.can_write()).await {
                let slot = self.claiming.slot(&claimed);
                letters.spawn(Arc::clone(&self).serve(claimed, slot, shutdown.release.clone()));
                continue;
            }
            tokio::select! {
                () = changes.next() => {}
                _ = letters.join_next(), if !letters.is_empty() => {}
                () = self.claiming.next_wake() => {}
                () = changed(&mut trouble) => {}
                () = self.claiming.called_back() => {}
                () = shutdown.drain.cancelled() => {}
            }
        }
        self.leave(letters, changes).await;
    }

    /// Finishes the `letters`, and gives back what is handed over all the same, which costs no attempt.
    async fn leave(&self, mut letters: JoinSet<()>, mut changes: Changes) {
        let mut is_known = std::pin::pin!(tokio::time::sleep(LINGER));
        let mut lingers = !self.view.is_left_alone();
        let never = CancellationToken::new();
        while lingers || !letters.is_empty() {
            if let Some(handed) = self.claiming.take(&never).await {
                let slot = self.claiming.slot(&handed);
                let reported = self.claims.finish(&handed, None, Outcome::Released, self.give_up(&handed)).await;
                log::ended(&handed, &Outcome::Released, &reported, handed.held_for());
                drop(slot);
                continue;
            }
            tokio::select! {
                () = changes.next() => {}
                _ = letters.join_next(), if !letters.is_empty() => {}
                () = &mut is_known, if lingers => lingers = false,
            }
        }
    }

    /// Writes the letter of `claimed` and reports the outcome.
    async fn serve(self: Arc<Self>, claimed: Claimed, slot: Slot, release: CancellationToken) {
        let stream = self.streams.open(claimed.uid(), claimed.attempt());
        let trace = self.writer.trace(&claimed);
        log::claimed(&claimed);

        let outcome = self.stood_in(&claimed, self.write(&claimed, &stream, &trace, release).await);
        stream.check();
        let reporting = trace.phase("report");
        let seen = self.view.get(claimed.name());
        let reported = self.claims.finish(&claimed, seen.as_deref(), outcome.clone(), self.give_up(&claimed)).await;
        reporting.end();

        let took = claimed.held_for();
        let reason = outcome.reason_reported(reported.as_ref().ok().copied());
        metrics::finished(reason, took.as_secs_f64());
        trace.end(reason, outcome.is_failure());
        if let Ok(Reported::Accepted(state)) = reported {
            stream.finish(state);
        }
        log::ended(&claimed, &outcome, &reported, took);
        drop(slot);
    }

    /// The letter, or the reason for which there is none: the first to end the work wins.
    async fn write(
        &self,
        claimed: &Claimed,
        stream: &LetterStream,
        trace: &LetterTrace,
        release: CancellationToken,
    ) -> Outcome {
        let letter = AssertUnwindSafe(self.writer.write(claimed, stream, trace)).catch_unwind();
        tokio::select! {
            biased;
            stopped = stop::stopped(&self.view, claimed, self.claims.hold(claimed), self.deadline(claimed), release) => stopped,
            outcome = letter => outcome.unwrap_or_else(|_| Outcome::Failed("The worker met an error of its own.".to_owned())),
        }
    }

    /// The outcome, or a letter in the plain form in place of the failure of the last attempt.
    fn stood_in(&self, claimed: &Claimed, outcome: Outcome) -> Outcome {
        match &outcome {
            Outcome::Failed(why) if life::is_last_attempt(claimed.request(), self.max_attempts) => {
                outcome::stood_in_for(claimed, why, self.writer.name()).unwrap_or(outcome)
            }
            _ => outcome,
        }
    }

    fn deadline(&self, claimed: &Claimed) -> Timestamp {
        life::deadline(claimed.request(), self.active_deadline_seconds).unwrap_or(Timestamp::MAX)
    }

    /// When a report that does not get through is given up.
    fn give_up(&self, claimed: &Claimed) -> Timestamp {
        self.deadline(claimed).checked_add(REPORT_AFTER_DEADLINE).unwrap_or(Timestamp::MAX)
    }
}

/// Resolves when the model can be asked again, or no longer. Nothing that happens between two calls is missed.
async fn changed(trouble: &mut Option<Trouble>) {
    if let Some(trouble) = trouble
        && trouble.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}
