//! What happened to accounts, for administrators.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as Timestamptz, ToSqlx as _};
use sqlx::PgExecutor;

/// Whom an event is about when it is about no account.
pub const NOBODY: i64 = 0;

/// What can happen to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Registered,
    LoggedIn,
    LoggedInAtProvider,
    LoggedInByPasskey,
    /// The provider knows the person, and the site does not admit them.
    NotAdmitted,
    Linked,
    LinkedByEmail,
    Unlinked,
    PasskeyAdded,
    PasskeyRemoved,
    /// Its authenticator had counted further before: there may be a copy.
    PasskeyPerhapsCopied,
    LogInFailed,
    LoggedOut,
    SessionsEnded,
    PasswordChanged,
    PasswordReset,
    ProfileChanged,
    Exported,
    Deleted,
    /// By an administrator, like those that follow.
    ResetLinkMade,
    Disabled,
    Enabled,
    QuotaSet,
}

impl Event {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::LoggedIn => "logged-in",
            Self::LoggedInAtProvider => "logged-in-at-provider",
            Self::LoggedInByPasskey => "logged-in-by-passkey",
            Self::NotAdmitted => "not-admitted",
            Self::Linked => "linked",
            Self::LinkedByEmail => "linked-by-email",
            Self::Unlinked => "unlinked",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::PasskeyPerhapsCopied => "passkey-perhaps-copied",
            Self::LogInFailed => "log-in-failed",
            Self::LoggedOut => "logged-out",
            Self::SessionsEnded => "sessions-ended",
            Self::PasswordChanged => "password-changed",
            Self::PasswordReset => "password-reset",
            Self::ProfileChanged => "profile-changed",
            Self::Exported => "exported",
            Self::Deleted => "deleted",
            Self::ResetLinkMade => "admin-reset-link-made",
            Self::Disabled => "admin-disabled",
            Self::Enabled => "admin-enabled",
            Self::QuotaSet => "admin-quota-set",
        }
    }
}

/// An event as it was recorded.
pub struct Recorded {
    /// When it happened.
    pub at: Timestamp,
    /// To whom.
    pub user_id: i64,
    /// What happened. Text, since another version may know more events.
    pub event: String,
}

/// Records an event.
pub async fn record(db: impl PgExecutor<'_>, user_id: i64, event: Event, now: Timestamp) -> sqlx::Result<()> {
    tracing::info!(user.id = user_id, event = event.as_str(), "Audit: {} (user {user_id})", event.as_str());
    sqlx::query!(
        "INSERT INTO audit_events (at, user_id, event) VALUES ($1, $2, $3)",
        now.to_sqlx() as Timestamptz,
        user_id,
        event.as_str(),
    )
    .execute(db)
    .await
    .map(drop)
}

/// The latest events, of one account or of all, newest first.
pub async fn latest(db: impl PgExecutor<'_>, user_id: Option<i64>, limit: i64) -> sqlx::Result<Vec<Recorded>> {
    sqlx::query_as!(
        Recorded,
        r#"SELECT at AS "at: Timestamptz", user_id, event FROM audit_events
         WHERE $1::bigint IS NULL OR user_id = $1 ORDER BY id DESC LIMIT $2"#,
        user_id,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Forgets events before `before`.
pub async fn purge(db: impl PgExecutor<'_>, before: Timestamp) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM audit_events WHERE at < $1", before.to_sqlx() as Timestamptz).execute(db).await.map(drop)
}
