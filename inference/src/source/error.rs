//! Why a model could not be fetched, in words for whoever chose it.

use std::path::PathBuf;

use super::files::ChoiceError;

/// Why a model could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A file or folder could not be used.
    #[error("failed to use `{}`", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Certificates or a proxy of the environment cannot be used.
    #[error("failed to prepare HTTPS: check HTTP_PROXY, HTTPS_PROXY and the certificates of the machine")]
    Client(#[source] reqwest::Error),
    /// Nobody answers there.
    #[error(
        "failed to reach {origin}: without a way there, name a mirror (HF_ENDPOINT, `endpoint`) or a proxy (HTTPS_PROXY), or use `volume` or `image` as the model's source"
    )]
    Unreachable {
        /// Scheme, host and port.
        origin: String,
        /// What the connection said.
        #[source]
        source: reqwest::Error,
    },
    /// The connection broke again and again.
    #[error("failed to download `{file}`: the connection broke again and again after {received} bytes, which are kept")]
    Interrupted {
        /// The file.
        file: String,
        /// Bytes that are there.
        received: u64,
        /// What the connection said last.
        #[source]
        source: reqwest::Error,
    },
    /// The server said no, and what can be done about it.
    #[error("{0}")]
    Refused(String),
    /// The server answered with something else than its protocol has.
    #[error("failed to understand {origin}: {what}")]
    Answer {
        /// Scheme, host and port.
        origin: String,
        /// What was wrong with the answer.
        what: String,
    },
    /// Another commit than the one asked for.
    #[error("failed to pin the model: {origin} has commit {found} where {asked} was asked for")]
    Moved {
        /// Scheme, host and port.
        origin: String,
        /// The revision of the spec.
        asked: String,
        /// What the server says that it is.
        found: String,
    },
    /// The bytes are not the ones that were expected.
    #[error("failed to verify `{file}`: its SHA-256 is {found}, expected was {expected}; what was fetched is deleted")]
    Checksum {
        /// The file.
        file: String,
        /// Digits expected.
        expected: String,
        /// Digits found.
        found: String,
    },
    /// More or fewer bytes than announced.
    #[error("failed to download `{file}`: it has {found} bytes, expected were {expected}; what was fetched is deleted")]
    Size {
        /// The file.
        file: String,
        /// Bytes announced.
        expected: u64,
        /// Bytes received.
        found: u64,
    },
    /// What is there is no model.
    #[error("failed to find a model in {place}: {source}")]
    Choice {
        /// Repository or registered model.
        place: String,
        /// What is wrong.
        source: ChoiceError,
    },
}

impl From<ChoiceError> for FetchError {
    fn from(source: ChoiceError) -> Self {
        Self::Choice { place: "what was named".to_owned(), source }
    }
}
