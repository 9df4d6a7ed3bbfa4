//! Why an access token is refused; the words are part of the documented contract.

/// Why an access token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No cookie of this name, or an empty one.
    #[error("Missing cookie \"{0}\"")]
    MissingCookie(String),
    /// An unsafe method without a CSRF proof.
    #[error("Missing CSRF token")]
    MissingCsrf,
    /// The text is not a token; says which part is wrong.
    #[error("{0}")]
    NotAToken(String),
    /// Signed by another algorithm than HS256.
    #[error("The specified alg value is not allowed")]
    Algorithm,
    /// Signed by none of the keys.
    #[error("Signature verification failed")]
    Signature,
    /// `exp` is not in the future.
    #[error("Token has expired")]
    Expired,
    /// `nbf` or `iat` is in the future; names the claim.
    #[error("The token is not yet valid ({0})")]
    NotYetValid(&'static str),
    /// `sub` is not text.
    #[error("Subject must be a string")]
    Subject,
    /// A claim is absent; names it.
    #[error("Missing claim: {0}")]
    MissingClaim(&'static str),
    /// The CSRF proof belongs to another token.
    #[error("CSRF double submit tokens do not match")]
    CsrfMismatch,
    /// A refresh token where an access token is needed.
    #[error("Only non-refresh tokens are allowed")]
    RefreshToken,
    /// Logged out, or older than a change that ended all sessions.
    #[error("Token has been revoked")]
    Revoked,
    /// The user is gone; holds the token's `sub`.
    #[error("Error loading the user {0}")]
    UnknownUser(String),
}

impl Refusal {
    /// HTTP status: 401 when logging in again would help, 422 for tokens that this site did not make.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::MissingCookie(_)
            | Self::MissingCsrf
            | Self::Expired
            | Self::CsrfMismatch
            | Self::Revoked
            | Self::UnknownUser(_) => 401,
            Self::NotAToken(_)
            | Self::Algorithm
            | Self::Signature
            | Self::NotYetValid(_)
            | Self::Subject
            | Self::MissingClaim(_)
            | Self::RefreshToken => 422,
        }
    }
}
