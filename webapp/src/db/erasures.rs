//! Requests that must be deleted because their letter or its owner is gone.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;
use uuid::Uuid;

/// A request that waits to be erased.
pub struct Queued {
    /// Name of the request.
    pub request_name: String,
    /// Since when it waits.
    pub queued_at: Timestamp,
}

/// Queues the requests of all letters of a user.
pub async fn queue_for_user(db: impl PgExecutor<'_>, user_id: i64, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO erasures (request_name, queued_at)
         SELECT 'letter-' || id, $2 FROM letters WHERE user_id = $1 ON CONFLICT DO NOTHING",
        user_id,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Queues the request of one letter.
pub async fn queue_for_letter(db: impl PgExecutor<'_>, letter: Uuid, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO erasures (request_name, queued_at) VALUES ('letter-' || $1::uuid, $2) ON CONFLICT DO NOTHING",
        letter,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// The requests that wait longest, at most `limit`.
pub async fn queued(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<Queued>> {
    sqlx::query_as!(
        Queued,
        r#"SELECT request_name, queued_at AS "queued_at: Timestamptz" FROM erasures ORDER BY queued_at LIMIT $1"#,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Takes a request off the queue.
pub async fn done(db: impl PgExecutor<'_>, request_name: &str) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM erasures WHERE request_name = $1", request_name).execute(db).await.map(drop)
}
