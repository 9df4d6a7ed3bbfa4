//! Accounts.

use std::fmt;

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;
use sqlx::postgres::PgQueryResult;

/// An account.
#[derive(Clone)]
pub struct User {
    /// Id; the `sub` of the user's tokens.
    pub id: i64,
    /// Name to log in with; unique, ignoring case.
    pub username: String,
    /// Address; unique, ignoring case.
    pub email: String,
    /// PHC string.
    pub password_hash: String,
    /// Opaque id that requests carry.
    pub request_ref: String,
    /// Tokens issued before this time are refused.
    pub tokens_valid_after: Timestamp,
}

impl fmt::Debug for User {
    /// The id only: the rest is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a new account starts with.
pub struct NewUser<'a> {
    /// Name to log in with.
    pub username: &'a str,
    /// Address.
    pub email: &'a str,
    /// PHC string.
    pub password_hash: &'a str,
    /// Opaque id that requests will carry.
    pub request_ref: &'a str,
    /// When it is made.
    pub created_at: Timestamp,
}

/// Whether name and address could be saved: both are unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// They are saved.
    Yes,
    /// Nothing is saved: another account has this name.
    UsernameTaken,
    /// Nothing is saved: another account has this address.
    EmailTaken,
}

/// Adds an account.
pub async fn insert(db: impl PgExecutor<'_>, user: &NewUser<'_>) -> sqlx::Result<Saved> {
    let inserted = sqlx::query!(
        "INSERT INTO users (username, email, password_hash, request_ref, created_at) VALUES ($1, $2, $3, $4, $5)",
        user.username,
        user.email,
        user.password_hash,
        user.request_ref,
        user.created_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await;
    saved(inserted)
}

/// The account with this id.
pub async fn find(db: impl PgExecutor<'_>, id: i64) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT id, username, email, password_hash, request_ref,
             tokens_valid_after AS "tokens_valid_after: Timestamptz"
         FROM users WHERE id = $1"#,
        id,
    )
    .fetch_optional(db)
    .await
}

/// The account with this name, ignoring case.
pub async fn find_by_username(db: impl PgExecutor<'_>, username: &str) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT id, username, email, password_hash, request_ref,
             tokens_valid_after AS "tokens_valid_after: Timestamptz"
         FROM users WHERE lower(username) = lower($1)"#,
        username,
    )
    .fetch_optional(db)
    .await
}

/// Changes name and address.
pub async fn update(db: impl PgExecutor<'_>, id: i64, username: &str, email: &str) -> sqlx::Result<Saved> {
    let updated = sqlx::query!("UPDATE users SET username = $2, email = $3 WHERE id = $1", id, username, email);
    saved(updated.execute(db).await)
}

/// Removes an account and, by cascade, its letters.
pub async fn delete(db: impl PgExecutor<'_>, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM users WHERE id = $1", id).execute(db).await.map(drop)
}

fn saved(result: sqlx::Result<PgQueryResult>) -> sqlx::Result<Saved> {
    match result {
        Ok(_) => Ok(Saved::Yes),
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("users_username") => Ok(Saved::UsernameTaken),
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("users_email") => Ok(Saved::EmailTaken),
        Err(error) => Err(error),
    }
}
