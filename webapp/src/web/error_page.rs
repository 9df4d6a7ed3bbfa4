//! The page of a failure.

use askama::Template;

/// A failure in words, with the id that the log has.
#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    signed_in: bool,
    heading: &'static str,
    message: String,
    request_id: String,
}

impl ErrorPage {
    /// The page of this status.
    #[must_use]
    pub fn new(status: u16, message: String, request_id: String) -> Self {
        let heading = match status {
            404 => "Page not found",
            403 => "Not allowed",
            413 => "Too large",
            429 => "Please wait",
            400..=499 => "This did not work",
            _ => "Something went wrong",
        };
        Self { signed_in: false, heading, message, request_id }
    }
}
