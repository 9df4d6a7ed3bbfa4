//! Why a reconciliation can fail, and when it is tried again.

use crate::kinds::Kind;
use crate::live::Malformed;

/// Why a reconciliation did not get to its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A read failed.
    #[error("failed to read {what} `{name}`")]
    Read {
        /// Kind of the object.
        what: &'static str,
        /// Its name.
        name: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// A write failed.
    #[error("failed to {verb} {what} `{name}`")]
    Write {
        /// What was tried: `apply`, `delete`, ...
        verb: &'static str,
        /// Kind of the object.
        what: &'static str,
        /// Its name.
        name: String,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// An object in the cluster does not have the fields of its kind.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A Secret of the right name is not one of the operator's.
    #[error("refused to touch {} `{name}`: it is not labelled as managed by coverletter-operator", kind.as_str())]
    Foreign {
        /// Its kind.
        kind: Kind,
        /// Its name.
        name: String,
    },
    /// The API server did not answer in time.
    #[error("gave up after {seconds} s without an answer")]
    TimedOut {
        /// How long we waited.
        seconds: u64,
    },
}

impl Error {
    /// The reason, one word for Events and metric labels, the same for all errors of a kind.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Read { .. } => "ReadFailed",
            Self::Write { .. } => "WriteFailed",
            Self::Malformed(_) => "MalformedObject",
            Self::Foreign { .. } => "ForeignObject",
            Self::TimedOut { .. } => "TimedOut",
        }
    }

    /// When to try again.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        if self.is_conflict() { Retry::Soon } else { Retry::Backoff }
    }

    /// Whether another writer changed the object after it was read.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Write { source: kube::Error::Api(status), .. } if status.code == 409)
    }
}

/// When to try again after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// As soon as the watches have caught up: a conflict is an ordinary answer.
    Soon,
    /// After a wait that grows with every failure in a row.
    Backoff,
}
