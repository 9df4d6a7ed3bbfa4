//! What the checker knows when it looks at a change.

use std::collections::BTreeMap;
use std::sync::Arc;

use crds::CoverLetterRequest;
use crds::app::Requests;

/// Under what a history came about.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The limits of the app.
    pub limits: &'a Requests,
    /// Whether nothing went wrong.
    pub is_calm: bool,
    /// By how many milliseconds the clock of each writer was wrong.
    pub clocks: &'a BTreeMap<String, i64>,
}

/// What is known of a request before a change.
pub struct Known<'a> {
    /// The request.
    pub request: &'a Arc<CoverLetterRequest>,
    /// When the claim was made that it has, or had last.
    pub claimed_at: i64,
}
