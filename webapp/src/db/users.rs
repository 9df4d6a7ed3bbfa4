//! Accounts.

use sqlx::{FromRow, PgExecutor};

use super::time::Time;

/// An account.
#[derive(Clone, FromRow)]
pub struct User {
    /// Id; the `sub` of the user's tokens.
    pub id: i64,
    /// Name to log in with; unique whatever the case.
    pub username: String,
    /// Address; unique whatever the case.
    pub email: String,
    /// PHC string.
    pub password_hash: String,
    /// Opaque id that requests carry.
    pub request_ref: String,
    /// Tokens issued before are refused.
    pub tokens_valid_after: Time,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
    /// Now.
    pub created_at: Time,
}

/// Which unique value somebody else has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The username.
    Username,
    /// The e-mail address.
    Email,
}

/// Adds an account; its id, or what is taken.
pub async fn insert(db: impl PgExecutor<'_>, user: &NewUser<'_>) -> sqlx::Result<Result<i64, Taken>> {
    let id = sqlx::query_scalar(
        "INSERT INTO users (username, email, password_hash, request_ref, created_at)
         VALUES ($1, $2, $3, $4, $5) RETURNING id",
    )
    .bind(user.username)
    .bind(user.email)
    .bind(user.password_hash)
    .bind(user.request_ref)
    .bind(user.created_at)
    .fetch_one(db)
    .await;
    or_taken(id)
}

/// The account with this id.
pub async fn find(db: impl PgExecutor<'_>, id: i64) -> sqlx::Result<Option<User>> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id).fetch_optional(db).await
}

/// The account with this name, whatever its case.
pub async fn find_by_username(db: impl PgExecutor<'_>, username: &str) -> sqlx::Result<Option<User>> {
    sqlx::query_as("SELECT * FROM users WHERE lower(username) = lower($1)").bind(username).fetch_optional(db).await
}

/// Changes name and address.
pub async fn update(db: impl PgExecutor<'_>, id: i64, username: &str, email: &str) -> sqlx::Result<Result<(), Taken>> {
    let updated = sqlx::query("UPDATE users SET username = $2, email = $3 WHERE id = $1")
        .bind(id)
        .bind(username)
        .bind(email)
        .execute(db)
        .await;
    or_taken(updated.map(drop))
}

/// Removes an account and, by cascade, its letters.
pub async fn delete(db: impl PgExecutor<'_>, id: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM users WHERE id = $1").bind(id).execute(db).await.map(drop)
}

fn or_taken<T>(result: sqlx::Result<T>) -> sqlx::Result<Result<T, Taken>> {
    let constraint = match &result {
        Err(sqlx::Error::Database(error)) => error.constraint().map(str::to_owned),
        _ => None,
    };
    match (constraint.as_deref(), result) {
        (Some("users_username"), _) => Ok(Err(Taken::Username)),
        (Some("users_email"), _) => Ok(Err(Taken::Email)),
        (_, result) => result.map(Ok),
    }
}
