//! The list of a student's letters.

use askama::Template;

use super::moment;
use crate::letter::{LetterLine, LetterState};

/// `/letters`.
#[derive(Clone, Debug, Template)]
#[template(path = "letters.html")]
pub struct LettersPage {
    signed_in: bool,
    lines: Vec<Line>,
}

/// One letter of the list.
#[derive(Clone, Debug)]
pub struct Line {
    id: String,
    title: String,
    company: String,
    state: &'static str,
    words: &'static str,
    created: String,
}

impl LettersPage {
    /// The page of these letters.
    #[must_use]
    pub fn new(letters: Vec<LetterLine>) -> Self {
        Self { signed_in: true, lines: letters.into_iter().map(Line::new).collect() }
    }
}

impl Line {
    fn new(letter: LetterLine) -> Self {
        Self {
            id: letter.id.to_string(),
            title: letter.job_title,
            company: letter.company,
            state: letter.state.as_str(),
            words: match letter.state {
                LetterState::Submitting | LetterState::Submitted => "In progress",
                LetterState::Succeeded => "Ready",
                LetterState::Failed => "Not written",
                LetterState::Cancelled => "Stopped",
            },
            created: moment(letter.created_at),
        }
    }
}
