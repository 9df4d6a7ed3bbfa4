//! Queries of the background work: submitting late, stopping, keeping how requests ended, noticing lost ones.

use crds::RequestReason;
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;
use sqlx::types::Json;
use uuid::Uuid;

use crate::letter::{Draft, Ending};

/// A letter without a request.
pub struct Unsubmitted {
    /// Id of the letter.
    pub id: Uuid,
    /// What was asked for.
    pub draft: Draft,
    /// Opaque id of its owner.
    pub request_ref: String,
}

/// Notes that the request of this letter exists. Whether the letter was still waiting for it.
pub async fn submitted(db: impl PgExecutor<'_>, id: Uuid, request_uid: &str) -> sqlx::Result<bool> {
    let noted = sqlx::query!(
        "UPDATE letters SET state = 'Submitted', request_uid = $2 WHERE id = $1 AND state = 'Submitting'",
        id,
        request_uid,
    )
    .execute(db)
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// Letters that have waited for their request since before `before`, oldest first.
pub async fn unsubmitted(db: impl PgExecutor<'_>, before: Timestamp, limit: i64) -> sqlx::Result<Vec<Unsubmitted>> {
    let rows = sqlx::query!(
        r#"SELECT l.id, l.draft AS "draft: Json<Draft>", u.request_ref
         FROM letters l JOIN users u ON u.id = l.user_id
         WHERE l.state = 'Submitting' AND l.created_at < $1 ORDER BY l.created_at LIMIT $2"#,
        before.to_sqlx() as Timestamptz,
        limit,
    )
    .fetch_all(db)
    .await?;
    let letters = rows.into_iter();
    Ok(letters.map(|row| Unsubmitted { id: row.id, draft: row.draft.0, request_ref: row.request_ref }).collect())
}

/// Keeps how the request ended. Whether this call did; later calls for the same letter change nothing.
pub async fn finish(db: impl PgExecutor<'_>, id: Uuid, end: &Ending, now: Timestamp) -> sqlx::Result<bool> {
    let kept = sqlx::query!(
        "UPDATE letters SET state = $2, request_uid = coalesce($3, request_uid), reason = $4, letter = $5, checks = $6,
             prompt_tokens = $7, completion_tokens = $8, model = $9, finished_at = $10
         WHERE id = $1 AND finished_at IS NULL",
        id,
        end.state.as_str(),
        end.request_uid.as_deref(),
        end.reason.map(RequestReason::as_str),
        end.letter.as_deref(),
        Json(&end.checks) as _,
        end.prompt_tokens,
        end.completion_tokens,
        end.model.as_deref(),
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await?;
    Ok(kept.rows_affected() > 0)
}

/// Which of these letters are finished.
pub async fn finished_among(db: impl PgExecutor<'_>, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!("SELECT id FROM letters WHERE id = ANY($1) AND finished_at IS NOT NULL", ids)
        .fetch_all(db)
        .await
}

/// Letters whose request was created before `before` and that are not finished, oldest first.
pub async fn submitted_before(db: impl PgExecutor<'_>, before: Timestamp, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM letters WHERE state = 'Submitted' AND created_at < $1 ORDER BY created_at LIMIT $2",
        before.to_sqlx() as Timestamptz,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Letters whose owner pressed Stop and whose request is not finished, oldest first.
pub async fn stopping(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM letters WHERE state = 'Submitted' AND cancel_requested ORDER BY created_at LIMIT $1",
        limit,
    )
    .fetch_all(db)
    .await
}
