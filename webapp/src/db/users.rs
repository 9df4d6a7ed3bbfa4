//! Accounts.

use std::fmt;

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::{PgConnection, PgExecutor};

/// What an account has for a hash that nobody can log in to with a password.
pub const NO_PASSWORD: &str = "";

/// An account.
#[derive(Clone)]
pub struct User {
    /// Id; the `sub` of the user's tokens.
    pub id: i64,
    /// Name to log in with; unique, ignoring case.
    pub username: String,
    /// Address; unique, ignoring case.
    pub email: String,
    /// PHC string, or [`NO_PASSWORD`].
    pub password_hash: String,
    /// Opaque id that requests carry.
    pub request_ref: String,
    /// Whether an administrator has disabled the account.
    pub is_disabled: bool,
    /// Letters an hour, where an administrator has set a number.
    pub letters_per_hour: Option<i32>,
}

/// An account as an administrator's list shows it.
pub struct Listed {
    /// Id.
    pub id: i64,
    /// Name to log in with.
    pub username: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether an administrator has disabled it.
    pub is_disabled: bool,
    /// Letters an hour, where an administrator has set a number.
    pub letters_per_hour: Option<i32>,
    /// Letters that it has.
    pub letters: i64,
    /// Passkeys that it has.
    pub passkeys: i64,
}

impl User {
    /// Whether there is a password to log in with.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password_hash != NO_PASSWORD
    }
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
    /// Nothing is saved: there are as many accounts as there may be.
    NoRoom,
    /// Nothing is saved: another account has this name.
    UsernameTaken,
    /// Nothing is saved: another account has this address.
    EmailTaken,
}

/// Adds an account while there are fewer than `most`. Its id, or why it was not added.
///
/// Name and address are looked at before: the database logs a violated constraint together with the address.
pub async fn insert(db: &mut PgConnection, user: &NewUser<'_>, most: i64) -> sqlx::Result<Result<i64, Saved>> {
    one_at_a_time(db).await?;
    let taken = taken(&mut *db, user.username, user.email, 0).await?;
    if taken != Saved::Yes {
        return Ok(Err(taken));
    }
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM users"#).fetch_one(&mut *db).await?;
    if count >= most {
        return Ok(Err(Saved::NoRoom));
    }
    let inserted = sqlx::query_scalar!(
        "INSERT INTO users (username, email, password_hash, request_ref, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING id",
        user.username,
        user.email,
        user.password_hash,
        user.request_ref,
        user.created_at.to_sqlx() as Timestamptz,
    );
    match inserted.fetch_optional(&mut *db).await? {
        Some(id) => Ok(Ok(id)),
        None => Ok(Err(self::taken(db, user.username, user.email, 0).await?)),
    }
}

/// Lets one transaction at a time change names: two that want the same one would otherwise meet in a violated constraint.
async fn one_at_a_time(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('users', 0))").execute(db).await.map(drop)
}

/// Which of name and address another account than `id` has.
async fn taken(db: impl PgExecutor<'_>, username: &str, email: &str, id: i64) -> sqlx::Result<Saved> {
    let taken = sqlx::query!(
        r#"SELECT EXISTS (SELECT 1 FROM users WHERE lower(username) = lower($1) AND id <> $3) AS "username!",
             EXISTS (SELECT 1 FROM users WHERE lower(email) = lower($2) AND id <> $3) AS "email!""#,
        username,
        email,
        id,
    )
    .fetch_one(db)
    .await?;
    Ok(match (taken.username, taken.email) {
        (true, _) => Saved::UsernameTaken,
        (false, true) => Saved::EmailTaken,
        (false, false) => Saved::Yes,
    })
}

/// The account with this id.
pub async fn find(db: impl PgExecutor<'_>, id: i64) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT id, username, email, password_hash, request_ref, disabled_at IS NOT NULL AS "is_disabled!",
             letters_per_hour
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
        r#"SELECT id, username, email, password_hash, request_ref, disabled_at IS NOT NULL AS "is_disabled!",
             letters_per_hour
         FROM users WHERE lower(username) = lower($1)"#,
        username,
    )
    .fetch_optional(db)
    .await
}

/// The account with this address, ignoring case.
pub async fn find_by_email(db: impl PgExecutor<'_>, email: &str) -> sqlx::Result<Option<User>> {
    sqlx::query_as!(
        User,
        r#"SELECT id, username, email, password_hash, request_ref, disabled_at IS NOT NULL AS "is_disabled!",
             letters_per_hour
         FROM users WHERE lower(email) = lower($1)"#,
        email,
    )
    .fetch_optional(db)
    .await
}

/// Changes name and address.
pub async fn update(db: &mut PgConnection, id: i64, username: &str, email: &str) -> sqlx::Result<Saved> {
    one_at_a_time(db).await?;
    let taken = taken(&mut *db, username, email, id).await?;
    if taken == Saved::Yes {
        let updated = sqlx::query!("UPDATE users SET username = $2, email = $3 WHERE id = $1", id, username, email);
        updated.execute(db).await?;
    }
    Ok(taken)
}

/// Changes the password.
pub async fn set_password(db: impl PgExecutor<'_>, id: i64, password_hash: &str) -> sqlx::Result<()> {
    sqlx::query!("UPDATE users SET password_hash = $2 WHERE id = $1", id, password_hash).execute(db).await.map(drop)
}

/// Disables the account from this time on, or enables it again.
pub async fn set_disabled(db: impl PgExecutor<'_>, id: i64, at: Option<Timestamp>) -> sqlx::Result<()> {
    let at = at.map(jiff_sqlx::ToSqlx::to_sqlx);
    sqlx::query!("UPDATE users SET disabled_at = $2 WHERE id = $1", id, at as Option<Timestamptz>)
        .execute(db)
        .await
        .map(drop)
}

/// Sets the letters an hour of an account; `None` for what the app says.
pub async fn set_quota(db: impl PgExecutor<'_>, id: i64, letters_per_hour: Option<i32>) -> sqlx::Result<()> {
    sqlx::query!("UPDATE users SET letters_per_hour = $2 WHERE id = $1", id, letters_per_hour)
        .execute(db)
        .await
        .map(drop)
}

/// Accounts after the one with id `after`, oldest first.
pub async fn list(db: impl PgExecutor<'_>, after: i64, limit: i64) -> sqlx::Result<Vec<Listed>> {
    sqlx::query_as!(
        Listed,
        r#"SELECT id, username, created_at AS "created_at: Timestamptz", disabled_at IS NOT NULL AS "is_disabled!",
             letters_per_hour, (SELECT count(*) FROM letters WHERE user_id = users.id) AS "letters!",
             (SELECT count(*) FROM passkeys WHERE user_id = users.id) AS "passkeys!"
         FROM users WHERE id > $1 ORDER BY id LIMIT $2"#,
        after,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Removes an account and, by cascade, its letters.
pub async fn delete(db: impl PgExecutor<'_>, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM users WHERE id = $1", id).execute(db).await.map(drop)
}
