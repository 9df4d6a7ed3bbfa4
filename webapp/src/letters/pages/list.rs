//! The list of a student's letters.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use uuid::Uuid;

use super::{Day, Moment};
use crate::letter::{Application, LetterLine, LetterState};
use crate::letters::forms::{LetterField, LetterForm};

/// `/letters`.
#[derive(Clone, Debug, Template)]
#[template(path = "letters.html")]
pub struct LettersPage {
    signed_in: bool,
    lines: Vec<Line>,
    drafts: Vec<UnsentLine>,
    words: String,
    applications: Vec<(&'static str, bool)>,
    /// Whether only some letters are shown.
    is_search: bool,
    /// Queries of the pages before and after; empty without one.
    newer: String,
    older: String,
}

/// What of the history is shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Words that were looked for.
    pub words: String,
    /// Only applications of this status.
    pub application: Option<Application>,
    /// Number of the page, from 0.
    pub page: i64,
    /// Whether there are more letters.
    pub has_more: bool,
}

/// One letter of the list.
#[derive(Clone, Debug)]
pub struct Line {
    id: Id,
    title: String,
    company: String,
    state: &'static str,
    words: &'static str,
    created: Moment,
    /// Since when the application is what it is, where something was noted.
    since: Option<Day>,
    /// The owner's note.
    note: String,
}

/// The id of a letter, written straight into the page.
#[derive(Clone, Copy, Debug)]
struct Id(Uuid);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl HtmlSafe for Id {}

/// A form that was typed and not sent.
#[derive(Clone, Debug)]
pub struct UnsentLine {
    title: String,
    company: String,
    path: String,
}

impl LettersPage {
    /// The page of these letters and drafts.
    #[must_use]
    pub fn new(letters: Vec<LetterLine>, drafts: Vec<UnsentLine>, shown: Shown) -> Self {
        let page = |page: i64| {
            let status = shown.application.map_or("", Application::as_str);
            format!("?q={}&status={status}&page={page}", escaped(&shown.words))
        };
        Self {
            signed_in: true,
            lines: letters.into_iter().map(Line::new).collect(),
            is_search: !shown.words.is_empty() || shown.application.is_some() || shown.page > 0,
            applications: Application::ALL.map(|one| (one.as_str(), shown.application == Some(one))).into(),
            newer: if shown.page > 0 { page(shown.page - 1) } else { String::new() },
            older: if shown.has_more { page(shown.page + 1) } else { String::new() },
            words: shown.words,
            drafts,
        }
    }
}

/// Percent-encoded for a query.
fn escaped(words: &str) -> String {
    let byte =
        |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    words.bytes().map(byte).collect()
}

impl UnsentLine {
    /// The line of this form, which the page at `path` shows.
    #[must_use]
    pub fn new(form: &LetterForm, path: String) -> Self {
        let value = |field, otherwise: &str| match form.state.value(field) {
            "" => otherwise.to_owned(),
            value => value.to_owned(),
        };
        Self {
            title: value(LetterField::JobTitle, "A letter without a title yet"),
            company: value(LetterField::HiringCompany, ""),
            path,
        }
    }
}

impl Line {
    fn new(letter: LetterLine) -> Self {
        // While a letter is made its state matters, afterwards what becomes of the application.
        let (state, words) = match letter.state {
            LetterState::Submitting | LetterState::Submitted => (letter.state.as_str(), "In progress"),
            LetterState::Failed => (letter.state.as_str(), "Not written"),
            LetterState::Cancelled => (letter.state.as_str(), "Stopped"),
            LetterState::Succeeded => match letter.application {
                Application::Draft => (letter.state.as_str(), "Ready"),
                application => (application.as_str(), application.as_str()),
            },
        };
        Self {
            id: Id(letter.id),
            title: letter.job_title,
            company: letter.company,
            state,
            words,
            created: Moment(letter.created_at),
            since: letter.application_at.map(Day),
            note: letter.note,
        }
    }

    /// The first line of the note.
    fn noted(&self) -> &str {
        self.note.lines().next().unwrap_or_default()
    }
}
