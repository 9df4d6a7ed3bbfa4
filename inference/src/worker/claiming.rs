//! Which request this worker takes next, and the slots that it has for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster::Chain;
use crds::{CoverLetterRequest, life};
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::claim::{ClaimError, Claimed, Claims};
use crate::config::WorkConfig;
use crate::metrics;
use crate::queue::{self, HeldRequests, Next, Rivals, Standing};
use crate::retirement::Retirement;
use crate::view::View;

/// Pause after a claim that failed for another reason than a conflict.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);
/// Longest wait for the watch to show a claim; beyond it the watch is in trouble, and says nothing of the others'.
const MEASURED_FOR: Duration = Duration::from_secs(1);

/// Takes what is handed to this worker. Without anybody who does that, claims waiting requests for as many letters as
/// there are slots.
pub(super) struct Claiming {
    claims: Claims,
    view: View,
    work: WorkConfig,
    retirement: Retirement,
    held: Mutex<HeldRequests>,
    rng: Mutex<StdRng>,
}

impl Claiming {
    /// `seed` decides only which of several waiting requests is tried first.
    pub(super) fn new(claims: Claims, view: View, work: WorkConfig, retirement: Retirement, seed: u64) -> Arc<Self> {
        let (held, rng) = (Mutex::default(), Mutex::new(StdRng::seed_from_u64(seed)));
        Arc::new(Self { claims, view, work, retirement, held, rng })
    }

    /// One more request: one that was handed to this worker, or one that it claims while `can_write` and a slot is free.
    /// `None`: nothing to do before something changes.
    pub(super) async fn next(&self, drain: &CancellationToken, can_write: impl Fn() -> bool) -> Option<Claimed> {
        while !drain.is_cancelled() {
            let (request, hesitation) = match self.step(can_write() && self.view.is_left_alone()) {
                Next::Rest => return None,
                Next::Take(handed) => match self.take_one(&handed, drain).await {
                    Some(taken) => return Some(taken),
                    None => continue,
                },
                Next::Claim(request, hesitation) => (request, hesitation),
            };
            if !self.hesitate(&request, hesitation, drain).await {
                continue;
            }
            let begun = Instant::now();
            if !self.retirement.begin_claim() {
                return None;
            }
            match self.claims.try_claim(&request).await {
                // The claim is under way until it has a slot.
                Ok(Some(claimed)) => {
                    tokio::spawn(measure(self.view.clone(), claimed.name().to_owned(), claimed.attempt(), begun));
                    return Some(claimed);
                }
                Ok(None) => {
                    self.retirement.end_claim();
                    self.view.crowd().surprised();
                    self.held().skip(&request);
                }
                Err(error) => {
                    self.retirement.end_claim();
                    if !error.is_passing() {
                        self.held().skip(&request);
                    }
                    self.pause(&error, drain).await;
                }
            }
        }
        None
    }

    /// A request that was handed to this worker. While it is being taken the worker does not confirm that it has retired.
    pub(super) async fn take(&self, stop: &CancellationToken) -> Option<Claimed> {
        while let Some(handed) = self.handed() {
            if let Some(taken) = self.take_one(&handed, stop).await {
                return Some(taken);
            }
            if stop.is_cancelled() {
                break;
            }
        }
        None
    }

    async fn take_one(&self, handed: &CoverLetterRequest, stop: &CancellationToken) -> Option<Claimed> {
        self.retirement.begin_taking();
        match self.claims.take(handed, self.view.first_sight(handed)).await {
            Ok(Some(taken)) => return Some(taken),
            Ok(None) => self.held().skip(handed),
            Err(error) => {
                if !error.is_passing() {
                    self.held().skip(handed);
                }
                self.pause(&error, stop).await;
            }
        }
        self.retirement.end_claim();
        None
    }

    /// Leaves `request` to others for a while. Whether it is still as it was, and this worker's to claim.
    async fn hesitate(&self, request: &CoverLetterRequest, hesitation: Duration, drain: &CancellationToken) -> bool {
        let mut changes = self.view.changes();
        let mut waiting = std::pin::pin!(tokio::time::sleep(hesitation));
        while self.is_current(request) && self.view.is_left_alone() && !drain.is_cancelled() {
            tokio::select! {
                () = &mut waiting => return true,
                () = changes.next() => {}
                () = drain.cancelled() => {}
            }
        }
        false
    }

    async fn pause(&self, error: &ClaimError, drain: &CancellationToken) {
        tracing::warn!(error = %Chain(error), "Could not claim a request");
        let _ = tokio::time::timeout(CLAIM_PAUSE, drain.cancelled()).await;
    }

    /// Takes a slot for `claimed`.
    pub(super) fn slot(self: &Arc<Self>, claimed: &Claimed) -> Slot {
        let mut held = self.held();
        held.begin(claimed.uid(), claimed.attempt());
        metrics::slots(self.work.slots, held.count());
        self.retirement.hold(held.tokens());
        drop(held);
        Slot { claiming: Arc::clone(self), uid: claimed.uid().to_owned() }
    }

    /// Resolves when the operator no longer asks this worker to retire.
    pub(super) async fn called_back(&self) {
        self.retirement.called_back().await;
    }

    /// Resolves when the first request that waits for its backoff may be claimed.
    pub(super) async fn next_wake(&self) {
        let now = Timestamp::now();
        match queue::next_wake(&self.view.all(), now) {
            Some(wake) => {
                let pause = wake.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                tokio::time::sleep(pause).await;
            }
            None => std::future::pending().await,
        }
    }

    /// What to do next, if this worker may claim for itself or not.
    fn step(&self, may_claim: bool) -> Next {
        let (requests, now) = (self.view.all(), Timestamp::now());
        let mut held = self.held();
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let (crowd, slots) = (self.view.crowd(), self.work.slots);
        let standing = Standing {
            claimant: self.claims.claimant(),
            slots,
            active_deadline_seconds: self.work.active_deadline_seconds,
            may_claim,
            rivals: Rivals { workers: crowd.workers(), slots, claim: crowd.claim() },
        };
        queue::step(&requests, &mut held, standing, now, &mut *rng)
    }

    /// A request that is claimed in the name of this process, and that it does not know of yet.
    fn handed(&self) -> Option<Arc<CoverLetterRequest>> {
        let requests = self.view.all();
        let mut held = self.held();
        held.prune(&requests);
        queue::handed(&requests, &held, self.claims.claimant())
    }

    /// Whether the watch still shows exactly this version.
    fn is_current(&self, request: &CoverLetterRequest) -> bool {
        let name = request.metadata.name.as_deref().unwrap_or_default();
        let shown = self.view.among_all(name);
        shown.is_some_and(|shown| shown.metadata.resource_version == request.metadata.resource_version)
    }

    fn held(&self) -> MutexGuard<'_, HeldRequests> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes how long it took from the beginning of a claim until the watch showed it.
async fn measure(view: View, name: String, attempt: i32, begun: Instant) {
    let mut changes = view.changes();
    let shown = async {
        while view.get(&name).is_some_and(|request| life::attempt(&request) < attempt) {
            changes.next().await;
        }
    };
    let _ = tokio::time::timeout(MEASURED_FOR, shown).await;
    view.crowd().measured(begun.elapsed());
}

/// One letter's place in the worker. Dropping it, also in a panic, frees the place.
pub(super) struct Slot {
    claiming: Arc<Claiming>,
    uid: String,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = self.claiming.held();
        held.end(&self.uid);
        metrics::slots(self.claiming.work.slots, held.count());
        self.claiming.retirement.hold(held.tokens());
    }
}

#[cfg(test)]
mod tests;
