//! Log-ins, for their owner to see and end.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::{PgConnection, PgExecutor};

/// Sessions that a page lists.
const LIST_MAX: i64 = 50;

/// A log-in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Id of its token.
    pub jti: String,
    /// Browser and system, as far as they tell.
    pub device: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
}

/// Notes a new log-in.
pub async fn start(
    db: impl PgExecutor<'_>,
    user_id: i64,
    session: &Session,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO sessions (jti, user_id, device, started_at, last_used_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        session.jti,
        user_id,
        session.device,
        session.started_at.to_sqlx() as Timestamptz,
        session.last_used_at.to_sqlx() as Timestamptz,
        expires_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Notes that a session was used, unless that was noted after `before`.
pub async fn used(db: impl PgExecutor<'_>, jti: &str, now: Timestamp, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET last_used_at = $2 WHERE jti = $1 AND last_used_at < $3",
        jti,
        now.to_sqlx() as Timestamptz,
        before.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// The sessions of this user that have not expired, the last used first.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64, now: Timestamp) -> sqlx::Result<Vec<Session>> {
    sqlx::query_as!(
        Session,
        r#"SELECT jti, device, started_at AS "started_at: Timestamptz", last_used_at AS "last_used_at: Timestamptz"
         FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, jti LIMIT $3"#,
        user_id,
        now.to_sqlx() as Timestamptz,
        LIST_MAX,
    )
    .fetch_all(db)
    .await
}

/// Ends one session of this user. Whether there was one.
pub async fn end(db: impl PgExecutor<'_>, user_id: i64, jti: &str) -> sqlx::Result<bool> {
    let ended = sqlx::query!(
        "WITH ended AS (DELETE FROM sessions WHERE user_id = $1 AND jti = $2 RETURNING jti, expires_at)
         INSERT INTO revoked_tokens (jti, expires_at) SELECT jti, expires_at FROM ended ON CONFLICT DO NOTHING",
        user_id,
        jti,
    )
    .execute(db)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all sessions of this user: those listed here by name, and others by their time, which counts whole seconds.
pub async fn end_all(db: &mut PgConnection, user_id: i64, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH ended AS (DELETE FROM sessions WHERE user_id = $1 RETURNING jti, expires_at)
         INSERT INTO revoked_tokens (jti, expires_at) SELECT jti, expires_at FROM ended ON CONFLICT DO NOTHING",
        user_id,
    )
    .execute(&mut *db)
    .await?;
    let valid_after =
        sqlx::query!("UPDATE users SET tokens_valid_after = $2 WHERE id = $1", user_id, now.to_sqlx() as Timestamptz);
    valid_after.execute(db).await.map(drop)
}

/// Forgets sessions that expired before `now`.
pub async fn purge(db: impl PgExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM sessions WHERE expires_at < $1", now.to_sqlx() as Timestamptz).execute(db).await.map(drop)
}
