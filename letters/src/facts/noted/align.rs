//! Finds which words of a field each sentence says: the best order-keeping match of all words of both.

use std::collections::HashMap;
use std::ops::Range;

use super::support::{ADDED, VOCABULARY, says};
use super::token::Token;
use crate::words::list;

list!(pub UNFINISHED = "noted/unfinished");
list!(pub NEGATIONS = "noted/negations");
list!(pub QUALIFIERS = "noted/qualifiers");
list!(REMARKED = "noted/remarked");

/// The first and the last word of the field that a sentence says.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    pub from: usize,
    pub to: usize,
    /// These words and those beside them that no other sentence says, up to where another note begins.
    pub around: Range<usize>,
    /// The same up to a comma, with a few words behind it: "Level 3, booked".
    pub near: Range<usize>,
}

/// What parts notes.
const PARTS: [char; 6] = ['\n', ';', '•', '▪', '.', '|'];
/// What parts the pieces of a note.
const COMMAS: [char; 6] = [',', '(', ')', '/', '+', '→'];
/// What does so between spaces.
const DASHES: [&str; 3] = [" - ", " – ", " — "];
/// Most words of a remark behind a comma.
const REMARK_MAX: usize = 6;
/// Most letters of an abbreviation, whose stop ends no note.
const SHORT_MAX: usize = 4;

/// What a match of a word counts: small words lie everywhere and count little.
fn worth(word: &str) -> u32 {
    if ADDED.has(word) { 1 } else { 4 }
}

/// The words of the field that each sentence says; `None` where it says none of them.
pub fn align(text: &str, typed: &[Token], sentences: &[Vec<Token>]) -> Vec<Option<Said>> {
    let all: Vec<(usize, &str)> = sentences
        .iter()
        .enumerate()
        .flat_map(|(of, sentence)| sentence.iter().map(move |word| (of, word.key.as_str())))
        .collect();
    let pairs = matches(typed, &all);
    let worth: Vec<u32> = typed.iter().map(|word| worth(&word.key)).collect();
    let wide = typed.len() + 1;
    let mut best = vec![0_u32; (all.len() + 1) * wide];
    for at in (0..all.len()).rev() {
        for word in (0..typed.len()).rev() {
            let skip = best[(at + 1) * wide + word].max(best[at * wide + word + 1]);
            let is_match = pairs[at * typed.len() + word];
            let here = if is_match { worth[word] + best[(at + 1) * wide + word + 1] } else { 0 };
            best[at * wide + word] = skip.max(here);
        }
    }
    let mut places: Vec<Option<Said>> = vec![None; sentences.len()];
    let (mut at, mut word) = (0, 0);
    while at < all.len() && word < typed.len() {
        let here = best[at * wide + word];
        if pairs[at * typed.len() + word] && here == worth[word] + best[(at + 1) * wide + word + 1] {
            // Small words are everywhere and tell no place.
            if worth[word] > 1 {
                let place = places[all[at].0].get_or_insert(Said { from: word, to: word, around: 0..0, near: 0..0 });
                place.to = word;
            }
            (at, word) = (at + 1, word + 1);
        } else if here == best[(at + 1) * wide + word] {
            at += 1;
        } else {
            word += 1;
        }
    }
    for at in 0..places.len() {
        let before = places[..at].iter().rev().flatten().next().map_or(0, |said| said.to + 1);
        let after = places[at + 1..].iter().flatten().next().map_or(typed.len(), |said| said.from);
        if let Some(said) = &mut places[at] {
            let words = said.from..said.to + 1;
            said.around = reach(text, typed, words.clone(), before..after, &PARTS);
            said.near = near(text, typed, words, &said.around, after);
        }
    }
    places
}

/// Words and their neighbours within `room` up to a comma, with a remark behind it: "Level 3, booked for May", but no note of
/// its own as in "HPLC, not afraid of heights".
fn near(text: &str, typed: &[Token], words: Range<usize>, room: &Range<usize>, after: usize) -> Range<usize> {
    let near = reach(text, typed, words, room.clone(), &COMMAS);
    let behind = reach(text, typed, near.end..near.end, near.end..after, &[COMMAS.as_slice(), &PARTS].concat());
    let is_unheld = |word: &Token| NEGATIONS.has(&word.key) || UNFINISHED.has(&word.key);
    // "Started Level 3" is another award.
    let remarks = |word: &Token| {
        let is_short = word.key.chars().count() <= 2 || word.key.starts_with(|c: char| c.is_ascii_digit());
        let is_small = || [&*ADDED, &*REMARKED, &*QUALIFIERS].iter().any(|list| list.has(&word.key));
        word.key != "level" && (is_short || is_unheld(word) || is_small())
    };
    let remark = &typed[behind.clone()];
    let is_beside = behind.start < room.end || remark.first().is_some_and(is_unheld);
    let is_remark = is_beside && remark.len() <= REMARK_MAX && remark.iter().all(remarks);
    near.start..if is_remark { behind.end } else { near.end }
}

/// The words behind these bytes, up to where another note begins, at most so many.
pub fn behind<'a>(text: &str, typed: &'a [Token], bytes: &Range<usize>, most: usize) -> &'a [Token] {
    let from = typed.iter().position(|word| word.span.start >= bytes.end).unwrap_or(typed.len());
    let is_same = |word: &&Token| !text[bytes.end..word.span.start].contains(PARTS);
    let count = typed[from..].iter().take(most).take_while(is_same).count();
    &typed[from..from + count]
}

/// For every word that is said, whether each typed one says it.
fn matches(typed: &[Token], said: &[(usize, &str)]) -> Vec<bool> {
    // Words come again, and comparing them costs most.
    let mut known: HashMap<&str, Vec<bool>> = HashMap::new();
    let rows = said.iter().map(|(_, said)| {
        let row = || typed.iter().map(|word| says(word, said)).collect();
        known.entry(said).or_insert_with(row).clone()
    });
    rows.flatten().collect()
}

/// Whether a word may be one that was cut short: "dept", "exp", but no "2021" and no "card".
fn is_abbreviation(key: &str) -> bool {
    key.len() <= SHORT_MAX
        && key.chars().all(char::is_alphabetic)
        && (key.len() == 1 || !VOCABULARY.has(key) && !ADDED.has(key))
}

/// Words and their neighbours within `room`, from one mark that parts them to the next.
fn reach(text: &str, typed: &[Token], words: Range<usize>, room: Range<usize>, marks: &[char]) -> Range<usize> {
    let is_parted = |left: usize| {
        let between = &text[typed[left].span.end..typed[left + 1].span.start];
        let is_dash = marks == COMMAS && DASHES.iter().any(|dash| between.contains(dash));
        (is_dash || between.contains(marks)) && !(between.trim() == "." && is_abbreviation(&typed[left].key))
    };
    let (mut from, mut to) = (words.start, words.end);
    while from > room.start && !is_parted(from - 1) {
        from -= 1;
    }
    while to < room.end && (to == words.end && words.is_empty() || !is_parted(to - 1)) {
        to += 1;
    }
    from..to
}
