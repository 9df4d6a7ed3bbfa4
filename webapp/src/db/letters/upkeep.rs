//! Queries of the background work: submitting late, stopping, keeping how requests ended, noticing lost ones.

use crds::RequestReason;
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::letter::{Draft, Ending};

/// A letter without a request.
pub struct Unsubmitted {
    /// Id of the letter.
    pub id: Uuid,
    /// What was asked for.
    pub draft: Json<Draft>,
    /// Opaque id of its owner.
    pub request_ref: String,
}

/// Notes that the request of this letter exists. Whether the letter wants it: it was waiting for it, or this is noted
/// already.
pub async fn submitted(db: impl PgExecutor<'_>, id: Uuid, request_uid: &str, now: Timestamp) -> sqlx::Result<bool> {
    let noted = sqlx::query!(
        "UPDATE letters SET state = 'Submitted', request_uid = $2, submitted_at = coalesce(submitted_at, $3)
         WHERE id = $1 AND (state = 'Submitting' OR state = 'Submitted' AND request_uid = $2)",
        id,
        request_uid,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// Takes the turn to give seats in the queue: nobody else has it until the transaction ends. Whoever has it and is gone
/// without a word loses it after a few seconds.
///
/// # Errors
/// Also when it is not to be had in two seconds.
pub async fn take_turn(turn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT FROM set_config('lock_timeout', '2s', true) AS lock,
             set_config('idle_in_transaction_session_timeout', '5s', true) AS idle"
    )
    .execute(&mut *turn)
    .await?;
    sqlx::query!("SELECT FROM pg_advisory_xact_lock(hashtextextended('hand-in', 0)) AS taken").execute(turn).await?;
    Ok(())
}

/// Letters without a seat in the queue, oldest first.
pub async fn without_seat(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Unsubmitted>> {
    sqlx::query_as!(
        Unsubmitted,
        r#"SELECT l.id, l.draft AS "draft: Json<Draft>", u.request_ref
         FROM letters l JOIN users u ON u.id = l.user_id
         WHERE l.state = 'Submitting' AND l.submitted_at IS NULL ORDER BY l.created_at, l.id LIMIT $1"#,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Letters that were given a seat before `before` and still have no request, oldest first.
pub async fn postponed(db: impl PgExecutor<'_>, before: Timestamp, limit: i64) -> sqlx::Result<Vec<Unsubmitted>> {
    sqlx::query_as!(
        Unsubmitted,
        r#"SELECT l.id, l.draft AS "draft: Json<Draft>", u.request_ref
         FROM letters l JOIN users u ON u.id = l.user_id
         WHERE l.state = 'Submitting' AND l.submitted_at < $1 ORDER BY l.created_at, l.id LIMIT $2"#,
        before.to_sqlx() as Timestamptz,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Gives these letters a seat in the queue: from now on they count as submitted, although their requests are still to be
/// made.
pub async fn seat(db: impl PgExecutor<'_>, ids: &[Uuid], now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE letters SET submitted_at = $2 WHERE id = ANY($1) AND state = 'Submitting'",
        ids,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// How many letters wait for their request.
pub async fn waiting_in_all(db: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "waiting!" FROM letters WHERE state = 'Submitting'"#).fetch_one(db).await
}

/// Letters that wait for their request, in the order of the line.
pub async fn in_line(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!("SELECT id FROM letters WHERE state = 'Submitting' ORDER BY created_at, id").fetch_all(db).await
}

/// How many letters wait for their request, as far as it matters: at most `most`.
pub async fn waiting(db: impl PgExecutor<'_>, most: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "waiting!" FROM (SELECT FROM letters WHERE state = 'Submitting' LIMIT $1) AS line"#,
        most,
    )
    .fetch_one(db)
    .await
}

/// How many letters without a seat in the queue stand before this one.
pub async fn waiting_before(db: impl PgExecutor<'_>, id: Uuid) -> sqlx::Result<usize> {
    let before = sqlx::query_scalar!(
        r#"SELECT count(*) AS "before!" FROM letters
         WHERE state = 'Submitting' AND submitted_at IS NULL
             AND (created_at, id) < (SELECT l.created_at, l.id FROM letters l WHERE l.id = $1)"#,
        id,
    );
    Ok(usize::try_from(before.fetch_one(db).await?).unwrap_or_default())
}

/// Letters that were given a seat and have no request yet, or were given one after `since` and have not ended.
pub async fn seated_since(db: impl PgExecutor<'_>, since: Timestamp) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM letters WHERE submitted_at IS NOT NULL AND state = 'Submitting'
             OR submitted_at > $1 AND state = 'Submitted'",
        since.to_sqlx() as Timestamptz,
    )
    .fetch_all(db)
    .await
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
