//! Words a length of experience: "three years as a chef de partie or above".

use super::phrases::{is_doing, noun_phrase, starts_with_article};
use crate::facts::article::with_article;
use crate::words::list;

list!(SETTINGS = "evidence/settings");

/// Whether a text names a length of experience, and how it reads behind "You ask for".
pub enum Period {
    /// It names none.
    Absent,
    /// It names one that cannot be worded surely.
    Unsure,
    /// "three years of retail management"
    Named(String),
}

/// Words the length of experience that a text names.
#[must_use]
pub fn period(text: &str) -> Period {
    let spaced = ["one-year ", "two-year ", "three-year ", "four-year ", "five-year "]
        .iter()
        .find_map(|word| text.strip_prefix(word).map(|rest| format!("{} {rest}", word.trim_end().replace('-', " "))));
    let text = spaced.as_deref().unwrap_or(text);
    let words: Vec<&str> = text.split(' ').collect();
    let is_unit = |word: &&str| {
        let bare = word.trim_end_matches("'s").trim_end_matches("’s").trim_end_matches(['\'', '’']);
        matches!(bare, "years" | "year" | "months")
    };
    let Some(at) = words.iter().position(is_unit) else { return Period::Absent };
    let is_year_group = words.get(at + 1).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    if is_year_group {
        return Period::Absent;
    }
    let unit = words[at].trim_end_matches("'s").trim_end_matches("’s").trim_end_matches(['\'', '’']);
    let count = &words[..at];
    let (span, rest) = if at > 0 && at < 4 && is_count(count) && at + 1 < words.len() {
        (format!("{} {unit}", count.join(" ")), words[at + 1..].join(" "))
    } else if at + 1 == words.len() && at > 1 && is_count(&words[at - 1..at]) {
        // "office management three years"
        (format!("{} {unit}", words[at - 1]), words[..at - 1].join(" "))
    } else {
        return Period::Unsure;
    };
    let rest = rest.trim_start_matches("minimum ").trim_end_matches(" minimum").trim_end_matches(" or more");
    of(&span, rest).map_or(Period::Unsure, Period::Named)
}

fn is_count(words: &[&str]) -> bool {
    let counts = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "or", "more", "a", "half", "and",
    ];
    words.iter().all(|word| counts.contains(word) || word.chars().all(|c| c.is_ascii_digit()))
}

fn of(span: &str, rest: &str) -> Option<String> {
    let is_noun = |text: &str| starts_with_article(text) || noun_phrase(text).as_deref() == Some(text);
    let (first, tail) = rest.split_once(' ').unwrap_or((rest, ""));
    match first {
        "experience" if tail.is_empty() => Some(format!("{span} of experience")),
        "experience" => {
            let (preposition, object) = tail.split_once(' ')?;
            let fits = ["in", "of", "with", "as"].contains(&preposition) && (is_noun(object) || is_doing(object));
            if fits && preposition == "of" {
                let owner = if span.ends_with('s') { format!("{span}'") } else { format!("{span}'s") };
                return Some(format!("{owner} experience of {object}"));
            }
            fits.then(|| format!("{span} of experience {preposition} {object}"))
        }
        "of" => is_noun(tail).then(|| format!("{span} of {tail}")),
        "as" => Some(format!("{span} as {}", with_article(tail))),
        "in" => {
            let is_setting = tail.rsplit(' ').next().is_some_and(|last| SETTINGS.has(last));
            let object = if is_setting { with_article(tail) } else { tail.to_owned() };
            (is_setting || is_noun(&object)).then(|| format!("{span} in {object}"))
        }
        _ if is_doing(rest) => Some(format!("{span} of {rest}")),
        _ if rest.ends_with(" or above") => Some(format!("{span} as {}", with_article(rest))),
        _ if rest.contains(['(', ',']) => None,
        _ if rest.ends_with(" experience") && !rest.contains(" of ") => Some(format!("{span} of {rest}")),
        _ => is_noun(rest).then(|| format!("{span} of {rest}")),
    }
}
