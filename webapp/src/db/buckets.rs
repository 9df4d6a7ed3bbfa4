//! Token buckets shared by all replicas.

use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::time::Time;

/// How much fits into a bucket and how fast it fills.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// Tokens of a full bucket; also what a new one holds.
    pub capacity: f64,
    /// Tokens added in a second.
    pub per_second: f64,
}

/// What taking a token came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// There was one.
    Yes,
    /// There was none; there will be one after this time.
    No(SignedDuration),
}

/// Takes one token from the bucket called `key`, all in one statement.
pub async fn take(db: &mut PgConnection, key: &str, bucket: Bucket, now: Timestamp) -> sqlx::Result<Taken> {
    let taken = sqlx::query(
        "INSERT INTO buckets AS b (key, tokens, refilled_at) VALUES ($1, $2 - 1, $4)
         ON CONFLICT (key) DO UPDATE SET
             tokens = least($2, b.tokens + greatest(0, extract(epoch FROM $4 - b.refilled_at)::float8) * $3) - 1,
             refilled_at = $4
         WHERE least($2, b.tokens + greatest(0, extract(epoch FROM $4 - b.refilled_at)::float8) * $3) >= 1",
    )
    .bind(key)
    .bind(bucket.capacity)
    .bind(bucket.per_second)
    .bind(Time(now))
    .execute(&mut *db)
    .await?;
    if taken.rows_affected() > 0 {
        return Ok(Taken::Yes);
    }
    let missing: Option<f64> = sqlx::query_scalar(
        "SELECT 1 - tokens - greatest(0, extract(epoch FROM $3 - refilled_at)::float8) * $2 FROM buckets WHERE key = $1",
    )
    .bind(key)
    .bind(bucket.per_second)
    .bind(Time(now))
    .fetch_optional(&mut *db)
    .await?;
    let seconds = (missing.unwrap_or(1.0).max(0.0) / bucket.per_second).ceil();
    Ok(Taken::No(SignedDuration::from_secs(seconds as i64)))
}

/// Fills the bucket again.
pub async fn refill(db: &mut PgConnection, key: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM buckets WHERE key = $1").bind(key).execute(db).await.map(drop)
}

/// Forgets buckets that nobody took from since `before`; all of them are full again by then.
pub async fn purge(db: &mut PgConnection, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM buckets WHERE refilled_at < $1").bind(Time(before)).execute(db).await.map(drop)
}
