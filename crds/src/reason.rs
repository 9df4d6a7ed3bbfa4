//! Machine-readable reasons: one word serves as condition reason, Event reason and metric label.

/// Why a `CoverLetterApp` is in the condition it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppReason {
    /// Everything that was asked for is available.
    Available,
    /// Some pods of a component are not ready yet.
    Progressing,
    /// A component has no ready pod.
    Unavailable,
    /// The spec contradicts itself or names something that does not exist.
    InvalidSpec,
    /// `spec.paused` is set: the operator changes nothing.
    Paused,
    /// `spec.paused` is not set.
    Running,
    /// The database is somebody else's; the operator only passes its URL on.
    External,
}

impl AppReason {
    /// CamelCase word used in conditions, Events and metric labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Progressing => "Progressing",
            Self::Unavailable => "Unavailable",
            Self::InvalidSpec => "InvalidSpec",
            Self::Paused => "Paused",
            Self::Running => "Running",
            Self::External => "External",
        }
    }
}

/// Why a `CoverLetterRequest` is in the state it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestReason {
    /// Waits for a worker.
    Queued,
    /// A worker gave it back because it is shutting down; does not count as an attempt.
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
}

impl RequestReason {
    /// CamelCase word used in conditions, Events and metric labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Released => "Released",
            Self::Backoff => "Backoff",
            Self::Claimed => "Claimed",
            Self::Written => "Written",
            Self::PlainForm => "PlainForm",
            Self::Cancelled => "Cancelled",
            Self::DeadlineExceeded => "DeadlineExceeded",
            Self::AttemptsExhausted => "AttemptsExhausted",
            Self::InvalidRequest => "InvalidRequest",
            Self::EmptyLetter => "EmptyLetter",
        }
    }
}
