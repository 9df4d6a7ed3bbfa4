//! The page of a letter, while it is written and afterwards.

mod marked;

use askama::Template;
use crds::request::Check;
use uuid::Uuid;

use super::asked::AskedMap;
use super::{duration, moment};
use crate::letter::{Application, Letter};
use crate::letters::document::{Document, pdf};
use crate::letters::progress::Progress;
use marked::Passage;

/// Seconds until a browser that was shown the text so far asks for the page that grows.
const LOOK_AGAIN_SECONDS: u8 = 5;

/// A check that the letter failed: a claim for the reader to look at.
#[derive(Clone, Debug)]
struct Flagged {
    /// What to look at.
    words: String,
    /// Numbers of its marks in the letter, from 1.
    marks: Vec<usize>,
}

/// `/letters/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "letter.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch of the template")]
pub struct LetterPage {
    signed_in: bool,
    csrf: String,
    id: String,
    title: String,
    company: String,
    created: String,
    state: &'static str,
    words: String,
    elapsed_seconds: i64,
    elapsed: String,
    finished: bool,
    /// Seconds after which a browser without scripts goes on to the page that grows.
    live_after: u8,
    stopping: bool,
    /// What has just been saved; empty when nothing was.
    saved: &'static str,
    /// Names the open editor.
    editing: Uuid,
    applications: Vec<(&'static str, bool)>,
    application_since: String,
    note: String,
    text: String,
    /// The text, cut where words of it are marked.
    passages: Vec<Passage>,
    word_count: usize,
    /// Why there is no PDF; empty when there is one.
    no_pdf: String,
    model: String,
    has_letter: bool,
    edited: bool,
    claims: Vec<Flagged>,
    checks_passed: usize,
    map: AskedMap,
}

impl LetterPage {
    /// The page of this letter; `editing` names the open editor. `partial` is the text so far of a letter that is not
    /// finished, for a browser without scripts that is to ask again.
    #[must_use]
    pub fn new(letter: &Letter, progress: &Progress, partial: Option<String>, csrf: String, editing: Uuid) -> Self {
        let live_after = if partial.is_some() { LOOK_AGAIN_SECONDS } else { 0 };
        let text = letter.text().map_or(partial.unwrap_or_default(), str::to_owned);
        let failed: Vec<&Check> = letter.checks.iter().filter(|check| !check.passed).collect();
        // The checks looked at the letter as it was written; their offsets mean nothing in another text.
        let has_marks = letter.written.is_some() && letter.edited.is_none();
        let marks: Vec<&[_]> = failed.iter().map(|check| if has_marks { &check.marks[..] } else { &[] }).collect();
        let claim = |(check, marks): (&&Check, &&[_])| Flagged {
            words: in_words(check),
            marks: (1..=marked::placed_of(&text, marks)).collect(),
        };
        let missing = letter.text().map(|text| pdf::missing(&Document::new(letter, text))).unwrap_or_default();
        Self {
            signed_in: true,
            csrf,
            id: letter.id.to_string(),
            title: letter.draft.job.title.clone(),
            company: letter.draft.job.company.clone(),
            created: moment(letter.created_at),
            state: progress.name(),
            words: progress.words(None),
            elapsed_seconds: progress.elapsed_seconds,
            elapsed: duration(progress.elapsed_seconds),
            finished: progress.is_finished(),
            live_after,
            stopping: progress.stopping,
            saved: "",
            editing,
            applications: Application::ALL.map(|one| (one.as_str(), one == letter.application)).into(),
            application_since: letter.application_at.map(moment).unwrap_or_default(),
            note: letter.note.clone(),
            word_count: text.split_whitespace().count(),
            no_pdf: if missing.is_empty() { String::new() } else { pdf::without(&missing) },
            passages: marked::passages(&text, &marks),
            claims: failed.iter().zip(&marks).map(claim).collect(),
            text,
            model: letter.model.clone().unwrap_or_default(),
            has_letter: letter.written.is_some(),
            edited: letter.edited.is_some(),
            checks_passed: letter.checks.iter().filter(|check| check.passed).count(),
            map: if letter.written.is_some() { AskedMap::of(&letter.draft) } else { AskedMap::default() },
        }
    }
}

impl LetterPage {
    /// The same page, which says what has just been saved.
    #[must_use]
    pub fn after(self, what: Option<&str>) -> Self {
        let saved = match what {
            Some("restored") => "The earlier version is back. The one before it is kept too.",
            Some("status") => "Noted.",
            Some(_) => "Your changes are saved.",
            None => "",
        };
        Self { saved, ..self }
    }
}

/// The message of a check, or its name as words.
fn in_words(check: &Check) -> String {
    if !check.message.is_empty() {
        return check.message.clone();
    }
    let mut words = String::new();
    for (at, c) in check.name.chars().enumerate() {
        if c.is_uppercase() && at > 0 {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}
