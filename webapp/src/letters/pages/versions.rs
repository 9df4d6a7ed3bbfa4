//! The versions of a letter, one of them beside the present text.

use askama::Template;
use jiff::Timestamp;
use similar::{ChangeTag, TextDiff};

use super::moment;
use crate::letter::Letter;

/// `/letters/{id}/versions`.
#[derive(Clone, Debug, Template)]
#[template(path = "versions.html")]
pub struct VersionsPage {
    signed_in: bool,
    csrf: String,
    id: String,
    title: String,
    company: String,
    versions: Vec<VersionLine>,
    shown: i32,
    shown_name: String,
    /// Whether the shown version is the present text.
    is_present: bool,
    then: Vec<Part>,
    now: Vec<Part>,
}

/// A version of the list.
#[derive(Clone, Debug)]
struct VersionLine {
    number: i32,
    name: String,
    when: String,
    words: usize,
}

/// A part of a text, and whether the other one lacks it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    text: String,
    differs: bool,
}

impl VersionsPage {
    /// The page of these versions (number, text, time), newest first. `None` when there is no version `shown`.
    #[must_use]
    pub fn new(letter: &Letter, saved: Vec<(i32, String, Timestamp)>, shown: i32, csrf: String) -> Option<Self> {
        let written = letter.written.clone()?;
        let present = letter.text()?.to_owned();
        let mut saved = saved;
        saved.push((0, written, letter.finished_at.unwrap_or(letter.created_at)));
        let (_, then, _) = saved.iter().find(|(number, ..)| *number == shown)?;
        let (then_parts, now_parts) = compared(then, &present);
        let line = |(number, text, when): &(i32, String, Timestamp)| VersionLine {
            number: *number,
            name: name(*number),
            when: moment(*when),
            words: text.split_whitespace().count(),
        };
        Some(Self {
            signed_in: true,
            csrf,
            id: letter.id.to_string(),
            title: letter.draft.job.title.clone(),
            company: letter.draft.job.company.clone(),
            versions: saved.iter().map(line).collect(),
            shown,
            shown_name: name(shown),
            is_present: *then == present,
            then: then_parts,
            now: now_parts,
        })
    }
}

fn name(number: i32) -> String {
    if number == 0 { "As written".to_owned() } else { format!("Version {number}") }
}

/// Both texts, each cut where it differs from the other.
fn compared(then: &str, now: &str) -> (Vec<Part>, Vec<Part>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for change in TextDiff::from_words(then, now).iter_all_changes() {
        let (text, tag) = (change.value(), change.tag());
        if tag != ChangeTag::Insert {
            add(&mut before, text, tag == ChangeTag::Delete);
        }
        if tag != ChangeTag::Delete {
            add(&mut after, text, tag == ChangeTag::Insert);
        }
    }
    (joined(before), joined(after))
}

/// The parts without gaps of mere white space between two that differ: a changed phrase is one part.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let last = parts.len().saturating_sub(1);
    let mut whole: Vec<Part> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let is_gap = at > 0 && at < last && !part.differs && part.text.trim().is_empty();
        add(&mut whole, &part.text, part.differs || is_gap);
    }
    whole
}

fn add(parts: &mut Vec<Part>, text: &str, differs: bool) {
    match parts.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => parts.push(Part { text: text.to_owned(), differs }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_where_they_differ() {
        let part = |text: &str, differs| Part { text: text.to_owned(), differs };
        let (then, now) = compared("I sell old bread here.", "I bake new rolls here.");
        assert_eq!(then, [part("I ", false), part("sell old bread", true), part(" here.", false)]);
        assert_eq!(now, [part("I ", false), part("bake new rolls", true), part(" here.", false)]);
        let (then, now) = compared("", "Mine");
        assert_eq!((then, now), (vec![], vec![part("Mine", true)]));
    }
}
