//! What a page asks first: a statement about its token, which reads for its user besides.

use jiff::Timestamp;

use super::Connection;

/// How a token stands, as the database knows it.
pub struct Standing {
    /// Whether it was logged out.
    pub is_revoked: bool,
    /// Whether an administrator has disabled the account.
    pub is_disabled: bool,
    /// When its session was last used, to the minute; `None` without a session.
    pub last_used_at: Option<Timestamp>,
    /// Tokens of the account that were issued before this time are refused; `None` when there is no such account.
    pub valid_after: Option<Timestamp>,
}

/// A statement that tells how a token stands, and reads something for its user besides. It may run twice.
pub trait Question: Sync {
    /// What it reads.
    type Answer: Send;

    /// Asks it about the token with this id, which names this user.
    fn ask(
        &self,
        db: &mut Connection,
        jti: &str,
        user_id: Option<i64>,
    ) -> impl Future<Output = sqlx::Result<(Standing, Self::Answer)>> + Send;
}
