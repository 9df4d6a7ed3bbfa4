//! Accounts as the OpenID Connect provider knows them.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// The account of this person at the provider.
pub async fn find(db: impl PgExecutor<'_>, issuer: &str, subject: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2", issuer, subject)
        .fetch_optional(db)
        .await
}

/// Links an account. False when either of both is linked already.
pub async fn link(
    db: impl PgExecutor<'_>,
    issuer: &str,
    subject: &str,
    user_id: i64,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let linked = sqlx::query!(
        "INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        issuer,
        subject,
        user_id,
        now.to_sqlx() as Timestamptz,
    );
    Ok(linked.execute(db).await?.rows_affected() > 0)
}

/// Where an account is linked, and with whom there.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Vec<(String, String)>> {
    let all = sqlx::query!("SELECT issuer, subject FROM identities WHERE user_id = $1 ORDER BY issuer", user_id);
    Ok(all.fetch_all(db).await?.into_iter().map(|identity| (identity.issuer, identity.subject)).collect())
}

/// Whether this account is linked.
pub async fn is_linked(db: impl PgExecutor<'_>, issuer: &str, user_id: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM identities WHERE issuer = $1 AND user_id = $2) AS "is_linked!""#,
        issuer,
        user_id,
    )
    .fetch_one(db)
    .await
}

/// Unlinks an account. False when it was not linked.
pub async fn unlink(db: impl PgExecutor<'_>, issuer: &str, user_id: i64) -> sqlx::Result<bool> {
    let unlinked = sqlx::query!("DELETE FROM identities WHERE issuer = $1 AND user_id = $2", issuer, user_id);
    Ok(unlinked.execute(db).await?.rows_affected() > 0)
}
