//! The outcome of a claimed request, and the status that reports it.

use crds::life::{self, Claimant, Written};
use crds::request::{Outcome as AttemptOutcome, State};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, RequestReason};
use jiff::Timestamp;

use crate::queue::{self, ClaimState};

/// The outcome of a claimed request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The letter is written.
    Written(Box<Written>),
    /// The request can never have a letter. The message says what the requester can do.
    Refused(RequestReason, String),
    /// The requester cancelled the request.
    Cancelled,
    /// The deadline of the request passed.
    DeadlineExceeded,
    /// This attempt failed; another may succeed. The message must not quote the request.
    Failed(String),
    /// The worker shuts down; the attempt does not count.
    Released,
    /// This worker no longer holds the request: nothing is written.
    Lost,
}

impl Outcome {
    /// One word for logs and metrics.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Written(written) if written.plain.is_some() => RequestReason::PlainForm.as_str(),
            Self::Written(_) => RequestReason::Written.as_str(),
            Self::Refused(reason, _) => reason.as_str(),
            Self::Cancelled => RequestReason::Cancelled.as_str(),
            Self::DeadlineExceeded => RequestReason::DeadlineExceeded.as_str(),
            Self::Failed(_) => "AttemptFailed",
            Self::Released => RequestReason::Released.as_str(),
            Self::Lost => "Lost",
        }
    }

    /// The word to count after the report ended as `reported`; `None` when it failed.
    #[must_use]
    pub fn reason_reported(&self, reported: Option<Reported>) -> &'static str {
        match reported {
            Some(Reported::Accepted(_)) => self.reason(),
            Some(Reported::Discarded) => "Lost",
            None => "Unreported",
        }
    }

    /// Whether the attempt failed, as opposed to a letter, a cancellation or a request given back.
    #[must_use]
    pub const fn is_failure(&self) -> bool {
        matches!(self, Self::Refused(..) | Self::DeadlineExceeded | Self::Failed(_))
    }
}

/// How a report ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// The request now is in this state.
    Accepted(State),
    /// This worker no longer held the request; nothing was written.
    Discarded,
}

/// The status that reports `outcome` for the claimed `request` as it was last read; `None` when there is nothing to report.
///
/// A cancellation that arrived meanwhile prevents another attempt, but does not discard a written letter.
#[must_use]
pub fn status(
    request: &CoverLetterRequest,
    outcome: &Outcome,
    max_attempts: i32,
    now: Timestamp,
) -> Option<CoverLetterRequestStatus> {
    Some(match outcome {
        Outcome::Written(written) => life::succeeded(request, (**written).clone(), now),
        Outcome::Refused(reason, message) => life::failed(request, *reason, message.clone(), now),
        Outcome::DeadlineExceeded => {
            let message = "No letter was written in time. Create the request again to try once more.".to_owned();
            life::failed(request, RequestReason::DeadlineExceeded, message, now)
        }
        Outcome::Cancelled => life::cancelled(request, now),
        Outcome::Failed(_) | Outcome::Released if request.spec.cancel_requested => life::cancelled(request, now),
        Outcome::Failed(message) => life::attempt_ended(request, AttemptOutcome::Failed, message, max_attempts, now),
        Outcome::Released => life::released(request, now),
        Outcome::Lost => return None,
    })
}

/// Whether `request` already shows `outcome`: then an earlier report succeeded although its answer was lost.
#[must_use]
pub fn shows(request: &CoverLetterRequest, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Written(written) => {
            let letter = request.status.as_ref().and_then(|status| status.letter.as_ref());
            request.state() == State::Succeeded && letter == Some(&written.letter)
        }
        Outcome::Refused(..) | Outcome::DeadlineExceeded => request.state() == State::Failed,
        Outcome::Cancelled => request.state() == State::Cancelled,
        Outcome::Failed(_) | Outcome::Released => request.state() != State::Running,
        Outcome::Lost => false,
    }
}

/// A claim of this process: what tells it from every other.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// Uid of the request.
    pub uid: &'a str,
    /// Number of the attempt.
    pub attempt: i32,
    /// Who claimed.
    pub claimant: &'a Claimant,
}

impl Hold<'_> {
    /// Whether `request` is still in this very attempt.
    #[must_use]
    pub fn stands(&self, request: &CoverLetterRequest) -> bool {
        self.is_of(request) && queue::is_held_by(request, self.claimant)
    }

    fn is_of(&self, request: &CoverLetterRequest) -> bool {
        request.metadata.uid.as_deref() == Some(self.uid) && life::attempt(request) == self.attempt
    }

    /// How the report of `outcome` ended, by the request as it was read again; `None` when it still waits for the report.
    #[must_use]
    pub fn reported(&self, read: Option<&CoverLetterRequest>, outcome: &Outcome) -> Option<Reported> {
        let Some(request) = read else { return Some(Reported::Discarded) };
        if self.stands(request) {
            return None;
        }
        // An earlier try may have been accepted although its answer was lost; the request then shows the outcome.
        let is_reported = self.is_of(request) && shows(request, outcome);
        Some(if is_reported { Reported::Accepted(request.state()) } else { Reported::Discarded })
    }

    /// Why the work must stop, as far as the watch shows. `is_late` is whether it may not have shown the claim yet.
    #[must_use]
    pub fn stopped(&self, shown: Option<&CoverLetterRequest>, is_late: bool) -> Option<Outcome> {
        match queue::claim_state(self.uid, self.attempt, shown) {
            ClaimState::Held => None,
            ClaimState::Lost if shown.is_none() && is_late => None,
            ClaimState::CancelRequested => Some(Outcome::Cancelled),
            ClaimState::Lost => Some(Outcome::Lost),
        }
    }
}

/// What the answer to a report means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The report ended so.
    Ended(Reported),
    /// The request has changed: it is read again.
    Changed,
    /// The report failed.
    Failed,
}

/// What the answer to a report means, by the state that was written or the status code of the refusal, if there was one.
#[must_use]
pub const fn answer(written: Result<State, Option<u16>>) -> Answer {
    match written {
        Ok(state) => Answer::Ended(Reported::Accepted(state)),
        Err(Some(404)) => Answer::Ended(Reported::Discarded),
        Err(Some(409)) => Answer::Changed,
        Err(_) => Answer::Failed,
    }
}

/// Whether a call that failed with this status code, or without one, may succeed later: the API server was away, overloaded
/// or did not know our token.
#[must_use]
pub const fn is_passing(code: Option<u16>) -> bool {
    matches!(code, None | Some(401 | 408 | 429 | 500..))
}

/// Whether a report is worth another try while its claim stands. Rights may come back; content stays as it is.
#[must_use]
pub const fn is_worth_another_try(code: Option<u16>) -> bool {
    is_passing(code) || matches!(code, Some(403))
}

#[cfg(test)]
mod tests;
