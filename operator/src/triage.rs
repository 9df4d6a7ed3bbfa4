//! What the operator does about one request, if anything. Workers write letters; this is for everything else: first
//! words, cancellations, deadlines, lost workers and old age.

mod suspicion;
mod untaken;
mod workers;

use std::collections::BTreeSet;

use crds::app::Requests;
use crds::reason::RequestReason;
use crds::request::{Outcome, State};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, life};
use jiff::{SignedDuration, Timestamp};

pub use suspicion::{Seen, Suspicion};
pub use untaken::Untaken;
pub use workers::{LeaseLife, Loss, PodLife, SILENCE_MAX, Sightings, Workers, has_ended};

/// A free worker claims within this time; the operator gives a first status only to requests that wait longer.
const FIRST_WORD_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// Workers fail their own letters at the deadline; this much later the operator fails those that are left.
const DEADLINE_MARGIN: SignedDuration = SignedDuration::from_secs(15);
/// A finished request that was not archived is kept this many times as long as an archived one.
const UNARCHIVED_FACTOR: i64 = 24;

/// What to do about a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Write this status, if the request is still as it was read.
    Write {
        /// The whole new status.
        status: Box<CoverLetterRequestStatus>,
        /// Why, as a metric label.
        why: RequestReason,
        /// What the API server itself must confirm before this is written, because watches lag.
        confirm: Option<Suspicion>,
    },
    /// Ask the worker to stop.
    Cancel,
    /// Remove the request.
    Delete,
}

impl Action {
    /// Whether it takes back what a worker did not take.
    #[must_use]
    pub fn frees(&self) -> bool {
        matches!(self, Self::Write { confirm: Some(suspicion), .. } if suspicion.is_of_idleness())
    }

    /// What is done first when much is due: rescue, then what somebody asked for, then words, and what is old last.
    #[must_use]
    pub const fn urgency(&self) -> u8 {
        match self {
            Self::Write { why: RequestReason::Backoff | RequestReason::Released, .. } => 0,
            Self::Cancel | Self::Write { why: RequestReason::Cancelled, .. } => 1,
            Self::Write { .. } => 2,
            Self::Delete => 3,
        }
    }
}

/// What applies to a request.
#[derive(Clone, Copy, Debug)]
pub enum Rules<'a> {
    /// The limits of its app.
    Limits(&'a Requests),
    /// The limits of its app, which is paused: finished requests are kept, and all else goes on.
    Paused(&'a Requests),
    /// Its app cannot be read, so that its limits are not known: only what its requester asks for is done.
    Unreadable,
    /// It names an app that does not exist.
    NoApp,
}

/// Input of the decision about a request, besides the request itself.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What applies to it.
    pub rules: Rules<'a>,
    /// Pods and Leases of the workers.
    pub workers: &'a Workers,
    /// Whether the app keeps more finished requests than it wants and this is one too many.
    pub surplus: bool,
    /// Whether its worker had time to take it, and has not.
    pub untaken: bool,
    /// The time.
    pub now: Timestamp,
}

/// What to do about `request` now; `None` when nothing needs to be done.
#[must_use]
pub fn triage(request: &CoverLetterRequest, situation: &Situation<'_>) -> Option<Action> {
    if request.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let state = request.state();
    if request.is_erased() {
        if state != State::Running {
            return Some(Action::Delete);
        }
        if !request.spec.cancel_requested {
            return Some(Action::Cancel);
        }
    }
    if matches!(situation.rules, Rules::Unreadable) {
        let cancels = state == State::Queued && request.spec.cancel_requested;
        return cancels.then(|| write(life::cancelled(request, situation.now), RequestReason::Cancelled));
    }
    match state {
        State::Queued => waiting(request, situation),
        State::Running => running(request, situation),
        State::Succeeded | State::Failed | State::Cancelled => finished(request, situation),
    }
}

fn waiting(request: &CoverLetterRequest, situation: &Situation<'_>) -> Option<Action> {
    let now = situation.now;
    if request.spec.cancel_requested {
        return Some(write(life::cancelled(request, now), RequestReason::Cancelled));
    }
    if is_past(request, situation, SignedDuration::ZERO) {
        return Some(write(too_late(request, situation), RequestReason::DeadlineExceeded));
    }
    let age = request.created().map(|created| now.duration_since(created))?;
    if age < FIRST_WORD_AFTER {
        return None;
    }
    let lacks_app = request.reason() == Some(RequestReason::NoSuchApp);
    match situation.rules {
        Rules::NoApp if lacks_app => None,
        Rules::NoApp => Some(write(life::without_app(request, now), RequestReason::NoSuchApp)),
        _ if request.condition().is_some() && !lacks_app => None,
        _ => Some(write(life::queued(request, now), RequestReason::Queued)),
    }
}

