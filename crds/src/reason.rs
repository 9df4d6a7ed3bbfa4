//! Machine-readable reasons: one word serves as condition reason, Event reason and metric label.

use std::fmt;
use std::str::FromStr;

/// Declares an enum whose variants are printed and read as their own names.
macro_rules! reasons {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $word:ident,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$meaning])* $word,)+ }

        impl $name {
            /// Every reason, in the order of their declaration.
            pub const ALL: &[Self] = &[$(Self::$word,)+];

            /// CamelCase word used in conditions, Events and metric labels.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$word => stringify!($word),)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownReason;

            fn from_str(word: &str) -> Result<Self, UnknownReason> {
                Self::ALL.iter().copied().find(|reason| reason.as_str() == word).ok_or(UnknownReason)
            }
        }
    };
}

/// The word is not a reason that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown reason")]
pub struct UnknownReason;

reasons! {
    /// Why a `CoverLetterApp` is in the condition it is in.
    AppReason {
        /// Everything that was asked for is available.
        Available,
        /// Some pods of a component are not ready yet.
        Progressing,
        /// A component has no ready pod.
        Unavailable,
        /// No letter waits, so that no inference pod is needed.
        ScaledToZero,
        /// Letters wait, and `scaling.maxReplicas` permits no further pod.
        CapacityLimited,
        /// The spec contradicts itself or names something that does not exist.
        InvalidSpec,
        /// An object of a name that the app needs belongs to somebody else.
        ForeignObject,
        /// The cluster refused to store an object.
        Refused,
        /// The Secret of the database is gone, while its volume is there.
        SecretLost,
        /// The cluster refused to create pods, for example because of a quota.
        PodsRefused,
        /// No node takes a pod.
        Unschedulable,
        /// The volume of the database is not bound.
        VolumePending,
        /// The image of a container cannot be pulled.
        ImageUnavailable,
        /// A container cannot be created from what the pod names, such as a Secret or a key in it.
        Misconfigured,
        /// A container ends again and again.
        Crashing,
        /// The server that computes the model cannot be asked.
        ModelServerUnavailable,
        /// Pods of a new version did not become ready in time.
        ProgressDeadlineExceeded,
        /// The operator could not read or write what it must, and tries again.
        ReconcileFailed,
        /// The operator itself failed at this app.
        OperatorFault,
        /// `spec.paused` is set: the operator changes nothing.
        Paused,
        /// `spec.paused` is not set.
        Running,
        /// The operator does not run the database; it only passes its URL on.
        External,
        /// The external database does not let the site in.
        DatabaseRefuses,
        /// The last backup succeeded.
        BackedUp,
        /// No backup was due yet, or the first is being made.
        BackupPending,
        /// `backup.suspend` is set.
        BackupSuspended,
        /// The last backup failed.
        BackupFailed,
        /// A backup was due and is not there.
        BackupOverdue,
        /// The database was made from a backup.
        Restored,
        /// The volume held a database, so that nothing was restored.
        NothingRestored,
        /// The database is to be made from a backup and is not yet.
        RestorePending,
        /// Passwords and keys were replaced.
        Rotated,
        /// Passwords and keys are being replaced.
        Rotating,
        /// A password or key could not be replaced; the next run tries it again.
        RotationFailed,
    }
}

reasons! {
    /// Why a `CoverLetterRequest` is in the state it is in.
    RequestReason {
        /// Waits for a worker.
        Queued,
        /// Waits for an app: the one that it names does not exist.
        NoSuchApp,
        /// Its worker returned it to the queue while shutting down; does not count as an attempt.
        Released,
        /// An attempt failed or its worker died; waits before the next one.
        Backoff,
        /// A worker is writing the letter.
        Claimed,
        /// The letter is in `status.letter`.
        Written,
        /// The letter is in `status.letter`, in the plain form, because the model could not write it.
        PlainForm,
        /// The requester asked to stop.
        Cancelled,
        /// `activeDeadlineSeconds` passed before a letter was written.
        DeadlineExceeded,
        /// Every permitted attempt failed.
        AttemptsExhausted,
        /// The request cannot be served as it is (for example too long for the model).
        InvalidRequest,
        /// The model wrote no usable letter.
        EmptyLetter,
        /// The request was deleted before a letter was written. Only the web says so, since no condition is left to say it.
        Removed,
    }
}

#[cfg(test)]
mod tests {
    use super::{AppReason, RequestReason, UnknownReason};

    #[test]
    fn every_reason_is_read_as_it_is_printed() {
        for reason in AppReason::ALL {
            assert_eq!(reason.to_string().parse(), Ok(*reason));
        }
        for reason in RequestReason::ALL {
            assert_eq!(reason.to_string().parse(), Ok(*reason));
        }
    }

    #[test]
    fn a_reason_of_another_version_is_not_guessed() {
        assert_eq!("Abandoned".parse::<RequestReason>(), Err(UnknownReason));
        assert_eq!("queued".parse::<RequestReason>(), Err(UnknownReason));
    }
}
