//! Where a letter stands, in words that a student can act on. Pure.

use crds::request::State;
use crds::stream::{Phase, WorkerState};
use crds::{CoverLetterRequest, RequestReason};
use jiff::Timestamp;

use crate::letter::{Letter, LetterState};
use crate::place::Place;

#[cfg(test)]
mod tests;

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The cluster does not have it yet.
    Submitting {
        /// Its place in line; `None` when it has only to be handed over.
        place: Option<Place>,
    },
    /// Waits for a writer.
    Queued {
        /// Its place in line; `None` while the watch has not seen it.
        place: Option<Place>,
        /// How many attempts there were.
        attempts: i32,
    },
    /// A writer has it.
    Running {
        /// Number of the attempt.
        attempt: i32,
    },
    /// It is written.
    Succeeded,
    /// There will be no letter.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// Where a letter stands, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it stands.
    pub stage: Stage,
    /// Whether the owner pressed Stop.
    pub stopping: bool,
    /// Why it is finished without a letter.
    pub reason: Option<RequestReason>,
    /// Seconds since the student asked for it.
    pub elapsed_seconds: i64,
}

impl Progress {
    /// Puts row and request together. Once the row is finished, the request no longer counts.
    #[must_use]
    pub fn of(letter: &Letter, request: Option<&CoverLetterRequest>, place: Option<Place>, now: Timestamp) -> Self {
        let stage = match (letter.state, request) {
            (LetterState::Succeeded, _) => Stage::Succeeded,
            (LetterState::Failed, _) => Stage::Failed,
            (LetterState::Cancelled, _) => Stage::Cancelled,
            (_, Some(request)) => stage_of(request, place),
            (LetterState::Submitting, None) => Stage::Submitting { place },
            (LetterState::Submitted, None) => Stage::Queued { place: None, attempts: 0 },
        };
        let reason = letter.reason.or_else(|| request.and_then(CoverLetterRequest::reason));
        let until = letter.finished_at.unwrap_or(now);
        let elapsed_seconds = until.duration_since(letter.created_at).as_secs().max(0);
        Self { stage, stopping: letter.cancel_requested, reason, elapsed_seconds }
    }

    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Succeeded | Stage::Failed | Stage::Cancelled)
    }

    /// One word, for scripts and styles.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.stage {
            Stage::Submitting { .. } => "Submitting",
            Stage::Queued { .. } => "Queued",
            Stage::Running { .. } => "Running",
            Stage::Succeeded => "Succeeded",
            Stage::Failed => "Failed",
            Stage::Cancelled => "Cancelled",
        }
    }

    /// One or two sentences; `pod` is what the writer reports, if its stream is open.
    #[must_use]
    pub fn words(&self, pod: Option<&WorkerState>) -> String {
        if self.stopping && !self.is_finished() {
            return "Stopping.".to_owned();
        }
        match self.stage {
            Stage::Submitting { place: None } => {
                "Saved. It will be handed to a writer as soon as the cluster takes it.".to_owned()
            }
            Stage::Submitting { place: Some(place) } => format!("Saved. {}", place.words()),
            Stage::Queued { place, attempts: 0 } => {
                place.map_or_else(|| "Waiting for a writer.".to_owned(), Place::words)
            }
            Stage::Queued { .. } => "The writer had to stop. Another one will take over.".to_owned(),
            Stage::Running { attempt } => running(attempt, pod),
            Stage::Succeeded => "Your letter is ready.".to_owned(),
            Stage::Cancelled => "Stopped, as you asked.".to_owned(),
            Stage::Failed => failure(self.reason).to_owned(),
        }
    }
}

fn stage_of(request: &CoverLetterRequest, place: Option<Place>) -> Stage {
    let attempt = request.status.as_ref().and_then(|status| status.attempt).unwrap_or(0);
    match request.state() {
        State::Queued => Stage::Queued { place, attempts: attempt },
        // The letter is written, but it has still to be copied into the row.
        State::Running | State::Succeeded => Stage::Running { attempt },
        State::Failed => Stage::Failed,
        State::Cancelled => Stage::Cancelled,
    }
}

fn running(attempt: i32, pod: Option<&WorkerState>) -> String {
    let again = if attempt > 1 { " A second writer took over, because the first one stopped." } else { "" };
    let doing = match pod {
        None => "A writer picked this up.".to_owned(),
        Some(pod) => match pod.state {
            Phase::Reading if pod.prompt_tokens > 0 => format!("Reading your notes ({} tokens).", pod.prompt_tokens),
            Phase::Reading => "Reading your notes.".to_owned(),
            Phase::Writing => "Writing your letter.".to_owned(),
            Phase::Checking => "Checking the letter.".to_owned(),
        },
    };
    doing + again
}

/// What happened, and what the student can do about it.
#[must_use]
pub fn failure(reason: Option<RequestReason>) -> &'static str {
    match reason {
        Some(RequestReason::Cancelled) => "The letter was stopped.",
        Some(RequestReason::DeadlineExceeded) => {
            "The letter took longer than allowed, because the writers are busy or slow. Try again later; nothing you typed \
             is lost."
        }
        Some(RequestReason::AttemptsExhausted) => {
            "Several writers failed at this letter. Try again; if it fails once more, tell whoever runs this site."
        }
        Some(RequestReason::InvalidRequest) => {
            "The writer could not use this form. Shorten the job advert or your notes and try again."
        }
        Some(RequestReason::EmptyLetter) => {
            "The writer came back with an empty page. Try again, perhaps with more about yourself."
        }
        Some(RequestReason::Removed) => {
            "The request was removed from the cluster before the letter was finished. Try again."
        }
        _ => "The letter could not be written. Try again; nothing you typed is lost.",
    }
}
