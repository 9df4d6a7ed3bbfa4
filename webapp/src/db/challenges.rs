//! Challenges of passkeys that were sent to a browser and have not come back.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// Keeps a challenge; earlier ones of the same holder are void. Both are hashes. `user_id` is the account that gets a
/// passkey, where nobody logs in.
pub async fn begin(
    db: impl PgExecutor<'_>,
    challenge: &str,
    holder: &str,
    user_id: Option<i64>,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH earlier AS (DELETE FROM passkey_challenges WHERE holder_hash = $2)
         INSERT INTO passkey_challenges (challenge_hash, holder_hash, user_id, expires_at) VALUES ($1, $2, $3, $4)",
        challenge,
        holder,
        user_id,
        expires_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Takes the challenge that this holder has for this purpose, which nobody can take again. `None` when there is none.
pub async fn take(
    db: impl PgExecutor<'_>,
    challenge: &str,
    holder: &str,
    user_id: Option<i64>,
) -> sqlx::Result<Option<Timestamp>> {
    let taken = sqlx::query_scalar!(
        r#"DELETE FROM passkey_challenges
         WHERE challenge_hash = $1 AND holder_hash = $2 AND user_id IS NOT DISTINCT FROM $3
         RETURNING expires_at AS "expires_at: Timestamptz""#,
        challenge,
        holder,
        user_id,
    );
    Ok(taken.fetch_optional(db).await?.map(Timestamptz::to_jiff))
}

/// Forgets challenges that expired before `now`.
pub async fn purge(db: impl PgExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    let purged = sqlx::query!("DELETE FROM passkey_challenges WHERE expires_at < $1", now.to_sqlx() as Timestamptz);
    purged.execute(db).await.map(drop)
}
