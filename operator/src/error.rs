//! Why a reconciliation can fail, and when it is tried again.

use std::any::Any;

use cluster::Chain;

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
    /// The operator has a bug that this app brings out.
    #[error("failed inside the operator: {message}")]
    Panicked {
        /// What the panic said.
        message: String,
    },
    /// The API server did not answer in time.
    #[error("gave up after {seconds} s without an answer")]
    TimedOut {
        /// How long we waited.
        seconds: u64,
    },
}

impl Error {
    /// Every reason, for counters that begin at zero.
    pub const REASONS: [&'static str; 5] =
        ["ReadFailed", "WriteFailed", "MalformedObject", "OperatorFault", "TimedOut"];

    /// The reason, one word for Events and metric labels, the same for all errors of a kind.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Read { .. } => "ReadFailed",
            Self::Write { .. } => "WriteFailed",
            Self::Malformed(_) => "MalformedObject",
            Self::Panicked { .. } => "OperatorFault",
            Self::TimedOut { .. } => "TimedOut",
        }
    }

    /// What happened, for people: the API server's own sentence where it said one.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Read { source: kube::Error::Api(status), .. }
            | Self::Write { source: kube::Error::Api(status), .. } => {
                format!("{self}: {}", status.message)
            }
            _ => Chain(self).to_string(),
        }
    }

    /// When to try again.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        if self.is_conflict() { Retry::Soon } else { Retry::Backoff }
    }

    /// Whether the object that was to be written does not exist any more.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Write { source: kube::Error::Api(status), .. } if status.code == 404)
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

/// What a panic said.
#[must_use]
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it gave no reason").to_owned()
}
