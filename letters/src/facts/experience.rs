//! Recognises how an experience is worded, so that a sentence can be built around the applicant's own words.

mod role;

use super::article::with_article;
use super::family::{self, Family};
use super::lexicon::{bare, begins_with_span, is_doing, is_past_verb, is_present_verb, is_role, is_student};
use super::list::{entries, joined};
use super::spelling::{lower_first, own_sentence};
use super::tidy::{unquoted, without_stop};
use crate::words::list;
use role::Role;

list!(TIME_ADVERBS = "facts/time_adverbs");
list!(COURSES = "facts/courses");
list!(STUDY_YEARS = "facts/study_years");

/// When an experience was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It continues.
    Now,
    /// It is over, or may be.
    Before,
}

/// How an experience is worded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `an Analyst` and `at Trello`.
    RoleAt {
        /// The role with its article.
        role: String,
        /// The place with its preposition.
        at: String,
    },
    /// `a self-employed electrician`.
    Role(String),
    /// `a third-year Economics student at Leeds`.
    Study(String),
    /// `2 years as a line cook`: follows "I have".
    Span(String),
    /// `volunteering at a food bank`: follows "I am" or "I was".
    Doing(String),
    /// `managed a budget`: follows "I".
    Verb(String),
    /// The applicant's own sentences, without the last stop.
    Sentence(String),
    /// Anything else.
    Phrase(String),
}

/// The kinds of [`Shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeKind {
    RoleAt,
    Role,
    Study,
    Span,
    Doing,
    Verb,
    Sentence,
    Phrase,
}

impl ShapeKind {
    pub const ALL: [Self; 8] =
        [Self::RoleAt, Self::Role, Self::Study, Self::Span, Self::Doing, Self::Verb, Self::Sentence, Self::Phrase];
}

impl Shape {
    pub const fn kind(&self) -> ShapeKind {
        match self {
            Self::RoleAt { .. } => ShapeKind::RoleAt,
            Self::Role(_) => ShapeKind::Role,
            Self::Study(_) => ShapeKind::Study,
            Self::Span(_) => ShapeKind::Span,
            Self::Doing(_) => ShapeKind::Doing,
            Self::Verb(_) => ShapeKind::Verb,
            Self::Sentence(_) => ShapeKind::Sentence,
            Self::Phrase(_) => ShapeKind::Phrase,
        }
    }
}

/// A field about experience, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experience {
    /// How the first role, or the whole field, is worded.
    pub shape: Shape,
    /// Further roles, as a list with articles.
    pub more: Option<String>,
    /// The kind of work that it is about.
    pub family: Family,
}

impl Experience {
    /// Parses a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str, when: When) -> Self {
        let whole = one_phrase(without_adverb(without_stop(unquoted(text))));
        let text = whole.as_str();
        let family = family::of_experience(text);
        let (shape, more) = shaped(text, when);
        let studies = match &shape {
            Shape::Study(_) => true,
            Shape::Doing(doing) => ["studying", "in my", "in year", "doing"].iter().any(|word| doing.starts_with(word)),
            _ => false,
        };
        let family = if studies { Family::Study } else { family };
        Self { shape, more, family }
    }
}

/// Puts a comma where a stop is followed by a small letter: people who type in a hurry separate the pieces of a phrase
/// like that.
fn one_phrase(text: &str) -> String {
    let mut pieces = text.split(". ").peekable();
    let mut whole = String::new();
    while let Some(piece) = pieces.next() {
        whole.push_str(piece);
        if let Some(next) = pieces.peek() {
            let is_abbreviation =
                piece.rsplit([' ', '(']).next().is_some_and(|word| word.len() < 4 || word.contains('.'));
            let goes_on = !is_abbreviation && next.starts_with(char::is_lowercase);
            whole.push_str(if goes_on { ", " } else { ". " });
        }
    }
    whole
}

/// Drops a leading "currently" or the like, which the surrounding sentence says already.
fn without_adverb(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    TIME_ADVERBS.beginning_of(&lower).map_or(text, |adverb| text[adverb.len()..].trim_start())
}

fn shaped(text: &str, when: When) -> (Shape, Option<String>) {
    if let Some(sentence) = own_sentence(text) {
        return (Shape::Sentence(sentence), None);
    }
    let goes_on = entries(text).iter().skip(1).any(|entry| entry.split(' ').next().is_some_and(is_past_verb));
    if begins_with_span(text) && !goes_on {
        return (Shape::Span(lower_first(text)), None);
    }
    let parts = role::with_remark(role::regrouped(&entries(text)));
    if let Some(found) = roles(&parts) {
        return found;
    }
    if let Some(studies) = studies(text, when) {
        return (Shape::Doing(studies), None);
    }
    let first = text.split_whitespace().next().unwrap_or_default();
    // Of several entries, each must begin in the same way.
    let all = |test: fn(&str) -> bool| {
        test(first) && parts.iter().all(|part| part.split_whitespace().next().is_some_and(test))
    };
    let is_verb = match when {
        When::Now => is_present_verb,
        When::Before => is_past_verb,
    };
    let lowered: Vec<String> = parts.iter().map(|part| lower_first(part)).collect();
    let shape = if all(is_doing) {
        Shape::Doing(joined(&lowered))
    } else if all(is_verb) {
        Shape::Verb(joined(&lowered))
    } else {
        Shape::Phrase(text.to_owned())
    };
    (shape, None)
}

/// What the applicant is studying, if the text begins with a degree or a year of study: `MSc Statistics at KTH`.
fn studies(text: &str, when: When) -> Option<String> {
    if when != When::Now || is_student(text) {
        return None;
    }
    let words: Vec<String> = text.split_whitespace().take(3).map(|word| bare(word).replace('.', "")).collect();
    let [first, rest @ ..] = words.as_slice() else { return None };
    let second = rest.first().map_or("", String::as_str);
    let is_course = COURSES.has(first)
        || (first == "a" && second.starts_with("level"))
        || (first == "level" && second.parse::<u8>().is_ok());
    let is_year = STUDY_YEARS.has(first) && matches!(second, "year" | "yr");
    if is_course {
        return Some(format!("studying {text}"));
    }
    if is_year {
        let after: Vec<&str> = text.split_whitespace().skip(2).collect();
        let goes_on = after.first().is_none_or(|word| matches!(*word, "of" | "at" | "in" | "doing" | "studying"));
        let of = if goes_on { "" } else { "of " };
        return Some(format!("in my {} year {of}{}", first, after.join(" ")).trim_end().to_owned());
    }
    (first == "year" && second.parse::<u8>().is_ok() && words.len() == 2).then(|| format!("in {}", lower_first(text)))
}

/// The first role by itself and the others as a list, if all parts are roles.
fn roles(parts: &[String]) -> Option<(Shape, Option<String>)> {
    let found: Vec<Role> = parts.iter().map(|part| role::read(part)).collect::<Option<_>>()?;
    let (first, others) = found.split_first()?;
    let more: Vec<String> = others.iter().map(Role::in_list).collect();
    let shape = match first {
        Role { name, at, .. } if is_student(name) && !is_role(name.rsplit(' ').next().unwrap_or_default()) => {
            Shape::Study([with_article(name), at.clone().unwrap_or_default()].join(" ").trim_end().to_owned())
        }
        Role { at: Some(at), .. } => Shape::RoleAt { role: first.named(), at: at.clone() },
        Role { at: None, .. } => Shape::Role(first.named()),
    };
    Some((shape, (!more.is_empty()).then(|| joined(&more))))
}

#[cfg(test)]
mod tests;
