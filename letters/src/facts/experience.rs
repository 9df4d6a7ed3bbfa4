//! What an experience is, grammatically: so that a sentence can be built around it without changing the student's words.

mod role;

use super::article::with_article;
use super::family::{self, Family};
use super::lexicon::{bare, begins_with_span, is_doing, is_past_verb, is_present_verb, is_role, is_student};
use super::list::{entries, is_in, joined};
use super::tidy::{unquoted, without_stop};
use role::Role;

/// When an experience was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It is still going on.
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
    /// `2 years as a line cook`: one has it.
    Span(String),
    /// `volunteering at a food bank`: one is, or was, doing it.
    Doing(String),
    /// `managed a budget`: what follows "I".
    Verb(String),
    /// The student's own sentences, without the last stop.
    Sentence(String),
    /// Anything else.
    Phrase(String),
}

/// An experience, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experience {
    /// The first, or the whole.
    pub shape: Shape,
    /// Further roles, as a list with articles.
    pub more: Option<String>,
    /// What kind of work it is about.
    pub family: Family,
}

impl Experience {
    /// Takes a field apart; `text` is one tidy line, not empty.
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
        let family = if studies { Family::STUDY } else { family };
        Self { shape, more, family }
    }
}

/// With a comma where a stop is followed by a small letter: people who type in a hurry part the pieces of a phrase so.
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

/// Drops a leading "currently", "I am currently" and the like that the sentence around it says already.
fn without_adverb(text: &str) -> &str {
    const ADVERBS: [&str; 9] = [
        "currently ",
        "at the moment ",
        "now ",
        "right now ",
        "presently ",
        "previously ",
        "formerly ",
        "also ",
        "just ",
    ];
    let lower = text.to_ascii_lowercase();
    let found = ADVERBS.iter().find(|adverb| lower.starts_with(**adverb));
    found.map_or(text, |adverb| text[adverb.len()..].trim_start())
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
    // One entry may hold commas of its own; of several, each must begin alike.
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

/// What somebody is studying, when the text begins with a degree or a year of study: `MSc Statistics at KTH`.
fn studies(text: &str, when: When) -> Option<String> {
    const COURSES: &str = "a-levels, a-level, ba, bsc, beng, meng, msc, ma, llb, llm, mba, phd, pgce, gcses, btec, hnd, hnc, nvq, t-level, foundation";
    const YEARS: &str = "1st, 2nd, 3rd, 4th, first, second, third, fourth, final, last";
    if when != When::Now || is_student(text) {
        return None;
    }
    let words: Vec<String> = text.split_whitespace().take(3).map(|word| bare(word).replace('.', "")).collect();
    let [first, rest @ ..] = words.as_slice() else { return None };
    let second = rest.first().map_or("", String::as_str);
    let is_course = is_in(COURSES, first)
        || (first == "a" && second.starts_with("level"))
        || (first == "level" && second.parse::<u8>().is_ok());
    let is_year = is_in(YEARS, first) && matches!(second, "year" | "yr");
    if is_course {
        return Some(format!("studying {text}"));
    }
    if is_year {
        let after: Vec<&str> = text.split_whitespace().skip(2).collect();
        let of = if after.first().is_some_and(|word| matches!(*word, "of" | "at" | "in" | "doing" | "studying"))
            || after.is_empty()
        {
            ""
        } else {
            "of "
        };
        return Some(format!("in my {} year {of}{}", first, after.join(" ")).trim_end().to_owned());
    }
    (first == "year" && second.parse::<u8>().is_ok() && words.len() == 2).then(|| format!("in {}", lower_first(text)))
}

/// Roles that are all countable: the first by itself, the others as a list.
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

/// The text, if it consists of sentences in the first person, spelt as a letter spells them.
#[must_use]
pub fn own_sentence(text: &str) -> Option<String> {
    const BEGINNINGS: [&str; 16] = [
        "i ",
        "i'm ",
        "i’m ",
        "im ",
        "i've ",
        "i’ve ",
        "ive ",
        "i'd ",
        "my ",
        "in my ",
        "at my ",
        "since i ",
        "while i ",
        "when i ",
        "for the last ",
        "for the past ",
    ];
    let lower = text.to_ascii_lowercase();
    let beginning = BEGINNINGS.iter().find(|beginning| lower.starts_with(**beginning))?;
    let speaks = beginning.starts_with('i')
        || lower.split([' ', ',']).any(|word| {
            matches!(
                word,
                "i" | "i'm"
                    | "i’m"
                    | "i've"
                    | "i’ve"
                    | "is"
                    | "was"
                    | "involves"
                    | "includes"
                    | "has"
                    | "taught"
                    | "are"
                    | "were"
            )
        });
    (speaks && text.split_whitespace().count() > 2).then(|| spelt(text))
}

/// With a capital at the beginning and for every "I".
fn spelt(text: &str) -> String {
    let words = text.split(' ').map(|word| match word {
        "i" => "I".to_owned(),
        "im" | "Im" => "I'm".to_owned(),
        "ive" | "Ive" => "I've".to_owned(),
        _ if ["i'", "i’"].iter().any(|start| word.starts_with(start)) => word.replacen('i', "I", 1),
        _ => word.to_owned(),
    });
    let sentence = words.collect::<Vec<_>>().join(" ");
    upper_first(&sentence)
}

/// With its first letter in upper case.
#[must_use]
pub fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// With its first letter in lower case, unless the first word is an abbreviation or a name with further capitals.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_plain = first.chars().skip(1).all(|c| !c.is_uppercase()) && first.chars().count() > 1;
    let mut characters = text.chars();
    match characters.next() {
        Some(initial) if is_plain => initial.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
