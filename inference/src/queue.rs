//! Which request a worker claims next, and whether it still holds those that it has claimed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crds::CoverLetterRequest;
use crds::life::{self, Claimant};
use crds::request::State;
use jiff::Timestamp;
use rand::seq::IndexedRandom as _;
use rand::{Rng, RngExt as _};

/// Requests for each worker among which it chooses, so that workers which choose at the same time rarely choose the same.
const CHOICE: usize = 4;
/// Most requests among which a worker chooses, so that an old request does not wait behind many younger ones.
const CHOICE_MAX: usize = 512;
/// How long a fully busy worker leaves a new request to idler ones.
const HESITATION_BUSY: Duration = Duration::from_millis(20);
/// Claims that would fit one after the other into the share of each worker in the hesitation. Of `n` workers that hesitate
/// for a random part of `n` shares, the quickest does so for about one; of the others, those who come while its claim is
/// under way collide with it, and they are one in so many letters.
const SHARE: u32 = 4;
/// Longest hesitation, should the number of workers be wrong.
const HESITATION_MAX: Duration = Duration::from_mins(1);

/// The other workers that want the same requests.
#[derive(Clone, Copy, Debug)]
pub struct Rivals {
    /// Workers of the app, this one included; 0 when they were not counted.
    pub workers: usize,
    /// Letters that each of them writes at the same time.
    pub slots: usize,
    /// How long a claim takes until the others see it.
    pub claim: Duration,
}

/// What a worker knows about requests before the watch shows it.
#[derive(Debug, Default)]
pub struct HeldRequests {
    /// Uids that this process works on, with the attempt.
    active: HashMap<String, i32>,
    /// Uids that this process has reported or given up, with the attempt, until the watch shows it.
    ended: HashMap<String, i32>,
    /// Uids that are not worth another claim, with the `resourceVersion` for which this holds.
    skipped: HashMap<String, String>,
}

impl HeldRequests {
    /// Notes that this process works on `uid` from now on.
    pub fn begin(&mut self, uid: &str, attempt: i32) {
        self.skipped.remove(uid);
        self.active.insert(uid.to_owned(), attempt);
    }

    /// Notes that this process no longer works on `uid`.
    pub fn end(&mut self, uid: &str) {
        if let Some(attempt) = self.active.remove(uid) {
            self.ended.insert(uid.to_owned(), attempt);
        }
    }

    /// Keeps `request` from being chosen until the watch shows a newer version, because a claim on this one failed.
    pub fn skip(&mut self, request: &CoverLetterRequest) {
        if let (Some(uid), Some(version)) = (&request.metadata.uid, &request.metadata.resource_version) {
            self.skipped.insert(uid.clone(), version.clone());
        }
    }

    /// How many letters this process works on.
    #[must_use]
    pub fn count(&self) -> usize {
        self.active.len()
    }

    /// Tokens of the claims that this process works on, in a fixed order.
    #[must_use]
    pub fn tokens(&self) -> Vec<String> {
        let mut tokens: Vec<_> = self.active.iter().map(|(uid, attempt)| life::token(uid, *attempt)).collect();
        tokens.sort_unstable();
        tokens
    }

    /// Forgets what the watched `requests` show by now.
    pub fn prune(&mut self, requests: &[Arc<CoverLetterRequest>]) {
        if self.ended.is_empty() && self.skipped.is_empty() {
            return;
        }
        let shown: HashMap<&str, &CoverLetterRequest> =
            requests.iter().filter_map(|request| Some((request.metadata.uid.as_deref()?, &**request))).collect();
        self.ended.retain(|uid, attempt| {
            shown.get(uid.as_str()).is_some_and(|shown| {
                life::attempt(shown) < *attempt || life::attempt(shown) == *attempt && shown.state() == State::Running
            })
        });
        self.skipped.retain(|uid, version| {
            shown.get(uid.as_str()).is_some_and(|shown| shown.metadata.resource_version.as_ref() == Some(version))
        });
    }

    fn knows(&self, request: &CoverLetterRequest) -> bool {
        let Some(uid) = &request.metadata.uid else { return true };
        self.active.contains_key(uid)
            || self.ended.contains_key(uid)
            || self.skipped.contains_key(uid) && self.skipped.get(uid) == request.metadata.resource_version.as_ref()
    }
}

/// What a worker does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// It takes this request, which is claimed in its name.
    Take(Arc<CoverLetterRequest>),
    /// It claims this request, after it has left it to others for so long.
    Claim(Arc<CoverLetterRequest>, Duration),
    /// Nothing before something changes.
    Rest,
}

/// How a worker stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// What it writes into its claims.
    pub claimant: &'a Claimant,
    /// Letters that it writes at the same time.
    pub slots: usize,
    /// Limit of its app.
    pub active_deadline_seconds: i64,
    /// Whether it claims for itself.
    pub may_claim: bool,
    /// The other workers.
    pub rivals: Rivals,
}

/// What a worker that sees `requests` does next.
pub fn step(
    requests: &[Arc<CoverLetterRequest>],
    held: &mut HeldRequests,
    standing: Standing<'_>,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Next {
    // What is handed over beyond the slots waits: its claim stands.
    if held.count() >= standing.slots {
        return Next::Rest;
    }
    held.prune(requests);
    if let Some(handed) = handed(requests, held, standing.claimant) {
        return Next::Take(handed);
    }
    if !standing.may_claim {
        return Next::Rest;
    }
    match next(requests, held, standing.active_deadline_seconds, standing.rivals, now, rng) {
        Some(request) => Next::Claim(request, hesitation(requests, held.count(), standing.rivals, now, rng)),
        None => Next::Rest,
    }
}

