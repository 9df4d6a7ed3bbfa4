//! Reads the marks within a piece of a field: dashes, brackets, and numbers that measure a job.

use std::ops::Range;

use crate::facts::pieces::Piece;
use crate::facts::time;
use crate::words::list;

list!(SIZE_NOUNS = "facts/size_nouns");

/// The parts of a block at its first dash or colon outside brackets; a date before it goes with what follows.
pub fn dashes(field: &str, block: &Piece) -> Vec<Range<usize>> {
    let text = &field[block.span.clone()];
    let bullet = text.len() - text.trim_start_matches(['-', '–', '*', ' ']).len();
    let bracket = text.find('(').unwrap_or(text.len());
    let found = [" - ", " – ", " — ", ": "].iter().filter_map(|mark| {
        let at = bullet + text[bullet..].find(mark)?;
        let (head, tail) = (&text[bullet..at], &text[at + mark.len()..]);
        let is_date = time::find(head).is_some_and(|(_, rest)| rest.is_empty());
        let is_range = *mark != ": "
            && head.ends_with(|c: char| c.is_ascii_digit())
            && (tail.starts_with(|c: char| c.is_ascii_digit())
                || tail.starts_with("present")
                || tail.starts_with("now"));
        let is_within = text[..at].contains('(') && !text[bracket..at].contains(')');
        (!is_date && !is_range && !is_within).then_some((at, mark.len()))
    });
    let all = block.span.start + bullet..block.span.end;
    match found.min() {
        Some((at, length)) => vec![all.start..block.span.start + at, block.span.start + at + length..all.end],
        None => vec![all],
    }
}

/// The text without its brackets, and what stood in them. An abbreviation in capitals stays where it is.
pub fn brackets(text: &str) -> (String, Vec<String>) {
    let (mut outer, mut inner) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('(') {
        let (within, after) = behind.split_once(')').unwrap_or((behind, ""));
        outer.push_str(before);
        let is_short = within.len() < 6 && within.chars().all(|c| c.is_ascii_uppercase() || c == '/' || c == '&');
        if is_short {
            outer.extend(["(", within, ")"]);
        } else {
            inner.extend(
                within
                    .replace("; ", ", ")
                    .split(", ")
                    .map(|part| part.trim().to_owned())
                    .filter(|part| !part.is_empty()),
            );
            outer.truncate(outer.trim_end().len());
        }
        rest = after;
    }
    outer.push_str(rest);
    (outer.trim().to_owned(), inner)
}

/// The number that measures a job, with what it counts: "420 staff", "a £62 million budget", "a team of 14".
pub fn size(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = words.first()?.trim_start_matches('£');
    let is_money = words[0].starts_with(['£', '$', '€']);
    let is_count = first.starts_with(|c: char| c.is_ascii_digit())
        || matches!(first, "two" | "three" | "four" | "five" | "six" | "seven" | "eight" | "nine" | "ten");
    let last = words.last()?.to_lowercase();
    // "42 bed dementia home" is where somebody works.
    if last == "home" || last == "ward" || last == "unit" {
        return None;
    }
    if words.len() <= 5 && is_count && words.len() > 1 && SIZE_NOUNS.has(last.trim_end_matches('s')) {
        let text = if is_money { format!("a {text}") } else { text.to_owned() };
        return Some(text);
    }
    let team = ["team of ", "a team of ", "class of ", "caseload of ", "section of ", "budget of "];
    let lower = text.to_lowercase();
    team.iter().find(|lead| lower.starts_with(**lead)).map(|lead| {
        let bare = lead.strip_prefix("a ").unwrap_or(lead);
        format!("a {bare}{}", &text[lead.len()..])
    })
}
