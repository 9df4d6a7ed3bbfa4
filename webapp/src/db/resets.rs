//! One-time links with which a password is set anew.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// Keeps the hash of a new link. Earlier links of the account are void.
pub async fn add(db: impl PgExecutor<'_>, user_id: i64, token_hash: &str, expires_at: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH earlier AS (DELETE FROM password_resets WHERE user_id = $2)
         INSERT INTO password_resets (token_hash, user_id, expires_at) VALUES ($1, $2, $3)",
        token_hash,
        user_id,
        expires_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// The account whose link this is, if it has not expired.
pub async fn find(db: impl PgExecutor<'_>, token_hash: &str, now: Timestamp) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2",
        token_hash,
        now.to_sqlx() as Timestamptz,
    )
    .fetch_optional(db)
    .await
}

/// Uses the link up. False when another request has used it.
pub async fn use_up(db: impl PgExecutor<'_>, token_hash: &str) -> sqlx::Result<bool> {
    let used = sqlx::query!("DELETE FROM password_resets WHERE token_hash = $1", token_hash).execute(db).await?;
    Ok(used.rows_affected() > 0)
}

/// Forgets links that expired before `now`.
pub async fn purge(db: impl PgExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    let purged = sqlx::query!("DELETE FROM password_resets WHERE expires_at < $1", now.to_sqlx() as Timestamptz);
    purged.execute(db).await.map(drop)
}
