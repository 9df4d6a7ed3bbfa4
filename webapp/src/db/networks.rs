//! Networks from which accounts were made or logged in to. The database holds their hashes.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// Notes that this account was used from this network.
pub async fn note(db: impl PgExecutor<'_>, user_id: i64, network: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO known_networks (user_id, network, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at",
        user_id,
        network,
        now.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Whether the account of this name was used from this network.
pub async fn is_known(db: impl PgExecutor<'_>, username: &str, network: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM known_networks n JOIN users u ON u.id = n.user_id
         WHERE lower(u.username) = lower($1) AND n.network = $2) AS "is_known!""#,
        username,
        network,
    )
    .fetch_one(db)
    .await
}

/// Forgets networks that were not used since `before`.
pub async fn purge(db: impl PgExecutor<'_>, before: Timestamp) -> sqlx::Result<()> {
    let purged = sqlx::query!("DELETE FROM known_networks WHERE seen_at < $1", before.to_sqlx() as Timestamptz);
    purged.execute(db).await.map(drop)
}
