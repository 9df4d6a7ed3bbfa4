//! The outcome of a claimed request, and the status that reports it.

use crds::life::{self, Written};
use crds::request::{Outcome as AttemptOutcome, State};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, RequestReason};
use jiff::Timestamp;

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

#[cfg(test)]
mod tests;
