//! Which request a worker claims next, and whether it still holds the ones that it claimed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crds::CoverLetterRequest;
use crds::life::{self, Claimant};
use crds::request::State;
use jiff::Timestamp;
use rand::seq::IndexedRandom as _;
use rand::{Rng, RngExt as _};

/// Requests among which a worker chooses when it seems to be alone.
const CHOICE_MIN: usize = 4;
/// Requests among which a worker chooses at most, so that nobody waits behind a long line of younger ones.
const CHOICE_MAX: usize = 64;
/// Longest time that a completely busy worker leaves a new request to idler ones.
const HESITATION_BUSY: Duration = Duration::from_millis(20);
/// Longest random part of the hesitation for each worker there is: about what a claim takes, so that with several workers
/// the first is usually done before the second begins. The expected wait for the quickest stays the same.
const HESITATION_SPREAD: Duration = Duration::from_millis(12);
/// Longest random part of the hesitation however many workers there are: much shorter than a person notices.
const HESITATION_SPREAD_MAX: Duration = Duration::from_millis(60);

/// What a worker knows that the watched requests do not show (yet).
#[derive(Debug, Default)]
pub struct Hands {
    /// Uids that this process works on, with the attempt.
    held: HashMap<String, i32>,
    /// Uids whose claim this process gave up, with the attempt, until the watch shows it too.
    done: HashMap<String, i32>,
    /// Uid and `resourceVersion` that somebody else was quicker to change.
    outrun: HashMap<String, String>,
}

impl Hands {
    /// This process now works on `uid`.
    pub fn take(&mut self, uid: &str, attempt: i32) {
        self.outrun.remove(uid);
        self.held.insert(uid.to_owned(), attempt);
    }

    /// This process no longer works on `uid`.
    pub fn let_go(&mut self, uid: &str) {
        if let Some(attempt) = self.held.remove(uid) {
            self.done.insert(uid.to_owned(), attempt);
        }
    }

    /// Somebody else changed `request` first: it is not tried again before the watch brings a newer version.
    pub fn outrun_by_another(&mut self, request: &CoverLetterRequest) {
        if let (Some(uid), Some(version)) = (&request.metadata.uid, &request.metadata.resource_version) {
            self.outrun.insert(uid.clone(), version.clone());
        }
    }

    /// How many letters this process works on.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Forgets what the watched `requests` meanwhile show by themselves.
    pub fn forget_what_shows(&mut self, requests: &[Arc<CoverLetterRequest>]) {
        if self.done.is_empty() && self.outrun.is_empty() {
            return;
        }
        let shown: HashMap<&str, &CoverLetterRequest> =
            requests.iter().filter_map(|request| Some((request.metadata.uid.as_deref()?, &**request))).collect();
        self.done.retain(|uid, attempt| {
            shown.get(uid.as_str()).is_some_and(|shown| {
                life::attempt(shown) < *attempt || life::attempt(shown) == *attempt && shown.state() == State::Running
            })
        });
        self.outrun.retain(|uid, version| {
            shown.get(uid.as_str()).is_some_and(|shown| shown.metadata.resource_version.as_ref() == Some(version))
        });
    }

    fn knows(&self, request: &CoverLetterRequest) -> bool {
        let Some(uid) = &request.metadata.uid else { return true };
        self.held.contains_key(uid)
            || self.done.contains_key(uid)
            || self.outrun.contains_key(uid) && self.outrun.get(uid) == request.metadata.resource_version.as_ref()
    }
}

