//! Passkeys of accounts.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::db::audit::{self, Event};

/// A passkey that is added.
pub struct NewPasskey<'a> {
    /// Id of its row.
    pub id: Uuid,
    /// What its authenticator knows it by.
    pub credential_id: &'a [u8],
    /// The site that it was made for.
    pub rp_id: &'a str,
    /// What its owner calls it.
    pub name: &'a str,
    /// Its public key, in COSE.
    pub public_key: &'a [u8],
    /// How often its authenticator has signed.
    pub sign_count: u32,
    /// Whether it may be on several devices.
    pub is_backup_eligible: bool,
    /// Whether it is.
    pub is_backed_up: bool,
}

/// A passkey as its owner sees it.
pub struct Listed {
    /// Id of its row.
    pub id: Uuid,
    /// What its authenticator knows it by.
    pub credential_id: Vec<u8>,
    /// The site that it was made for.
    pub rp_id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it last logged in.
    pub last_used_at: Option<Timestamp>,
}

/// A passkey that somebody shows, with its account.
pub struct Shown {
    /// Id of its row.
    pub id: Uuid,
    /// The account.
    pub user_id: i64,
    /// Its name.
    pub username: String,
    /// What authenticators know the account by.
    pub handle: Vec<u8>,
    /// The site that it was made for.
    pub rp_id: String,
    /// Its public key, in COSE.
    pub public_key: Vec<u8>,
    /// How often its authenticator had signed.
    pub sign_count: i64,
    /// Whether it may be on several devices.
    pub is_backup_eligible: bool,
}

/// What authenticators know this account by: `new`, unless it has a handle already. `None` when there is no such account.
pub async fn handle(db: impl PgExecutor<'_>, user_id: i64, new: &[u8]) -> sqlx::Result<Option<Vec<u8>>> {
    sqlx::query_scalar!(
        r#"UPDATE users SET passkey_handle = coalesce(passkey_handle, $2) WHERE id = $1
         RETURNING passkey_handle AS "passkey_handle!""#,
        user_id,
        new,
    )
    .fetch_optional(db)
    .await
}

/// How many passkeys this account has, none of which comes or goes before the transaction ends. `None` when its password is
/// not this one any more: whoever asked may not be its owner.
pub async fn lock(db: impl PgExecutor<'_>, user_id: i64, password_hash: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM passkeys WHERE user_id = users.id) AS "count!" FROM users
         WHERE id = $1 AND password_hash = $2 FOR UPDATE"#,
        user_id,
        password_hash,
    )
    .fetch_optional(db)
    .await
}

/// Adds a passkey. False when an account has it already.
pub async fn add(
    db: impl PgExecutor<'_>,
    user_id: i64,
    passkey: &NewPasskey<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let added = sqlx::query!(
        "INSERT INTO passkeys (id, user_id, credential_id, rp_id, name, public_key, sign_count, is_backup_eligible,
             is_backed_up, added_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        passkey.id,
        user_id,
        passkey.credential_id,
        passkey.rp_id,
        passkey.name,
        passkey.public_key,
        i64::from(passkey.sign_count),
        passkey.is_backup_eligible,
        passkey.is_backed_up,
        now.to_sqlx() as Timestamptz,
    );
    Ok(added.execute(db).await?.rows_affected() > 0)
}

/// The passkeys of this account, oldest first.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64) -> sqlx::Result<Vec<Listed>> {
    let all = sqlx::query!(
        r#"SELECT id, credential_id, rp_id, name, added_at AS "added_at: Timestamptz",
             last_used_at AS "last_used_at: Timestamptz"
         FROM passkeys WHERE user_id = $1 ORDER BY added_at, id"#,
        user_id,
    );
    let all = all.fetch_all(db).await?.into_iter().map(|row| Listed {
        id: row.id,
        credential_id: row.credential_id,
        rp_id: row.rp_id,
        name: row.name,
        added_at: row.added_at.to_jiff(),
        last_used_at: row.last_used_at.map(Timestamptz::to_jiff),
    });
    Ok(all.collect())
}

/// The passkey with this id, whoever has it: who shows it has not said who they are.
pub async fn find(db: impl PgExecutor<'_>, credential_id: &[u8]) -> sqlx::Result<Option<Shown>> {
    sqlx::query_as!(
        Shown,
        r#"SELECT p.id, p.user_id, u.username, u.passkey_handle AS "handle!", p.rp_id, p.public_key, p.sign_count,
             p.is_backup_eligible
         FROM passkeys p JOIN users u ON u.id = p.user_id
         WHERE p.credential_id = $1 AND u.passkey_handle IS NOT NULL"#,
        credential_id,
    )
    .fetch_optional(db)
    .await
}

/// Notes a log-in by this passkey. False when its authenticator counts and has not counted upward, by what another log-in
/// may have noted just now.
pub async fn used(
    db: impl PgExecutor<'_>,
    id: Uuid,
    sign_count: u32,
    is_backed_up: bool,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let used = sqlx::query!(
        "UPDATE passkeys SET sign_count = $2, is_backed_up = $3, last_used_at = $4
         WHERE id = $1 AND (sign_count < $2 OR sign_count = 0 AND $2 = 0)",
        id,
        i64::from(sign_count),
        is_backed_up,
        now.to_sqlx() as Timestamptz,
    );
    Ok(used.execute(db).await?.rows_affected() > 0)
}

/// Removes one passkey of this account. False when it has none with this id.
pub async fn remove(db: impl PgExecutor<'_>, user_id: i64, id: Uuid) -> sqlx::Result<bool> {
    let removed = sqlx::query!("DELETE FROM passkeys WHERE user_id = $1 AND id = $2", user_id, id);
    Ok(removed.execute(db).await?.rows_affected() > 0)
}

/// Removes all passkeys of this account, which somebody else may have added, and records that.
pub async fn remove_all(db: &mut PgConnection, user_id: i64, now: Timestamp) -> sqlx::Result<()> {
    let removed = sqlx::query!("DELETE FROM passkeys WHERE user_id = $1", user_id).execute(&mut *db).await?;
    for _ in 0..removed.rows_affected() {
        audit::record(&mut *db, user_id, Event::PasskeyRemoved, now).await?;
    }
    Ok(())
}
