//! The rule about joints: what the form says of one position is not said of another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::finding::Finding;
use super::read_letter::{Passage, ReadLetter};
use super::rule::Rule;
use super::vocabulary::{GENERIC, SMALL};
use super::word::{Word, akin, words};
use crate::pattern::pattern;

pub(super) const FACTS_APART: Rule = Rule {
    name: "FactsApart",
    words: "No clause gives a place of one position of the form the duties or figures of another.",
    look: facts_apart,
};

/// Fewest words of another position that make a clause wrong; a figure is enough by itself.
const WORDS_MIN: usize = 2;

// Where one position of a field ends.
pattern!(POSITIONS = r"[;\n]|\s/\s|\.\s|,\s+(?:then|before that|also|and before)\s|\s(?:then|before that|and then)\s");
// Where one clause of a letter ends.
pattern!(
    CLAUSES = r"[;:]|,\s+and\s|\band\s+(?:before|now|I|also)\b|,\s*(?:where|which|before|after|but|as|while|then)\b|\b(?:before|after|while|until|then)\b|,\s+(?:I|an?)\s"
);
pattern!(PLACE = r"(?:\bat|@|\bwith|\bfor|\bin)\s+(?:the\s+|an?\s+)?([\w'’&.-]+)|,\s+([A-Z][\w'’&.-]+)");

/// What the form says about one position.
struct Position {
    /// Stems of the words behind "at", "for", "in" or a comma.
    place: BTreeSet<String>,
    /// Whether a line or a semicolon of the past parts it from the others.
    is_past: bool,
    /// Stems that no other position has.
    only: BTreeSet<String>,
}

fn facts_apart(letter: &ReadLetter<'_>) -> Option<Finding> {
    let positions = positions(letter);
    if positions.len() < 2 {
        return None;
    }
    let marks = letter.sentences.iter().flat_map(clauses).filter(|clause| is_mixed(clause, &positions));
    Finding::named("Your form does not say this of the same position", letter.text, marks.map(|c| c.range()).collect())
}

fn positions(letter: &ReadLetter<'_>) -> Vec<Position> {
    let applicant = &letter.spec.applicant;
    let texts: Vec<&str> = [&applicant.current_experience, &applicant.past_experience]
        .into_iter()
        .flat_map(|field| POSITIONS.split(field))
        .filter(|text| text.split_whitespace().count() > 1)
        .collect();
    let stems: Vec<BTreeSet<String>> = texts
        .iter()
        .map(|text| words(text, 0).iter().filter(|word| is_telling(word)).map(|word| word.stem.clone()).collect())
        .collect();
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for stem in stems.iter().flatten() {
        *counts.entry(stem).or_default() += 1;
    }
    let others = [&applicant.skills, &applicant.qualifications, &applicant.reason, &letter.spec.job.title];
    let elsewhere: BTreeSet<String> = others.iter().flat_map(|text| words(text, 0)).map(|word| word.stem).collect();
    // "2014-17" and "2017-20" have 17 in common.
    let century = |stem: &str| stem.len() == 4 && stem.bytes().all(|byte| byte.is_ascii_digit());
    let is_shared_year =
        |stem: &String| century(stem) && texts.iter().filter(|text| text.contains(&stem[2..])).count() > 1;
    let only = |stems: &BTreeSet<String>| {
        stems
            .iter()
            .filter(|stem| {
                counts[stem] == 1 && !is_shared_year(stem) && !elsewhere.iter().any(|other| akin(other, stem))
            })
            .cloned()
            .collect()
    };
    let place = |text: &str| {
        PLACE
            .captures_iter(text)
            .flat_map(|found| {
                words(found.get(1).or(found.get(2)).map_or("", |m| m.as_str()), 0)
                    .into_iter()
                    .map(|word| word.stem)
                    .collect::<Vec<_>>()
            })
            .collect::<BTreeSet<String>>()
    };
    texts
        .iter()
        .zip(&stems)
        .map(|(text, stems)| {
            let only: BTreeSet<String> = only(stems);
            let is_word = |stem: &&String| !stem.starts_with(|c: char| c.is_ascii_digit());
            let place = place(text).intersection(&only).filter(is_word).cloned().collect();
            Position { place, is_past: applicant.past_experience.contains(text), only }
        })
        .collect()
}

fn is_telling(word: &Word<'_>) -> bool {
    !SMALL.has(&word.lower) && !GENERIC.has(&word.lower)
}

fn clauses<'a>(sentence: &Passage<'a>) -> Vec<Passage<'a>> {
    let mut found = Vec::new();
    let mut start = 0;
    for end in CLAUSES.find_iter(sentence.text) {
        found.push(start..end.start());
        start = end.end();
    }
    found.push(start..sentence.text.len());
    let passage = |range: Range<usize>| Passage { text: &sentence.text[range.clone()], at: sentence.at + range.start };
    found.into_iter().map(passage).collect()
}

/// Whether a clause names the place of one position and what only another has, without the other's place.
fn is_mixed(clause: &Passage<'_>, positions: &[Position]) -> bool {
    let found: BTreeSet<String> = words(clause.text, 0).into_iter().map(|word| word.stem).collect();
    let named = |position: &Position| position.place.iter().any(|stem| found.contains(stem));
    let whole = |position: &Position| {
        let known = position.only.intersection(&found).count();
        known >= WORDS_MIN || known > 0 && known == position.only.len()
    };
    let is_list =
        clause.text.contains(',') || ["and", "also", "befor", "after", "then"].iter().any(|word| found.contains(*word));
    let joined =
        !is_list && positions.iter().filter(|position| position.is_past).filter(|position| whole(position)).count() > 1;
    joined
        || positions.iter().enumerate().any(|(at, one)| {
            named(one)
                && positions.iter().enumerate().any(|(other_at, other)| {
                    let foreign: Vec<&String> = other.only.iter().filter(|stem| found.contains(*stem)).collect();
                    let has_figure = foreign.iter().any(|stem| stem.starts_with(|c: char| c.is_ascii_digit()));
                    at != other_at
                        && !other.place.is_empty()
                        && !named(other)
                        && (foreign.len() >= WORDS_MIN || has_figure)
                })
        })
}
