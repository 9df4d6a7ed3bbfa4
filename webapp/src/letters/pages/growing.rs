//! The page of a letter for browsers without scripts, which is sent while the letter is written.

use askama::Template;

use crate::letter::Letter;
use crate::letters::progress::Progress;

/// What stands in the page where the letter grows.
pub const CUT: &str = "<!-- the letter -->";

/// `/letters/{id}?live`.
#[derive(Clone, Debug, Template)]
#[template(path = "growing.html")]
pub struct GrowingPage {
    signed_in: bool,
    csrf: String,
    id: String,
    title: String,
    company: String,
    stopping: bool,
}

impl GrowingPage {
    /// The page of this letter.
    #[must_use]
    pub fn new(letter: &Letter, progress: &Progress, csrf: String) -> Self {
        Self {
            signed_in: true,
            csrf,
            id: letter.id.to_string(),
            title: letter.draft.job.title.clone(),
            company: letter.draft.job.company.clone(),
            stopping: progress.stopping,
        }
    }
}
