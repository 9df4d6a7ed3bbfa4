//! Queries of the work that nobody waits for: submitting late, archiving, noticing lost requests.

use crds::RequestReason;
use crds::request::Check;
use sqlx::types::Json;
use sqlx::{FromRow, PgExecutor};
use uuid::Uuid;

use super::row::RowState;
use crate::db::time::Time;
use crate::letters::forms::LetterDraft;

/// A letter without a request.
#[derive(FromRow)]
pub struct Unsubmitted {
    /// Id of the letter.
    pub id: Uuid,
    /// What was asked for.
    pub draft: Json<LetterDraft>,
    /// Opaque id of its owner.
    pub request_ref: String,
}

/// How a request ended, ready to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Succeeded, Failed or Cancelled.
    pub state: RowState,
    /// Uid of the request.
    pub request_uid: Option<String>,
    /// Reason of its condition, where this version knows it.
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

impl Finished {
    /// An end without a letter.
    #[must_use]
    pub fn without_letter(state: RowState, reason: RequestReason) -> Self {
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

/// The request of this letter exists. Whether the letter was still waiting for it.
pub async fn submitted(db: impl PgExecutor<'_>, id: Uuid, request_uid: &str) -> sqlx::Result<bool> {
    let noted =
        sqlx::query("UPDATE letters SET state = 'Submitted', request_uid = $2 WHERE id = $1 AND state = 'Submitting'")
            .bind(id)
            .bind(request_uid)
            .execute(db)
            .await?;
    Ok(noted.rows_affected() > 0)
}

/// Letters that have waited for their request since before `before`, oldest first.
pub async fn unsubmitted(db: impl PgExecutor<'_>, before: Time, limit: i64) -> sqlx::Result<Vec<Unsubmitted>> {
    sqlx::query_as(
        "SELECT l.id, l.draft, u.request_ref FROM letters l JOIN users u ON u.id = l.user_id
         WHERE l.state = 'Submitting' AND l.created_at < $1 ORDER BY l.created_at LIMIT $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Keeps how the request ended; only the first call for a letter changes anything. Whether this was it.
pub async fn finish(db: impl PgExecutor<'_>, id: Uuid, end: &Finished, now: Time) -> sqlx::Result<bool> {
    let kept = sqlx::query(
        "UPDATE letters SET state = $2, request_uid = coalesce($3, request_uid), reason = $4, letter = $5, checks = $6,
             prompt_tokens = $7, completion_tokens = $8, model = $9, finished_at = $10
         WHERE id = $1 AND finished_at IS NULL",
    )
    .bind(id)
    .bind(end.state.column())
    .bind(&end.request_uid)
    .bind(end.reason.map(RequestReason::as_str))
    .bind(&end.letter)
    .bind(Json(&end.checks))
    .bind(end.prompt_tokens)
    .bind(end.completion_tokens)
    .bind(&end.model)
    .bind(now)
    .execute(db)
    .await?;
    Ok(kept.rows_affected() > 0)
}

/// Which of these letters are finished here.
pub async fn finished_among(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("SELECT id FROM letters WHERE id = ANY($1) AND finished_at IS NOT NULL")
        .bind(ids)
        .fetch_all(db)
        .await
}

/// Letters whose request was created before `before` and that are not finished, oldest first.
pub async fn submitted_before(db: impl PgExecutor<'_>, before: Time, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "SELECT id FROM letters WHERE state = 'Submitted' AND created_at < $1 ORDER BY created_at LIMIT $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Letters whose owner pressed Stop and whose request is not finished, oldest first.
pub async fn stopping(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "SELECT id FROM letters WHERE state = 'Submitted' AND cancel_requested ORDER BY created_at LIMIT $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await
}
