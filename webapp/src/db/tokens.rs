//! Access tokens that were logged out.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// Refuses this token from now on.
pub async fn revoke(db: impl PgExecutor<'_>, jti: &str, expires_at: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO revoked_tokens (jti, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        jti,
        expires_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Forgets tokens that expired before `now`: they are refused without it.
pub async fn purge(db: impl PgExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM revoked_tokens WHERE expires_at < $1", now.to_sqlx() as Timestamptz)
        .execute(db)
        .await
        .map(drop)
}
