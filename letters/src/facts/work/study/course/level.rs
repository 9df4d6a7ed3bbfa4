//! Recognises the level of a course, and the subjects that a list names.

use super::super::names;
use crate::facts::lexicon::bare;
use crate::words::list;

list!(COURSES = "facts/courses");

/// The words of a level at the beginning: "Level 3", "A levels", "foundation year".
pub fn level_words(words: &[&str]) -> Option<usize> {
    let word = |at: usize| words.get(at).map(|word| bare(word).replace('.', "")).unwrap_or_default();
    let is_number = |at: usize| word(at).chars().all(|c| c.is_ascii_digit()) && !word(at).is_empty();
    let is_extra = |at: usize| {
        [
            "degree",
            "year",
            "course",
            "diploma",
            "extended",
            "certificate",
            "hons",
            "apprenticeship",
            "masters",
            "national",
        ]
        .contains(&word(at).as_str())
    };
    let mut count = match word(0).as_str() {
        "a" | "as" | "t" | "o" if ["level", "levels"].contains(&word(1).as_str()) => return Some(2),
        "level" if is_number(1) => 2,
        "master's" | "masters" | "bachelor's" | "bachelors" | "doctorate" | "gcse" | "highers" | "degree" => 1,
        first if COURSES.has(first) && first != "access" => 1,
        "access" if word(1) == "to" && word(2) == "he" => 3,
        "access" if word(1) == "course" => 2,
        _ => return None,
    };
    if word(count) == "level" && is_number(count + 1) {
        count += 2;
    }
    while is_extra(count) {
        count += 1;
    }
    // "Foundation" alone is a charity.
    (word(0) != "foundation" || count > 1).then_some(count)
}

/// "a level" as "A levels".
pub fn upper_level(level: &str) -> String {
    let lower = level.to_lowercase().replace('-', " ");
    match lower.as_str() {
        "gcse" | "gcses" => String::from("GCSEs"),
        "highers" => String::from("Highers"),
        lower => {
            let lower = lower.trim_end_matches('s');
            let (first, rest) = lower.split_once(' ').unwrap_or((lower, ""));
            format!("{} {rest}s", first.to_uppercase())
        }
    }
}

/// Several subjects, between commas, "and", or nothing: "biology geography photography".
pub fn listed(text: &str) -> Vec<String> {
    let text = text.replace(" and ", ", ").replace(" & ", ", ").replace('+', ",");
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [alone] if names::subject(alone).is_none() || alone.split(' ').all(|word| names::subject(word).is_some()) => {
            alone.split(' ').map(str::to_owned).collect()
        }
        parts => parts.iter().map(|part| (*part).to_owned()).collect(),
    }
}