/// The request to claim now: a random one of the oldest few, so that many workers rarely want the same.
///
/// The more workers show up in the claims, the wider the choice.
pub fn next(
    requests: &[Arc<CoverLetterRequest>],
    hands: &Hands,
    active_deadline_seconds: i64,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Option<Arc<CoverLetterRequest>> {
    let mut waiting: Vec<_> = requests
        .iter()
        .filter(|request| request.is_claimable(now) && !hands.knows(request))
        .filter(|request| life::deadline(request, active_deadline_seconds).is_some_and(|deadline| now < deadline))
        .collect();
    let choice = (CHOICE_MIN * workers(requests, |state| state == State::Running)).clamp(CHOICE_MIN, CHOICE_MAX);
    if waiting.len() > choice {
        waiting.select_nth_unstable_by_key(choice, |request| request.created());
        waiting.truncate(choice);
    }
    waiting.choose(rng).map(|request| Arc::clone(request))
}

/// How long a worker with `held` of `slots` letters in hand leaves a new request to others that have less to do.
///
/// A lone new request is wanted by every worker at once; the idlest should get it, and the others should see in time
/// that it is taken. Where there is enough for everybody nobody hesitates.
pub fn hesitation(
    requests: &[Arc<CoverLetterRequest>],
    held: usize,
    slots: usize,
    now: Timestamp,
    rng: &mut impl Rng,
) -> Duration {
    let workers = workers(requests, |_| true);
    let waiting = requests.iter().filter(|request| request.is_claimable(now)).count();
    if waiting > 2 * workers.max(CHOICE_MIN) {
        return Duration::ZERO;
    }
    let busy = HESITATION_BUSY.mul_f64(held as f64 / slots.max(1) as f64);
    let spread = (HESITATION_SPREAD * workers.max(1) as u32).min(HESITATION_SPREAD_MAX);
    busy + spread.mul_f64(rng.random_range(0.0..1.0))
}

/// When a request that waits for its backoff may be claimed, for the first of them.
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

/// A request that `claimant` claimed without having heard of its success (the answer was lost on the way).
#[must_use]
pub fn unclaimed_success(
    requests: &[Arc<CoverLetterRequest>],
    hands: &Hands,
    claimant: &Claimant,
) -> Option<Arc<CoverLetterRequest>> {
    requests.iter().find(|request| is_held_by(request, claimant) && !hands.knows(request)).cloned()
}

/// Whether `request` is being written by exactly this start of this worker.
#[must_use]
pub fn is_held_by(request: &CoverLetterRequest, claimant: &Claimant) -> bool {
    let claim = request.status.as_ref().and_then(|status| status.claim.as_ref());
    request.state() == State::Running
        && claim.is_some_and(|claim| claim.pod_uid == claimant.pod_uid && claim.boot_id == claimant.boot_id)
}

/// What the watch says about a request that this process claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Still claimed by this process.
    Held,
    /// Still claimed by this process, and somebody asked to stop.
    CancelRequested,
    /// Gone, finished by somebody else, or claimed anew: the letter is of no use to anybody.
    Lost,
}

/// Where this process stands with the request (`uid`, `attempt`) that it claimed, given what the watch shows now.
///
/// The watch may lag behind the claim: an earlier attempt says nothing.
#[must_use]
pub fn standing(uid: &str, attempt: i32, shown: Option<&CoverLetterRequest>) -> Standing {
    let Some(shown) = shown.filter(|shown| shown.metadata.uid.as_deref() == Some(uid)) else { return Standing::Lost };
    if shown.metadata.deletion_timestamp.is_some() {
        return Standing::Lost;
    }
    let behind = life::attempt(shown) < attempt;
    let held = life::attempt(shown) == attempt && shown.state() == State::Running;
    if !behind && !held {
        Standing::Lost
    } else if shown.spec.cancel_requested {
        Standing::CancelRequested
    } else {
        Standing::Held
    }
}

/// Workers that show up in the claims of requests in such a state.
fn workers(requests: &[Arc<CoverLetterRequest>], such: impl Fn(State) -> bool) -> usize {
    requests
        .iter()
        .filter(|request| such(request.state()))
        .filter_map(|request| Some(request.status.as_ref()?.claim.as_ref()?.worker.as_str()))
        .collect::<HashSet<_>>()
        .len()
}

#[cfg(test)]
mod tests;
