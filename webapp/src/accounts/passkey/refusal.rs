//! Why a passkey is not taken, for the log: it names nobody. People read the same words whatever it was.

/// Why a passkey is neither added nor logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What was sent is not of the form that browsers send, or is larger than it can be.
    #[error("what was sent cannot be read")]
    Unreadable,
    /// The browser was asked for something else: adding a passkey, or logging in with one.
    #[error("it was made for another purpose")]
    Purpose,
    /// The challenge is not one that this browser has, is too old, or was used.
    #[error("the challenge is not of this browser, is too old or was used")]
    Challenge,
    /// The page is not one of this site.
    #[error("the page was of another origin")]
    Origin,
    /// The page was inside one of another site.
    #[error("the page was inside one of another site")]
    Embedded,
    /// The authenticator made it for another site.
    #[error("it is for another site")]
    Site,
    /// Nobody was there.
    #[error("nobody was present")]
    Absent,
    /// The authenticator did not look who was there.
    #[error("the user was not verified")]
    Unverified,
    /// It says that it is backed up and cannot be, or could be backed up when it was made and cannot now, or the reverse.
    #[error("the flags of its backup contradict one another")]
    Backup,
    /// The key is of a kind that was not asked for, or is none.
    #[error("the key is not of a kind that was asked for")]
    Key,
    /// The id is longer than it may be, or empty.
    #[error("the id has no length that it may have")]
    CredentialId,
    /// There is no such passkey here.
    #[error("no account has it")]
    Unknown,
    /// It names another account than the one that has it.
    #[error("it names another account")]
    Owner,
    /// The key of the passkey did not sign this.
    #[error("the signature is not by its key")]
    Signature,
    /// The authenticator has signed more often elsewhere: there may be a copy of it.
    #[error("the counter has not grown, so there may be a copy")]
    Counter,
}