/// The request to claim now: a random one of the oldest few, so that workers rarely try for the same one.
///
/// The choice widens with the number of workers that want one.
pub fn next(
    requests: &[Arc<CoverLetterRequest>],
    held: &HeldRequests,
    active_deadline_seconds: i64,
    rivals: Rivals,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Option<Arc<CoverLetterRequest>> {
    let mut waiting: Vec<_> = requests
        .iter()
        .filter(|request| request.is_claimable(now) && !held.knows(request))
        .filter(|request| life::deadline(request, active_deadline_seconds).is_some_and(|deadline| now < deadline))
        .collect();
    let choice = choice(contenders(requests, rivals));
    if waiting.len() > choice {
        waiting.select_nth_unstable_by_key(choice, |request| request.created());
        waiting.truncate(choice);
    }
    waiting.choose(rng).map(|request| Arc::clone(request))
}

/// How long a worker with `active` letters leaves a new request to others.
///
/// Every worker sees a lone new request at once; the idlest should claim it, and the others should see the claim before
/// they try. Their number, and how long a claim takes, are measured. Each waiting request has its share of the workers;
/// with more requests than the workers would collide on, the hesitation is zero.
pub fn hesitation(
    requests: &[Arc<CoverLetterRequest>],
    active: usize,
    rivals: Rivals,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Duration {
    let contenders = contenders(requests, rivals);
    let waiting = requests.iter().filter(|request| request.is_claimable(now)).count();
    if contenders <= 1 || waiting > choice(contenders) {
        return Duration::ZERO;
    }
    let busy = HESITATION_BUSY.mul_f64(active as f64 / rivals.slots.max(1) as f64);
    let spread = (rivals.claim * SHARE).mul_f64(contenders as f64 / waiting.max(1) as f64).min(HESITATION_MAX);
    busy + spread.mul_f64(rng.random_range(0.0..1.0))
}

/// Requests among which each of so many workers chooses.
fn choice(contenders: usize) -> usize {
    (CHOICE * contenders).clamp(CHOICE, CHOICE_MAX)
}

/// Workers that may want a request now: all but those that have no free slot. Until they were counted they are those that
/// have claimed before, and there is another one.
fn contenders(requests: &[Arc<CoverLetterRequest>], rivals: Rivals) -> usize {
    let mut held: HashMap<&str, usize> = HashMap::new();
    for request in requests {
        if let Some(claim) = request.status.as_ref().and_then(|status| status.claim.as_ref()) {
            *held.entry(&claim.worker).or_default() += usize::from(request.state() == State::Running);
        }
    }
    let full = held.values().filter(|held| **held >= rivals.slots).count();
    let known = if rivals.workers == 0 { held.len().max(2) } else { rivals.workers };
    known.saturating_sub(full).max(1)
}

/// When the first of the requests that wait for their backoff may be claimed.
#[must_use]
pub fn next_wake(requests: &[Arc<CoverLetterRequest>], now: Timestamp) -> Option<Timestamp> {
    requests
        .iter()
        .filter(|request| request.state() == State::Queued)
        .filter_map(|request| request.status.as_ref()?.next_attempt_time.as_ref())
        .map(|next| next.0)
        .filter(|next| *next > now)
        .min()
}

/// A request that is claimed in the name of `claimant`, who does not know of it yet: it was handed over, or the answer to a
/// claim of its own was lost.
#[must_use]
pub fn handed(
    requests: &[Arc<CoverLetterRequest>],
    held: &HeldRequests,
    claimant: &Claimant,
) -> Option<Arc<CoverLetterRequest>> {
    requests.iter().find(|request| is_held_by(request, claimant) && !held.knows(request)).cloned()
}

/// Whether `request` is claimed by `claimant`, in exactly this start of its process.
#[must_use]
pub fn is_held_by(request: &CoverLetterRequest, claimant: &Claimant) -> bool {
    let claim = request.status.as_ref().and_then(|status| status.claim.as_ref());
    request.state() == State::Running
        && claim.is_some_and(|claim| claim.pod_uid == claimant.pod_uid && claim.boot_id == claimant.boot_id)
}

/// What the watch shows of a claim of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    /// Still claimed by this process.
    Held,
    /// Still claimed by this process, but its cancellation was requested.
    CancelRequested,
    /// The request is gone, finished or claimed anew: a letter would be thrown away.
    Lost,
}

/// The state of the claim (`uid`, `attempt`), given the request as the watch shows it now.
///
/// The watch may lag behind the claim, so an earlier attempt does not mean that the claim is lost.
#[must_use]
pub fn claim_state(uid: &str, attempt: i32, shown: Option<&CoverLetterRequest>) -> ClaimState {
    let Some(shown) = shown.filter(|shown| shown.metadata.uid.as_deref() == Some(uid)) else { return ClaimState::Lost };
    if shown.metadata.deletion_timestamp.is_some() {
        return ClaimState::Lost;
    }
    let is_behind = life::attempt(shown) < attempt;
    let is_held = life::attempt(shown) == attempt && shown.state() == State::Running;
    if !is_behind && !is_held {
        ClaimState::Lost
    } else if shown.spec.cancel_requested {
        ClaimState::CancelRequested
    } else {
        ClaimState::Held
    }
}

#[cfg(test)]
mod tests;
