//! Log-ins that were sent to the OpenID Connect provider and have not come back.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// A log-in that was begun.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// What the provider's token must repeat.
    pub nonce: String,
    /// Proves to the provider that we began it (PKCE).
    pub verifier: String,
    /// The page that it leads to.
    pub next: String,
    /// The account that is to be linked, where somebody does not just log in.
    pub links: Option<i64>,
    /// It is too old from then on.
    pub expires_at: Timestamp,
}

/// Keeps a log-in that begins. `state` and `browser` are hashes.
pub async fn begin(db: impl PgExecutor<'_>, state: &str, browser: &str, log_in: &LogIn) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO log_ins (state_hash, browser_hash, nonce, verifier, next, links, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        state,
        browser,
        log_in.nonce,
        log_in.verifier,
        log_in.next,
        log_in.links,
        log_in.expires_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// The log-in that this browser began with this state. It can be taken once.
pub async fn take(db: impl PgExecutor<'_>, state: &str, browser: &str) -> sqlx::Result<Option<LogIn>> {
    sqlx::query_as!(
        LogIn,
        r#"DELETE FROM log_ins WHERE state_hash = $1 AND browser_hash = $2
         RETURNING nonce, verifier, next, links, expires_at AS "expires_at: Timestamptz""#,
        state,
        browser,
    )
    .fetch_optional(db)
    .await
}

/// Forgets log-ins that expired before `before`.
pub async fn purge(db: impl PgExecutor<'_>, before: Timestamp) -> sqlx::Result<()> {
    let purged = sqlx::query!("DELETE FROM log_ins WHERE expires_at < $1", before.to_sqlx() as Timestamptz);
    purged.execute(db).await.map(drop)
}
