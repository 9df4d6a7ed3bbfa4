//! Why a handler has no answer, and what the client is told about it.

use std::error::Error;

use axum::http::{HeaderValue, Response, StatusCode, header::RETRY_AFTER};
use axum::{body::Body, response::IntoResponse};
use cluster::Chain;
use jiff::SignedDuration;
use tracing::error;

use crate::cluster::requests::RequestsError;
use crate::db;

/// A form of an earlier session in the same browser.
const LOGGED_IN_AGAIN: &str = "You have logged in again since this page was opened. Nothing has been sent yet.";

/// Why a handler has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The reader must log in first; status and message say why.
    #[error("refused an access token: {1}")]
    Refused(StatusCode, String),
    /// The CSRF proof does not belong to this session; the words of the contract.
    #[error("refused a form: {0}")]
    Unproven(String),
    /// It does not exist, or it belongs to another user.
    #[error("found nothing")]
    NotFound,
    /// The request cannot be read; status and message say why.
    #[error("rejected a request: {1}")]
    Rejected(StatusCode, &'static str),
    /// A program sent a form that must change; says what.
    #[error("rejected a form")]
    Invalid(String),
    /// The client asks too often; it may try again after this time.
    #[error("limited a client")]
    TooMany(SignedDuration),
    /// More work waits than can be done in time.
    #[error("turned a client away: too much waits")]
    Busy,
    /// The user has asked for as many letters as allowed; the next one may be asked for after this time.
    #[error("limited a user's letters")]
    Quota {
        /// Letters that a user may ask for in an hour.
        letters: u32,
        /// Time until the next one.
        wait: SignedDuration,
    },
    /// All users together have asked for more letters than can be kept in line; the next may be sent after this time.
    #[error("turned a letter away: too many wait")]
    Full(SignedDuration),
    /// The database failed.
    #[error("failed to query the database")]
    Database(#[from] db::Error),
    /// A password could not be hashed.
    #[error("failed to handle a password")]
    Hashing(#[source] Box<dyn Error + Send + Sync>),
    /// The cluster does not answer.
    #[error("failed to reach the cluster")]
    Cluster(#[from] RequestsError),
    /// A letter cannot be a PDF; says why and what to do.
    #[error("found no glyphs")]
    NoGlyphs(String),
    /// A file to download could not be made.
    #[error("failed to make a file")]
    Export(#[source] Box<dyn Error + Send + Sync>),
    /// A page could not be rendered.
    #[error("failed to render a page")]
    Render(#[from] askama::Error),
}

/// A failure in words, for the layer that writes it as JSON or as a page.
#[derive(Clone, Debug)]
pub struct Problem {
    /// One sentence or the words of the contract.
    pub message: String,
    /// What a page says instead, where the contract's words are for programs.
    pub on_page: Option<&'static str>,
    /// Whether logging in would help.
    pub log_in: bool,
}

impl AppError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Refused(status, _) | Self::Rejected(status, _) => *status,
            Self::Unproven(_) => StatusCode::UNAUTHORIZED,
            Self::Invalid(_) | Self::NoGlyphs(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) | Self::Quota { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Cluster(_) | Self::Busy | Self::Full(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(error) if db::is_unreachable(error) || db::is_full(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Hashing(_) | Self::Export(_) | Self::Render(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// What the client reads; never an inner cause.
    fn message(&self) -> String {
        match self {
            Self::NotFound => "There is nothing here".to_owned(),
            Self::Busy => "Many people log in at this moment. Try again in a few seconds.".to_owned(),
            Self::Rejected(_, message) => (*message).to_owned(),
            Self::Refused(_, message) | Self::Unproven(message) | Self::Invalid(message) | Self::NoGlyphs(message) => {
                message.clone()
            }
            Self::TooMany(wait) => format!("Too many attempts. Try again in {}.", in_words(*wait)),
            Self::Quota { letters, wait } => {
                let letters = if *letters == 1 { "one letter".to_owned() } else { format!("{letters} letters") };
                format!("You can ask for {letters} an hour. The next one can be sent in {}.", in_words(*wait))
            }
            Self::Full(wait) => {
                format!(
                    "More letters wait than this site can take. Your form is kept. Try again in {}.",
                    in_words(*wait)
                )
            }
            Self::Database(error) if db::is_unreachable(error) => {
                "The database does not answer. Nothing was changed. Try again in a moment.".to_owned()
            }
            Self::Database(error) if db::is_full(error) => {
                "The database of this site has no room left. Nothing was changed. Tell whoever runs the site."
                    .to_owned()
            }
            Self::Database(_) | Self::Hashing(_) | Self::Cluster(_) | Self::Export(_) | Self::Render(_) => {
                "Something went wrong on our side. Try again in a moment.".to_owned()
            }
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response<Body> {
        let status = self.status();
        if status.is_server_error() {
            error!(error = %Chain(&self), "Failed to answer a request");
        }
        let problem = Problem {
            message: self.message(),
            on_page: matches!(self, Self::Unproven(_)).then_some(LOGGED_IN_AGAIN),
            log_in: matches!(self, Self::Refused(..)),
        };
        let mut response = status.into_response();
        if let Self::TooMany(wait) | Self::Full(wait) | Self::Quota { wait, .. } = self {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        response.extensions_mut().insert(problem);
        response
    }
}

/// A waiting time for people; minutes are rounded up.
#[must_use]
pub fn in_words(wait: SignedDuration) -> String {
    match wait.as_secs().max(1) {
        1 => "a second".to_owned(),
        seconds @ 2..=90 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", (seconds + 59) / 60),
    }
}
