//! What became of a claimed request, as the status that says so.

use crds::life::{self, Written};
use crds::request::{Outcome as AttemptOutcome, State};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, RequestReason};
use jiff::Timestamp;

/// What became of a claimed request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The letter is there.
    Written(Box<Written>),
    /// There will never be a letter. The message says what the requester can do.
    Refused(RequestReason, String),
    /// The requester asked to stop.
    Cancelled,
    /// It took too long.
    DeadlineExceeded,
    /// This attempt failed; another may succeed. The message must not quote the request.
    Failed(String),
    /// The worker shuts down; the attempt does not count.
    Released,
    /// The request is no longer this worker's: nothing is written.
    Lost,
}

impl Outcome {
    /// One word for logs and metrics.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Written(_) => RequestReason::Written.as_str(),
            Self::Refused(reason, _) => reason.as_str(),
            Self::Cancelled => RequestReason::Cancelled.as_str(),
            Self::DeadlineExceeded => RequestReason::DeadlineExceeded.as_str(),
            Self::Failed(_) => "AttemptFailed",
            Self::Released => RequestReason::Released.as_str(),
            Self::Lost => "Lost",
        }
    }

    /// The same, as it counts after `reported` (`None`: no report got through).
    #[must_use]
    pub const fn reason_reported(&self, reported: Option<Reported>) -> &'static str {
        match reported {
            Some(Reported::Accepted(_)) => self.reason(),
            Some(Reported::ThrownAway) => "Lost",
            None => "Unreported",
        }
    }

    /// Whether something went wrong, rather than being written, unwanted or passed on.
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
    /// The request was not ours any more; nothing was written.
    ThrownAway,
}

/// The status that reports `outcome` of the claimed `request`, as it was last read; `None` when there is nothing to say.
///
/// A wish to stop that arrived meanwhile beats another attempt, but not a letter that is there.
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

/// Whether `request` already says `outcome`, so that a report whose answer was lost is not taken for somebody else's.
#[must_use]
pub fn says(request: &CoverLetterRequest, outcome: &Outcome) -> bool {
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

#[cfg(test)]
mod tests;
