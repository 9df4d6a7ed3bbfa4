//! Reads degrees, certificates and licences, so that a sentence can name them.

use super::article::with_article;
use super::lexicon::{bare, is_doing};
use super::list::{entries, joined};
use super::spelling::lower_first;
use super::tidy::{sentences, unquoted, without_stop, words};
use crate::words::list;

list!(COUNTABLE = "facts/countable_qualifications");
list!(UNCOUNTABLE = "facts/uncountable_qualifications");
list!(PLURAL = "facts/plural_qualifications");
list!(LEADS = "facts/qualification_leads");
list!(PENDING = "facts/pending");
list!(OPENERS = "facts/qualification_openers");

/// How qualifications are worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Qualifications {
    /// `a BSc in Computer Science`: follows "I hold".
    Held(String),
    /// `studying for a BA in History`: follows "I am".
    Ongoing(String),
    /// Anything else: follows a colon.
    Listed(String),
}

impl Qualifications {
    /// Reads a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_stop(unquoted(text));
        let ongoing = without_lead(text);
        let first = ongoing.split_whitespace().next().unwrap_or_default();
        if !is_qualification(first)
            && !begins(ongoing, &["driving "])
            && (is_doing(first) || begins(ongoing, &["in my ", "in the "]))
            && sentences(ongoing).len() == 1
        {
            return Self::Ongoing(lower_first(ongoing));
        }
        let entries = entries(text);
        let is_plain = !text.contains(": ") && sentences(text).len() == 1 && !is_pending(text);
        if is_plain && entries.iter().all(|entry| is_qualification(entry) && words(entry) <= 12) {
            return Self::Held(joined(&entries.iter().map(|entry| named(entry)).collect::<Vec<_>>()));
        }
        if is_plain
            && entries.len() <= 3
            && !text.contains(';')
            && entries.first().is_some_and(|entry| is_qualification(entry))
        {
            return Self::Held(named(text));
        }
        Self::Listed(text.to_owned())
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Held(text) | Self::Ongoing(text) | Self::Listed(text) => text,
        }
    }
}

fn begins(text: &str, beginnings: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    beginnings.iter().any(|beginning| lower.starts_with(beginning))
}

/// Drops words that the surrounding sentence says already: "I am", "I have", "currently".
fn without_lead(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    LEADS.beginning_of(&lower).map_or(text, |lead| text[lead.len()..].trim_start())
}

/// Whether a qualification is still to come, so that the applicant does not hold it.
fn is_pending(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    PENDING.iter().any(|word| lower.contains(word))
}

/// Whether an entry names a qualification.
fn is_qualification(entry: &str) -> bool {
    let known = |word: &str| {
        let letters: String = word.chars().filter(|c| *c != '.').collect();
        let word = bare(&letters);
        COUNTABLE.has(&word) || UNCOUNTABLE.has(&word)
    };
    entry.split([' ', '(']).any(known)
}

/// An entry with an article, if one of its first words names something that takes one.
pub(super) fn named(entry: &str) -> String {
    let lower = lower_word(entry);
    let first_words: Vec<String> =
        lower.split([' ', '(', ',']).take(6).map(|word| bare(&word.replace('.', ""))).collect();
    let is_plural = first_words.iter().any(|word| PLURAL.has(word));
    let begins_uncountable = first_words.first().is_some_and(|first| UNCOUNTABLE.has(first) && first != "level");
    let has_countable = first_words.iter().any(|word| COUNTABLE.has(word));
    if has_countable && !is_plural && !begins_uncountable { with_article(&lower) } else { lower }
}

/// The entry with a small first letter, if it begins with an everyday word and holds no other capital.
fn lower_word(entry: &str) -> String {
    let first = entry.split_whitespace().next().unwrap_or_default();
    let goes_on_small = !entry.split_whitespace().skip(1).any(|word| word.starts_with(char::is_uppercase));
    if goes_on_small && OPENERS.has(&first.to_ascii_lowercase()) { lower_first(entry) } else { entry.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_gets_its_article() {
        let check = |text: &str, expect: &str| {
            assert_eq!(Qualifications::of(text), Qualifications::Held(expect.to_owned()), "{text}");
        };
        check("BSc in Computer Science", "a BSc in Computer Science");
        check("MSc Physics.", "an MSc Physics");
        check("GCSEs", "GCSEs");
        check("9 GCSEs inc maths and english", "9 GCSEs inc maths and english");
        check("High school diploma", "a high school diploma");
        check(
            "Food hygiene level 2, full clean driving licence",
            "food hygiene level 2 and a full clean driving licence",
        );
        check("BSc Computer Science (2:1), University of Leeds", "a BSc Computer Science (2:1), University of Leeds");
        check("AAT Level 4", "AAT Level 4");
        check("RHS Level 2 Certificate in Horticulture", "an RHS Level 2 Certificate in Horticulture");
        check("Food Safety level 3", "Food Safety level 3");
        check("NVQ Level 3 Electrical Installation", "an NVQ Level 3 Electrical Installation");
    }

    #[test]
    fn what_is_going_on_is_not_held() {
        let check = |text: &str, expect: &str| {
            assert_eq!(Qualifications::of(text), Qualifications::Ongoing(expect.to_owned()), "{text}");
        };
        check("Studying BA History, graduating 2027", "studying BA History, graduating 2027");
        check("currently working towards AAT Level 3", "working towards AAT Level 3");
        check("In my final year of a BSc", "in my final year of a BSc");
    }

    #[test]
    fn everything_else_is_listed() {
        let check =
            |text: &str| assert_eq!(Qualifications::of(text), Qualifications::Listed(text.to_owned()), "{text}");
        check("A-levels: Maths, Physics, Art");
        check("BSc Biology (expected 2027)");
        check("City and Guilds");
    }
}
