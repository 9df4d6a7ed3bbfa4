//! Token buckets shared by all replicas.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgConnection;

/// How much fits into a bucket and how fast it fills.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// Tokens of a full bucket; also what a new one holds.
    pub capacity: f64,
    /// Tokens added in a second.
    pub per_second: f64,
}

impl Bucket {
    /// One that never runs dry.
    pub const BOTTOMLESS: Self = Self { capacity: 1e9, per_second: 1e9 };
}

/// Whether a token could be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// There was one.
    Yes,
    /// There was none; there will be one after this time.
    No(SignedDuration),
}

/// Takes one token from the bucket called `key`.
pub async fn take(db: &mut PgConnection, key: &str, bucket: Bucket, now: Timestamp) -> sqlx::Result<Taken> {
    let taken = sqlx::query!(
        "INSERT INTO buckets AS b (key, tokens, refilled_at) VALUES ($1, $2::float8 - 1, $4)
         ON CONFLICT (key) DO UPDATE SET
             tokens = least($2, b.tokens + greatest(0, extract(epoch FROM $4 - b.refilled_at)::float8) * $3) - 1,
             refilled_at = $4
         WHERE least($2, b.tokens + greatest(0, extract(epoch FROM $4 - b.refilled_at)::float8) * $3) >= 1",
        key,
        bucket.capacity,
        bucket.per_second,
        now.to_sqlx() as Timestamptz,
    )
    .execute(&mut *db)
    .await?;
    if taken.rows_affected() > 0 {
        return Ok(Taken::Yes);
    }
    match look(db, key, bucket, now).await? {
        // Filled again meanwhile, but nothing was taken.
        Taken::Yes => Ok(Taken::No(SignedDuration::from_secs(1))),
        no @ Taken::No(_) => Ok(no),
    }
}

/// Whether a token could be taken now; takes none.
pub async fn look(db: &mut PgConnection, key: &str, bucket: Bucket, now: Timestamp) -> sqlx::Result<Taken> {
    let missing = sqlx::query_scalar!(
        r#"SELECT 1 - tokens - greatest(0, extract(epoch FROM $3 - refilled_at)::float8) * $2 AS "missing!"
         FROM buckets WHERE key = $1"#,
        key,
        bucket.per_second,
        now.to_sqlx() as Timestamptz,
    )
    .fetch_optional(&mut *db)
    .await?;
    let missing = missing.unwrap_or(0.0);
    if missing <= 0.0 {
        return Ok(Taken::Yes);
    }
    Ok(Taken::No(SignedDuration::from_secs((missing / bucket.per_second).ceil() as i64)))
}

/// Gives a token back.
pub async fn give_back(db: &mut PgConnection, key: &str, bucket: Bucket) -> sqlx::Result<()> {
    sqlx::query!("UPDATE buckets SET tokens = least(tokens + 1, $2) WHERE key = $1", key, bucket.capacity)
        .execute(db)
        .await
        .map(drop)
}

/// Fills the bucket again.
pub async fn refill(db: &mut PgConnection, key: &str) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM buckets WHERE key = $1", key).execute(db).await.map(drop)
}

/// Forgets buckets that were last used before `before`, when all of them are full again.
pub async fn purge(db: &mut PgConnection, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM buckets WHERE refilled_at < $1", before.to_sqlx() as Timestamptz)
        .execute(db)
        .await
        .map(drop)
}
