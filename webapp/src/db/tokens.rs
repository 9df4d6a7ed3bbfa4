//! Access tokens that were logged out.

use sqlx::PgExecutor;

use super::time::Time;

/// Refuses this token from now on.
pub async fn revoke(db: impl PgExecutor<'_>, jti: &str, expires_at: Time) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO revoked_tokens (jti, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(jti)
        .bind(expires_at)
        .execute(db)
        .await
        .map(drop)
}

/// Whether this token was logged out.
pub async fn is_revoked(db: impl PgExecutor<'_>, jti: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM revoked_tokens WHERE jti = $1)").bind(jti).fetch_one(db).await
}

/// Forgets tokens that have expired anyway.
pub async fn purge(db: impl PgExecutor<'_>, now: Time) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM revoked_tokens WHERE expires_at < $1").bind(now).execute(db).await.map(drop)
}
