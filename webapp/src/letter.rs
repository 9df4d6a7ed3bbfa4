//! A letter as the site keeps it: what was asked for, where it stands, and what came of it. Pure.

use std::fmt;
use std::str::FromStr;

use crds::request::{AppRef, Applicant, Check, Job, LetterOptions};
use crds::{CoverLetterRequestSpec, RequestReason};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[cfg(test)]
mod tests;

/// Field of a form that names the letter whose form it repeats.
pub const ABOUT: &str = "about";

/// What a student asks for. Its parts are those of the request's spec.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The job.
    pub job: Job,
    /// The applicant.
    pub applicant: Applicant,
    /// Tone, length and language.
    pub letter: LetterOptions,
}

impl Draft {
    /// The spec of the request: the draft, the app that serves it, and the opaque id of its owner.
    #[must_use]
    pub fn into_spec(self, app: &str, requested_by: &str) -> CoverLetterRequestSpec {
        CoverLetterRequestSpec {
            app_ref: AppRef { name: app.to_owned() },
            job: self.job,
            applicant: self.applicant,
            letter: self.letter,
            seed: None,
            requested_by: Some(requested_by.to_owned()),
            cancel_requested: false,
        }
    }
}

/// Where a letter stands, as far as the database knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterState {
    /// Its request does not exist yet.
    Submitting,
    /// Its request exists; the request's status knows more.
    Submitted,
    /// The letter is written.
    Succeeded,
    /// There will be no letter.
    Failed,
    /// Its owner stopped it.
    Cancelled,
}

impl LetterState {
    const ALL: [Self; 5] = [Self::Submitting, Self::Submitted, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// The word that the database, style sheets and metric labels use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submitting => "Submitting",
            Self::Submitted => "Submitted",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether the letter stays as it is from now on.
    #[must_use]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// The word is not a state of this version.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown state of a letter `{0}`")]
pub struct UnknownState(String);

impl FromStr for LetterState {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| UnknownState(word.to_owned()))
    }
}

impl fmt::Display for LetterState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of an application, as its owner notes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Application {
    /// Not sent yet.
    #[default]
    Draft,
    /// Sent, no answer yet.
    Sent,
    /// Invited.
    Interview,
    /// Offered the job.
    Offer,
    /// Rejected.
    Rejected,
}

impl Application {
    /// Every one, in the order in which they usually come.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Sent, Self::Interview, Self::Offer, Self::Rejected];

    /// The word that the database, forms and pages use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Sent => "Sent",
            Self::Interview => "Interview",
            Self::Offer => "Offer",
            Self::Rejected => "Rejected",
        }
    }
}

impl FromStr for Application {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|one| one.as_str() == word).ok_or_else(|| UnknownState(word.to_owned()))
    }
}

impl fmt::Display for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A letter with everything that belongs to it.
#[derive(Clone)]
pub struct Letter {
    /// Id; its request is called `letter-<id>`.
    pub id: Uuid,
    /// When the student asked for it.
    pub created_at: Timestamp,
    /// What the student asked for.
    pub draft: Draft,
    /// Where it stands.
    pub state: LetterState,
    /// Whether the owner pressed Stop.
    pub cancel_requested: bool,
    /// Reason of the request's condition, once it is finished. `None` also for a reason of another version.
    pub reason: Option<RequestReason>,
    /// The letter as written.
    pub written: Option<String>,
    /// The letter as its owner changed it.
    pub edited: Option<String>,
    /// What to look at before sending it.
    pub checks: Vec<Check>,
    /// Model that wrote it.
    pub model: Option<String>,
    /// When it was finished.
    pub finished_at: Option<Timestamp>,
    /// What became of the application.
    pub application: Application,
    /// Since when.
    pub application_at: Option<Timestamp>,
    /// The owner's note.
    pub note: String,
}

impl Letter {
    /// The text to show, copy and download: the owner's version where there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.edited.as_deref().or(self.written.as_deref())
    }
}

/// A letter as a list shows it.
#[derive(Clone)]
pub struct LetterLine {
    /// Id.
    pub id: Uuid,
    /// When the student asked for it.
    pub created_at: Timestamp,
    /// Job title.
    pub job_title: String,
    /// Company.
    pub company: String,
    /// Where it stands.
    pub state: LetterState,
    /// What became of the application.
    pub application: Application,
    /// Since when.
    pub application_at: Option<Timestamp>,
    /// The owner's note.
    pub note: String,
}

/// How a letter ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Succeeded, Failed or Cancelled.
    pub state: LetterState,
    /// Uid of the request.
    pub request_uid: Option<String>,
    /// Reason of the request's condition, if this version knows it.
    pub reason: Option<RequestReason>,
    /// The letter.
    pub letter: Option<String>,
    /// What was checked about it.
    pub checks: Vec<Check>,
    /// Tokens read.
    pub prompt_tokens: Option<i32>,
    /// Tokens written.
    pub completion_tokens: Option<i32>,
    /// Model that wrote it.
    pub model: Option<String>,
}

impl Ending {
    /// An end without a letter.
    #[must_use]
    pub fn without_letter(state: LetterState, reason: RequestReason) -> Self {
        Self {
            state,
            request_uid: None,
            reason: Some(reason),
            letter: None,
            checks: Vec::new(),
            prompt_tokens: None,
            completion_tokens: None,
            model: None,
        }
    }
}
