//! Why a model could not be fetched, worded for the person who chose it.

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
    /// The certificates or a proxy of the environment cannot be used.
    #[error("failed to prepare HTTPS: check HTTP_PROXY, HTTPS_PROXY and the certificates of the machine")]
    Client(#[source] reqwest::Error),
    /// The server cannot be reached.
    #[error(
        "failed to reach {origin}: without a way there, name a mirror (HF_ENDPOINT, `endpoint`) or a proxy (HTTPS_PROXY), or use `volume` or `image` as the model's source"
    )]
    Unreachable {
        /// Scheme, host and port.
        origin: String,
        /// The error of the connection.
        #[source]
        source: reqwest::Error,
    },
    /// The connection broke repeatedly.
    #[error("failed to download `{file}`: the connection kept breaking; {received} bytes were received and are kept")]
    Interrupted {
        /// The file.
        file: String,
        /// Bytes received and kept.
        received: u64,
        /// The last error of the connection.
        #[source]
        source: reqwest::Error,
    },
    /// The server refused; the message says what can be done about it.
    #[error("{0}")]
    Refused(String),
    /// The server broke its protocol.
    #[error("failed to understand {origin}: {what}")]
    Answer {
        /// Scheme, host and port.
        origin: String,
        /// What is wrong with the response.
        what: String,
    },
    /// The server has another commit than the requested one.
    #[error("failed to pin the model: {origin} has commit {found} where {asked} was asked for")]
    Moved {
        /// Scheme, host and port.
        origin: String,
        /// The requested revision.
        asked: String,
        /// The revision that the server names.
        found: String,
    },
    /// The file has another SHA-256 than expected.
    #[error("failed to verify `{file}`: its SHA-256 is {found}, expected was {expected}; what was fetched is deleted")]
    Checksum {
        /// The file.
        file: String,
        /// Expected digits.
        expected: String,
        /// Digits of the file.
        found: String,
    },
    /// The file has more or fewer bytes than announced.
    #[error("failed to download `{file}`: it has {found} bytes, expected were {expected}; what was fetched is deleted")]
    Size {
        /// The file.
        file: String,
        /// Bytes announced.
        expected: u64,
        /// Bytes received.
        found: u64,
    },
    /// The repository holds no usable model.
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
