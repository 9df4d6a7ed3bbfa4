//! Letters: the queries of their owners, each with the owner in its condition, and those of the background work.

mod background;
mod row;

pub use background::{Finished, finish, finished_among, stopping, submitted, submitted_before, unsubmitted};
pub use row::{Letter, LetterLine, RowState};

use crds::RequestReason;
use sqlx::PgExecutor;
use sqlx::types::Json;
use uuid::Uuid;

use super::time::Time;
use crate::letters::forms::LetterDraft;

/// Most letters that one page lists.
const LIST_MAX: i64 = 200;

/// Adds a letter that has no request yet.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: Uuid,
    user_id: i64,
    draft: &LetterDraft,
    now: Time,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO letters (id, user_id, created_at, job_title, company, draft, state)
         VALUES ($1, $2, $3, $4, $5, $6, 'Submitting')",
    )
    .bind(id)
    .bind(user_id)
    .bind(now)
    .bind(&draft.job.title)
    .bind(&draft.job.company)
    .bind(Json(draft))
    .execute(db)
    .await
    .map(drop)
}

/// A letter of this user.
pub async fn find(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<Option<Letter>> {
    sqlx::query_as("SELECT * FROM letters WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(user_id)
        .fetch_optional(db)
        .await
}

/// The letters of this user, newest first.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Vec<LetterLine>> {
    sqlx::query_as(
        "SELECT id, created_at, job_title, company, state FROM letters
         WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT $2",
    )
    .bind(user_id)
    .bind(LIST_MAX)
    .fetch_all(db)
    .await
}

/// What this user asked for last.
pub async fn latest_draft(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Option<LetterDraft>> {
    let draft: Option<Json<LetterDraft>> =
        sqlx::query_scalar("SELECT draft FROM letters WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1")
            .bind(user_id)
            .fetch_optional(db)
            .await?;
    Ok(draft.map(|draft| draft.0))
}

/// Keeps what the user made of the letter. Whether there was such a letter.
pub async fn edit(db: impl PgExecutor<'_>, user_id: i64, id: Uuid, text: &str) -> sqlx::Result<bool> {
    let edited =
        sqlx::query("UPDATE letters SET edited_letter = $3 WHERE id = $1 AND user_id = $2 AND letter IS NOT NULL")
            .bind(id)
            .bind(user_id)
            .bind(text)
            .execute(db)
            .await?;
    Ok(edited.rows_affected() > 0)
}

/// Notes that the user wants no more of it; a letter without a request is cancelled at once.
pub async fn request_cancel(
    db: impl PgExecutor<'_>,
    user_id: i64,
    id: Uuid,
    now: Time,
) -> sqlx::Result<Option<RowState>> {
    let state: Option<String> = sqlx::query_scalar(
        "UPDATE letters SET cancel_requested = true,
             finished_at = CASE WHEN state = 'Submitting' THEN $3 ELSE finished_at END,
             reason = CASE WHEN state = 'Submitting' THEN $4 ELSE reason END,
             state = CASE WHEN state = 'Submitting' THEN 'Cancelled' ELSE state END
         WHERE id = $1 AND user_id = $2 RETURNING state",
    )
    .bind(id)
    .bind(user_id)
    .bind(now)
    .bind(RequestReason::Cancelled.as_str())
    .fetch_optional(db)
    .await?;
    Ok(state.map(|state| RowState::from_column(&state)))
}

/// Removes a letter. Whether there was one.
pub async fn delete(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<bool> {
    let deleted =
        sqlx::query("DELETE FROM letters WHERE id = $1 AND user_id = $2").bind(id).bind(user_id).execute(db).await?;
    Ok(deleted.rows_affected() > 0)
}
