//! Requests that must go because their letter or its owner is gone.

use sqlx::PgExecutor;
use uuid::Uuid;

use super::time::Time;

/// Queues the requests of all letters of a user.
pub async fn queue_for_user(db: impl PgExecutor<'_>, user_id: i64, now: Time) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO erasures (request_name, queued_at)
         SELECT 'letter-' || id, $2 FROM letters WHERE user_id = $1 ON CONFLICT DO NOTHING",
    )
    .bind(user_id)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// Queues the request of one letter.
pub async fn queue_for_letter(db: impl PgExecutor<'_>, letter: Uuid, now: Time) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO erasures (request_name, queued_at) VALUES ('letter-' || $1::uuid, $2) ON CONFLICT DO NOTHING",
    )
    .bind(letter)
    .bind(now)
    .execute(db)
    .await
    .map(drop)
}

/// Some of the queued requests and since when they are queued, oldest first.
pub async fn queued(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<(String, Time)>> {
    sqlx::query_as("SELECT request_name, queued_at FROM erasures ORDER BY queued_at LIMIT $1")
        .bind(limit)
        .fetch_all(db)
        .await
}

/// The cluster has been told about this one.
pub async fn done(db: impl PgExecutor<'_>, request_name: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM erasures WHERE request_name = $1").bind(request_name).execute(db).await.map(drop)
}
