//! Rows of `letters` as values.

use crds::RequestReason;
use crds::request::Check;
use sqlx::types::Json;
use sqlx::{FromRow, postgres::PgRow};
use uuid::Uuid;

use crate::db::time::Time;
use crate::letters::forms::LetterDraft;

/// Where a letter stands, as far as Postgres knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// Its request could not be created yet.
    Submitting,
    /// Its request exists; the request's status knows more.
    Submitted,
    /// The letter is here.
    Succeeded,
    /// There will be no letter.
    Failed,
    /// Stopped by its owner.
    Cancelled,
}

impl RowState {
    /// Reads the column, whose values are checked by the database.
    #[must_use]
    pub fn from_column(state: &str) -> Self {
        match state {
            "Submitting" => Self::Submitting,
            "Submitted" => Self::Submitted,
            "Succeeded" => Self::Succeeded,
            "Cancelled" => Self::Cancelled,
            _ => Self::Failed,
        }
    }

    /// Value of the column.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Submitting => "Submitting",
            Self::Submitted => "Submitted",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether nothing more will happen to this letter by itself.
    #[must_use]
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// A letter with everything that belongs to it.
#[derive(Clone)]
pub struct Letter {
    /// Id; its request is called `letter-<id>`.
    pub id: Uuid,
    /// When the student asked for it.
    pub created_at: Time,
    /// What the student asked for.
    pub draft: LetterDraft,
    /// Where it stands.
    pub state: RowState,
    /// Whether the owner pressed Stop.
    pub cancel_requested: bool,
    /// Why there is no letter. `None` also for a reason of another version.
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
    pub finished_at: Option<Time>,
}

impl Letter {
    /// The text to show, copy and download: the owner's version where there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.edited.as_deref().or(self.written.as_deref())
    }
}

impl FromRow<'_, PgRow> for Letter {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        let draft: Json<LetterDraft> = row.try_get("draft")?;
        let checks: Json<Vec<Check>> = row.try_get("checks")?;
        let reason: Option<String> = row.try_get("reason")?;
        Ok(Self {
            id: row.try_get("id")?,
            created_at: row.try_get("created_at")?,
            draft: draft.0,
            state: RowState::from_column(row.try_get("state")?),
            cancel_requested: row.try_get("cancel_requested")?,
            reason: reason.and_then(|reason| reason.parse().ok()),
            written: row.try_get("letter")?,
            edited: row.try_get("edited_letter")?,
            checks: checks.0,
            model: row.try_get("model")?,
            finished_at: row.try_get("finished_at")?,
        })
    }
}

/// A letter as the list shows it.
#[derive(Clone)]
pub struct LetterLine {
    /// Id.
    pub id: Uuid,
    /// When the student asked for it.
    pub created_at: Time,
    /// Job title.
    pub job_title: String,
    /// Company.
    pub company: String,
    /// Where it stands.
    pub state: RowState,
}

impl FromRow<'_, PgRow> for LetterLine {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        use sqlx::Row as _;
        Ok(Self {
            id: row.try_get("id")?,
            created_at: row.try_get("created_at")?,
            job_title: row.try_get("job_title")?,
            company: row.try_get("company")?,
            state: RowState::from_column(row.try_get("state")?),
        })
    }
}
