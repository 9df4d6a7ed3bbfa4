//! Which request this worker takes next, and the slots that it has for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cluster::{Chain, Requests};
use crds::CoverLetterRequest;
use jiff::Timestamp;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tokio_util::sync::CancellationToken;

use crate::claim::{ClaimError, Claimed, Claims};
use crate::config::WorkConfig;
use crate::metrics;
use crate::queue::{self, HeldRequests};
use crate::retirement::Retirement;

/// Pause after a claim that failed for another reason than a conflict.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);

/// Claims waiting requests for as many letters as there are slots.
pub(super) struct Claiming {
    claims: Claims,
    requests: Requests,
    work: WorkConfig,
    retirement: Retirement,
    held: Mutex<HeldRequests>,
    rng: Mutex<StdRng>,
}

impl Claiming {
    /// `seed` decides only which of several waiting requests is tried first.
    pub(super) fn new(
        claims: Claims,
        requests: Requests,
        work: WorkConfig,
        retirement: Retirement,
        seed: u64,
    ) -> Arc<Self> {
        let (held, rng) = (Mutex::default(), Mutex::new(StdRng::seed_from_u64(seed)));
        Arc::new(Self { claims, requests, work, retirement, held, rng })
    }

    /// Claims one more request while `can_write` and a slot is free. `None`: nothing to do before something changes.
    pub(super) async fn next(&self, drain: &CancellationToken, can_write: impl Fn() -> bool) -> Option<Claimed> {
        while !drain.is_cancelled() {
            let requests = self.requests.all();
            if let Some(unanswered) = self.unanswered(&requests) {
                match self.claims.recover(&unanswered).await {
                    Ok(Some(recovered)) => return Some(recovered),
                    Ok(None) => self.held().skip(&unanswered),
                    Err(error) => self.pause(&error, drain).await,
                }
                continue;
            }
            if !can_write() {
                return None;
            }
            let (request, hesitation) = self.choose(&requests)?;
            tokio::time::sleep(hesitation).await;
            if !self.is_current(&request) {
                continue;
            }
            if !self.retirement.begin_claim() {
                return None;
            }
            match self.claims.try_claim(&request).await {
                // The claim is under way until it has a slot.
                Ok(Some(claimed)) => return Some(claimed),
                Ok(None) => {
                    self.retirement.end_claim();
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

    async fn pause(&self, error: &ClaimError, drain: &CancellationToken) {
        tracing::warn!(error = %Chain(error), "Could not claim a request");
        let _ = tokio::time::timeout(CLAIM_PAUSE, drain.cancelled()).await;
    }

    /// Takes a slot for `claimed`.
    pub(super) fn slot(self: &Arc<Self>, claimed: &Claimed) -> Slot {
        let mut held = self.held();
        held.begin(claimed.uid(), claimed.attempt());
        metrics::slots(self.work.slots, held.count());
        self.retirement.hold(held.count());
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
        match queue::next_wake(&self.requests.all(), now) {
            Some(wake) => {
                let pause = wake.duration_since(now).unsigned_abs() + Duration::from_millis(1);
                tokio::time::sleep(pause).await;
            }
            None => std::future::pending().await,
        }
    }

    /// The request to claim, and how long to leave it to other workers first. `None` without a free slot.
    fn choose(&self, requests: &[Arc<CoverLetterRequest>]) -> Option<(Arc<CoverLetterRequest>, Duration)> {
        let now = Timestamp::now();
        let mut held = self.held();
        held.prune(requests);
        if held.count() >= self.work.slots {
            return None;
        }
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let request = queue::next(requests, &held, self.work.active_deadline_seconds, now, &mut *rng)?;
        let hesitation = queue::hesitation(requests, held.count(), self.work.slots, now, &mut *rng);
        Some((request, hesitation))
    }

    /// A request that this process has claimed without knowing, because the answer to its claim was lost.
    fn unanswered(&self, requests: &[Arc<CoverLetterRequest>]) -> Option<Arc<CoverLetterRequest>> {
        let mut held = self.held();
        held.prune(requests);
        queue::unanswered_claim(requests, &held, self.claims.claimant())
    }

    /// Whether the watch still shows exactly this version.
    fn is_current(&self, request: &CoverLetterRequest) -> bool {
        let name = request.metadata.name.as_deref().unwrap_or_default();
        let shown = self.requests.get(name);
        shown.is_some_and(|shown| shown.metadata.resource_version == request.metadata.resource_version)
    }

    fn held(&self) -> MutexGuard<'_, HeldRequests> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        self.claiming.retirement.hold(held.count());
    }
}
