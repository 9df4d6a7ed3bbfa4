//! Reads the preferred qualifications, so that a letter can name or quote what the employer asks for.

use super::lexicon::{bare, is_doing, is_past_verb, is_present_verb};
use super::list::{entries, joined};
use super::qualifications;
use super::spelling::lower_first;
use super::tidy::{sentences, unquoted, without_stop, words};
use crate::words::list;

list!(NOT_NOUNS = "facts/not_nouns");
list!(NUMBERS = "facts/numbers_to_ten");
list!(HEADS = "facts/preferred_heads");
list!(ENDS = "facts/preferred_ends");
list!(CLAUSES = "facts/clauses");
list!(NAMES = "facts/preferred_names");

/// Most words that a sentence names without quotation marks.
const NAMED_WORDS_MAX: usize = 22;
/// Most words of an entry that is named.
const ENTRY_WORDS_MAX: usize = 12;
/// Most words of a quotation.
const QUOTED_WORDS_MAX: usize = 30;

/// What the employer prefers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preferred {
    /// A noun phrase: follows "you ask for".
    Named(String),
    /// Anything else, in quotation marks, shortened where it is long: follows "your advert says".
    Quoted(String),
}

impl Preferred {
    /// Reads a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_stop(unquoted(text));
        let entries = entries(text);
        let is_short = words(text) <= NAMED_WORDS_MAX && sentences(text).len() == 1 && !text.contains([':', '"', '“']);
        if is_short && entries.iter().all(|entry| is_noun_phrase(entry) && words(entry) <= ENTRY_WORDS_MAX) {
            return Self::Named(joined(&entries.iter().map(|entry| small(entry)).collect::<Vec<_>>()));
        }
        let excerpt: Vec<&str> = text.split_whitespace().take(QUOTED_WORDS_MAX).collect();
        let more = if words(text) > QUOTED_WORDS_MAX { " …" } else { "" };
        let excerpt = excerpt.join(" ").replace(['"', '“', '”'], "'");
        Self::Quoted(format!("“{}{more}”", excerpt.trim_end_matches([',', ';', ':'])))
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Named(text) | Self::Quoted(text) => text,
        }
    }
}

/// Whether an entry can follow "you ask for". It cannot if it begins with a verb, a pronoun or a description of a person.
fn is_noun_phrase(entry: &str) -> bool {
    let mut parts = entry.split_whitespace().map(bare);
    let Some(first) = parts.next() else { return false };
    let last = parts.next_back().unwrap_or_default();
    let padded = format!(" {} ", entry.to_lowercase());
    let has_clause = CLAUSES.iter().any(|word| padded.contains(&format!(" {word} ")));
    let begins_with_number = entry.starts_with(|c: char| c.is_ascii_digit()) || NUMBERS.has(&first);
    let has_head = entry.split_whitespace().any(|word| HEADS.has(&bare(word)));
    (begins_with_number || has_head)
        && !(NOT_NOUNS.has(&first)
            || ENDS.has(&last)
            || has_clause
            || first.ends_with("n't")
            || (is_doing(&first) && first != "nursing")
            || (is_past_verb(&first) && !first.ends_with("ed"))
            || (is_present_verb(&first)
                && !["care", "work", "support", "cook", "design", "tutor", "train"].contains(&first.as_str())))
}

/// The entry as it follows "you ask for": a licence or degree with an article, and an everyday first word with a small
/// letter.
fn small(entry: &str) -> String {
    let first = entry.split_whitespace().next().unwrap_or_default();
    let is_name =
        NAMES.has(first) || entry.split_whitespace().nth(1).is_some_and(|word| word.starts_with(char::is_uppercase));
    match entry.split_once(' ') {
        Some(("A" | "An" | "The", rest)) => format!("{} {rest}", first.to_lowercase()),
        _ => qualifications::named(&if is_name { entry.to_owned() } else { lower_first(entry) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noun_phrases_are_named() {
        let check =
            |text: &str, expect: &str| assert_eq!(Preferred::of(text), Preferred::Named(expect.to_owned()), "{text}");
        check("4 years experience machine learning", "4 years experience machine learning");
        check(
            "PMP certification, experience with large projects",
            "a PMP certification and experience with large projects",
        );
        check("Full clean driving licence.", "a full clean driving licence");
        check("4 years experience, degree in maths", "4 years experience and a degree in maths");
        check("Excel", "Excel");
        check("A playable portfolio", "a playable portfolio");
    }

    #[test]
    fn everything_else_is_quoted() {
        let check =
            |text: &str, expect: &str| assert_eq!(Preferred::of(text), Preferred::Quoted(expect.to_owned()), "{text}");
        check("Must have own car", "“Must have own car”");
        check("You will be a team player", "“You will be a team player”");
        check("Experience with Excel desirable", "“Experience with Excel desirable”");
        check("Reliable and punctual", "“Reliable and punctual”");
        let long = "word ".repeat(60);
        assert_eq!(Preferred::of(&long), Preferred::Quoted(format!("“{}…”", "word ".repeat(30))));
    }
}