fn running(request: &CoverLetterRequest, situation: &Situation<'_>) -> Option<Action> {
    let claim = request.status.as_ref().and_then(|status| status.claim.as_ref())?;
    let namespace = request.metadata.namespace.as_deref().unwrap_or_default();
    if let Some(loss) = situation.workers.loss(namespace, claim, situation.now) {
        let attempts = limits(situation).max_attempts;
        let status = life::attempt_ended(request, Outcome::Lost, loss.message(), attempts, situation.now);
        let worker = claim.worker.clone();
        let confirm = match loss {
            Loss::Silent => {
                let renewed = situation.workers.renewed(namespace, &worker);
                Some(Suspicion::Silent { worker, renewed })
            }
            Loss::PodGone => Some(Suspicion::Gone { worker, uid: claim.pod_uid.clone() }),
            Loss::Restarted => Some(Suspicion::Restarted { worker, boot_id: claim.boot_id.clone() }),
        };
        return Some(Action::Write { status: Box::new(status), why: RequestReason::Backoff, confirm });
    }
    if situation.untaken {
        let token = life::token(request.metadata.uid.as_deref().unwrap_or_default(), claim.attempt);
        let confirm = Some(Suspicion::Idle { worker: claim.worker.clone(), token });
        let status = Box::new(life::untaken(request, situation.now));
        return Some(Action::Write { status, why: RequestReason::Released, confirm });
    }
    is_past(request, situation, DEADLINE_MARGIN)
        .then(|| write(too_late(request, situation), RequestReason::DeadlineExceeded))
}

fn finished(request: &CoverLetterRequest, situation: &Situation<'_>) -> Option<Action> {
    if matches!(situation.rules, Rules::Paused(_)) {
        return None;
    }
    let completed = request.status.as_ref()?.completion_time.as_ref()?.0;
    let ttl = limits(situation).ttl_seconds_after_finished;
    let ttl = if request.is_archived() { ttl } else { ttl.saturating_mul(UNARCHIVED_FACTOR) };
    let is_old = situation.now.duration_since(completed) >= SignedDuration::from_secs(ttl);
    (is_old || situation.surplus).then_some(Action::Delete)
}

fn write(status: CoverLetterRequestStatus, why: RequestReason) -> Action {
    Action::Write { status: Box::new(status), why, confirm: None }
}

fn limits(situation: &Situation<'_>) -> Requests {
    match situation.rules {
        Rules::Limits(limits) | Rules::Paused(limits) => limits.clone(),
        Rules::Unreadable | Rules::NoApp => Requests::default(),
    }
}

fn is_past(request: &CoverLetterRequest, situation: &Situation<'_>, margin: SignedDuration) -> bool {
    let deadline = life::deadline(request, limits(situation).active_deadline_seconds);
    deadline.is_some_and(|deadline| situation.now.duration_since(deadline) >= margin)
}

fn too_late(request: &CoverLetterRequest, situation: &Situation<'_>) -> CoverLetterRequestStatus {
    let seconds = limits(situation).active_deadline_seconds;
    let message = format!("No letter within {seconds} s. Create the request again when fewer letters are waiting.");
    life::failed(request, RequestReason::DeadlineExceeded, message, situation.now)
}

/// Uids of the requests that are too many, of the `finished` ones of one app: the oldest archived ones, then the oldest
/// that the site did not make, because nobody will archive them. What the site has yet to archive is kept.
#[must_use]
pub fn surplus(finished: Vec<&CoverLetterRequest>, max_resident: i32) -> BTreeSet<String> {
    let too_many = finished.len().saturating_sub(max_resident.max(0) as usize);
    if too_many == 0 {
        return BTreeSet::new();
    }
    let completed = |request: &CoverLetterRequest| {
        request.status.as_ref().and_then(|status| status.completion_time.as_ref()).map(|time| time.0)
    };
    let mut spare: Vec<_> =
        finished.into_iter().filter(|request| request.is_archived() || !request.is_of_site()).collect();
    spare.sort_by_key(|request| (!request.is_archived(), completed(request)));
    spare.into_iter().take(too_many).filter_map(|request| request.metadata.uid.clone()).collect()
}

#[cfg(test)]
mod tests;
