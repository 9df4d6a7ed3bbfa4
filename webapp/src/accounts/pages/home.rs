//! The front page.

use askama::Template;

/// `/`.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// Whether the reader is logged in.
    pub signed_in: bool,
}
