//! Why a server could not be asked, worded for the person who named it.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;

/// Why a server gave no completion.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The certificates to trust cannot be used.
    #[error("failed to use the certificates in `{}`", file.display())]
    Certificates {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The client could not be made.
    #[error("failed to prepare the connection to the model server")]
    Client(#[source] reqwest::Error),
    /// No answer.
    #[error("failed to reach {origin}")]
    Unreachable {
        /// Scheme, host and port.
        origin: String,
        /// The error of the connection.
        #[source]
        source: reqwest::Error,
    },
    /// The token is missing or wrong.
    #[error("{origin} refuses {} ({}): correct `inference.model.server.tokenSecretRef`", if *is_shown { "the token" } else { "requests without a token" }, status.as_u16())]
    Token {
        /// Scheme, host and port.
        origin: String,
        /// 401 or 403.
        status: StatusCode,
        /// Whether a token was shown.
        is_shown: bool,
    },
    /// The server does not know the model.
    #[error("{origin} has no model `{model}`; {}", listed(known))]
    UnknownModel {
        /// Scheme, host and port.
        origin: String,
        /// The model that was asked for.
        model: String,
        /// Those that the server has, as far as it lists them.
        known: Vec<String>,
    },
    /// The address is of something else.
    #[error(
        "{url} does not exist: `inference.model.server.url` must be the address below which the server has `chat/completions`, which often ends in `/v1`"
    )]
    NoSuchPath {
        /// The address that was tried.
        url: String,
    },
    /// The server had no time for too long.
    #[error("{origin} was busy ({}) for {} s", status.as_u16(), waited.as_secs())]
    Busy {
        /// Scheme, host and port.
        origin: String,
        /// 429 or 503.
        status: StatusCode,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Another answer than a completion.
    #[error("{origin} answered {status}{}", if word.is_empty() { String::new() } else { format!(" ({word})") })]
    Status {
        /// Scheme, host and port.
        origin: String,
        /// The status.
        status: StatusCode,
        /// The word that the protocol has for the error, or nothing.
        word: String,
    },
    /// The conversation is longer than the model reads.
    #[error("the request is longer than the model reads")]
    TooLong,
    /// The stream ended before the completion did.
    #[error("{origin} broke off in the middle of its answer")]
    BrokeOff {
        /// Scheme, host and port.
        origin: String,
        /// The error of the connection; none when it was closed in order.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// The server told in the stream that it failed.
    #[error("{origin} failed in the middle of its answer{}", if word.is_empty() { String::new() } else { format!(" ({word})") })]
    Failed {
        /// Scheme, host and port.
        origin: String,
        /// The word that the protocol has for the error, or nothing.
        word: String,
    },
    /// The stream is not what the protocol says.
    #[error("{origin} does not stream chat completions: {what}")]
    Malformed {
        /// Scheme, host and port.
        origin: String,
        /// What is wrong, without its content.
        what: &'static str,
    },
    /// The task of the completion has ended. This is a bug.
    #[error("failed to finish the completion: its task has ended")]
    Stopped,
}

impl ServerError {
    /// Whether it is about the server, so that other requests meet it as well.
    pub(super) const fn is_trouble(&self) -> bool {
        !matches!(self, Self::TooLong | Self::Busy { .. } | Self::Stopped)
    }
}

/// What the server has instead.
fn listed(known: &[String]) -> String {
    if known.is_empty() { "it lists no models".to_owned() } else { format!("it has: {}", known.join(", ")) }
}
