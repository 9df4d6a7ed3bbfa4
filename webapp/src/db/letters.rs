//! Letters: the queries of their owners, each with the owner in its condition. `upkeep` holds those of the background
//! work, which serves every owner.

mod upkeep;

pub use upkeep::{
    Unsubmitted, finish, finished_among, in_line, postponed, seat, seated_since, stopping, submitted, submitted_before,
    take_turn, waiting, waiting_before, waiting_in_all, without_seat,
};

use crds::RequestReason;
use crds::request::Check;
use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;
use sqlx::types::{Json, Text};
use uuid::Uuid;

use crate::letter::{Application, Draft, Letter, LetterState};

/// Adds a letter that has no request yet. False when this submission has made a letter before.
pub async fn insert(
    db: impl PgExecutor<'_>,
    id: Uuid,
    user_id: i64,
    draft: &Draft,
    submission: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO letters (id, user_id, created_at, job_title, company, draft, submission, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'Submitting') ON CONFLICT (user_id, submission) DO NOTHING",
        id,
        user_id,
        now.to_sqlx() as Timestamptz,
        draft.job.title,
        draft.job.company,
        Json(draft) as _,
        submission,
    )
    .execute(db)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

/// The letter that this submission has made.
pub async fn of_submission(db: impl PgExecutor<'_>, user_id: i64, submission: &str) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!("SELECT id FROM letters WHERE user_id = $1 AND submission = $2", user_id, submission)
        .fetch_optional(db)
        .await
}

/// A letter of this user.
pub async fn find(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<Option<Letter>> {
    let row = sqlx::query!(
        r#"SELECT id, created_at AS "created_at: Timestamptz", draft AS "draft: Json<Draft>",
             state AS "state: Text<LetterState>", cancel_requested, reason, letter, edited_letter,
             checks AS "checks: Json<Vec<Check>>", model, finished_at AS "finished_at: Timestamptz",
             application AS "application: Text<Application>", application_at AS "application_at: Timestamptz", note
         FROM letters WHERE id = $1 AND user_id = $2"#,
        id,
        user_id,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Letter {
        id: row.id,
        created_at: row.created_at.to_jiff(),
        draft: row.draft.0,
        state: row.state.0,
        cancel_requested: row.cancel_requested,
        reason: row.reason.and_then(|reason| reason.parse().ok()),
        written: row.letter,
        edited: row.edited_letter,
        checks: row.checks.0,
        model: row.model,
        finished_at: row.finished_at.map(Timestamptz::to_jiff),
        application: row.application.0,
        application_at: row.application_at.map(Timestamptz::to_jiff),
        note: row.note,
    }))
}

/// The ids of all letters of this user, oldest first.
pub async fn ids(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!("SELECT id FROM letters WHERE user_id = $1 ORDER BY created_at, id", user_id)
        .fetch_all(db)
        .await
}

/// Notes what became of an application. Whether there is such a letter.
pub async fn note(
    db: impl PgExecutor<'_>,
    user_id: i64,
    id: Uuid,
    application: Application,
    note: &str,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let noted = sqlx::query!(
        "UPDATE letters SET note = $4, application = $3,
             application_at = CASE WHEN application = $3 THEN application_at ELSE $5 END
         WHERE id = $1 AND user_id = $2",
        id,
        user_id,
        application.as_str(),
        note,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await?;
    Ok(noted.rows_affected() > 0)
}

/// What this user asked for last.
pub async fn latest_draft(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Option<Draft>> {
    let draft = sqlx::query_scalar!(
        r#"SELECT draft AS "draft: Json<Draft>" FROM letters WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1"#,
        user_id,
    )
    .fetch_optional(db)
    .await?;
    Ok(draft.map(|draft| draft.0))
}

/// Notes that the owner pressed Stop; a letter without a request is cancelled at once. Its state afterwards, if there
/// is such a letter.
pub async fn request_cancel(
    db: impl PgExecutor<'_>,
    user_id: i64,
    id: Uuid,
    now: Timestamp,
) -> sqlx::Result<Option<LetterState>> {
    let state = sqlx::query_scalar!(
        r#"UPDATE letters SET cancel_requested = true,
             finished_at = CASE WHEN state = 'Submitting' THEN $3 ELSE finished_at END,
             reason = CASE WHEN state = 'Submitting' THEN $4 ELSE reason END,
             state = CASE WHEN state = 'Submitting' THEN 'Cancelled' ELSE state END
         WHERE id = $1 AND user_id = $2 RETURNING state AS "state: Text<LetterState>""#,
        id,
        user_id,
        now.to_sqlx() as Timestamptz,
        RequestReason::Cancelled.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(state.map(|state| state.0))
}

/// Removes a letter. Whether there was one.
pub async fn delete(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<bool> {
    let deleted = sqlx::query!("DELETE FROM letters WHERE id = $1 AND user_id = $2", id, user_id).execute(db).await?;
    Ok(deleted.rows_affected() > 0)
}
