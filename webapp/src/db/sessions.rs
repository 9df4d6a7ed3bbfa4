//! Log-ins, for their owner to see and end.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::{PgConnection, PgExecutor};

use crate::db::Connection;
use crate::db::question::{Question, Standing};
use crate::db::users::User;

/// Sessions that a page lists.
const LIST_MAX: i64 = 50;

/// A log-in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Id of its token.
    pub jti: String,
    /// Browser and system, as far as they tell.
    pub device: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
}

/// Notes a new log-in.
pub async fn start(
    db: impl PgExecutor<'_>,
    user_id: i64,
    session: &Session,
    expires_at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO sessions (jti, user_id, device, started_at, last_used_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        session.jti,
        user_id,
        session.device,
        session.started_at.to_sqlx() as Timestamptz,
        session.last_used_at.to_sqlx() as Timestamptz,
        expires_at.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// Whose a token is: the question of most pages. Its answer is the user, if there still is one.
pub struct WhoIs;

impl Question for WhoIs {
    type Answer = Option<User>;

    async fn ask(
        &self,
        db: &mut Connection,
        jti: &str,
        user_id: Option<i64>,
    ) -> sqlx::Result<(Standing, Option<User>)> {
        let row = sqlx::query!(
            r#"SELECT EXISTS (SELECT 1 FROM revoked_tokens WHERE jti = $1) AS "is_revoked!",
                 (SELECT last_used_at FROM sessions WHERE jti = $1) AS "last_used_at: Timestamptz",
                 u.id AS "id?", username AS "username?", email AS "email?", password_hash AS "password_hash?",
                 request_ref AS "request_ref?", tokens_valid_after AS "valid_after?: Timestamptz",
                 disabled_at IS NOT NULL AS "is_disabled!", letters_per_hour
             FROM (SELECT) AS one LEFT JOIN users u ON u.id = $2"#,
            jti,
            user_id,
        )
        .fetch_one(db)
        .await?;
        let standing = Standing {
            is_revoked: row.is_revoked,
            is_disabled: row.is_disabled,
            last_used_at: row.last_used_at.map(Timestamptz::to_jiff),
            valid_after: row.valid_after.map(Timestamptz::to_jiff),
        };
        // The columns of a user are all there, or none is.
        let user = || {
            Some(User {
                id: row.id?,
                username: row.username?,
                email: row.email?,
                password_hash: row.password_hash?,
                request_ref: row.request_ref?,
                is_disabled: row.is_disabled,
                letters_per_hour: row.letters_per_hour,
            })
        };
        Ok((standing, user()))
    }
}

/// Notes that a session was used, unless that was noted after `before`.
pub async fn used(db: impl PgExecutor<'_>, jti: &str, now: Timestamp, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET last_used_at = $2 WHERE jti = $1 AND last_used_at < $3",
        jti,
        now.to_sqlx() as Timestamptz,
        before.to_sqlx() as Timestamptz,
    )
    .execute(db)
    .await
    .map(drop)
}

/// The sessions of this user that have not expired, the last used first.
pub async fn list(db: impl PgExecutor<'_>, user_id: i64, now: Timestamp) -> sqlx::Result<Vec<Session>> {
    sqlx::query_as!(
        Session,
        r#"SELECT jti, device, started_at AS "started_at: Timestamptz", last_used_at AS "last_used_at: Timestamptz"
         FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, jti LIMIT $3"#,
        user_id,
        now.to_sqlx() as Timestamptz,
        LIST_MAX,
    )
    .fetch_all(db)
    .await
}

/// Ends one session of this user. Whether there was one.
pub async fn end(db: impl PgExecutor<'_>, user_id: i64, jti: &str) -> sqlx::Result<bool> {
    let ended = sqlx::query!(
        "WITH ended AS (DELETE FROM sessions WHERE user_id = $1 AND jti = $2 RETURNING jti, expires_at)
         INSERT INTO revoked_tokens (jti, expires_at) SELECT jti, expires_at FROM ended ON CONFLICT DO NOTHING",
        user_id,
        jti,
    )
    .execute(db)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Ends all sessions of this user: those listed here by name, and others by their time, which counts whole seconds.
pub async fn end_all(db: &mut PgConnection, user_id: i64, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH ended AS (DELETE FROM sessions WHERE user_id = $1 RETURNING jti, expires_at)
         INSERT INTO revoked_tokens (jti, expires_at) SELECT jti, expires_at FROM ended ON CONFLICT DO NOTHING",
        user_id,
    )
    .execute(&mut *db)
    .await?;
    let valid_after =
        sqlx::query!("UPDATE users SET tokens_valid_after = $2 WHERE id = $1", user_id, now.to_sqlx() as Timestamptz);
    valid_after.execute(db).await.map(drop)
}

/// Forgets sessions that expired before `now`.
pub async fn purge(db: impl PgExecutor<'_>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM sessions WHERE expires_at < $1", now.to_sqlx() as Timestamptz).execute(db).await.map(drop)
}
