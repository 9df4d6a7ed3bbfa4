//! What can go wrong with a cluster in between, and how it is told.

use crate::kinds::Kind;

/// Why a reconciliation did not get to its end. It is tried again.
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
    /// A Secret of the right name belongs to somebody else.
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
    /// One word for Events and metric labels.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Read { .. } => "ReadFailed",
            Self::Write { .. } => "WriteFailed",
            Self::Foreign { .. } => "ForeignObject",
            Self::TimedOut { .. } => "TimedOut",
        }
    }

    /// Whether somebody else wrote in between: nothing to worry anybody with.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Write { source: kube::Error::Api(status), .. } if status.code == 409)
    }
}
