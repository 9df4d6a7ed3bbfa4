//! Rules about letters of a model that lost its way: letters about letters, and sentences that go round in circles.

use std::collections::BTreeMap;
use std::ops::Range;

use super::finding::Finding;
use super::phrase::{Token, all, tokens};
use super::read_letter::{Passage, ReadLetter, is_salutation, plain, sign_off};
use super::rule::Rule;
use crate::words::list;

list!(ABOUT_LETTERS = "checks/about_letters");

pub(super) const LETTER_ONLY: Rule = Rule {
    name: "LetterOnly",
    words: "The text is one letter of an applicant: it is not about writing letters, has one salutation and one \
            closing, and tells of no meeting that has been.",
    look: letter_only,
};
pub(super) const NO_LOOPS: Rule = Rule {
    name: "NoLoops",
    words: "No words are turned over and over: no six words in a row come three times, no line four times, and no two \
            sentences are variants of each other.",
    look: no_loops,
};

/// How many words in a row count as the same words again.
const RUN: usize = 6;
/// How often such words may come.
const RUNS_MAX: usize = 2;
/// How often a short line may come.
const LINES_MAX: usize = 3;
/// Shorter sentences may resemble each other.
const VARIANT_WORDS_MIN: usize = 7;
/// Share of common pairs of words, in per cent, that makes two sentences variants.
const VARIANT_PERCENT: usize = 70;

fn letter_only(letter: &ReadLetter<'_>) -> Option<Finding> {
    let mut marks: Vec<Range<usize>> = letter
        .sentences
        .iter()
        .flat_map(|sentence| all(&ABOUT_LETTERS, &tokens(letter.masked(sentence), sentence.at)))
        .collect();
    let again = |passage: &&Passage<'_>| {
        is_salutation(passage.text) || passage.text.starts_with("Dear ") || sign_off(passage.text).is_some()
    };
    marks.extend(letter.sentences.iter().skip(1).filter(again).map(Passage::range));
    marks.sort_by_key(|mark| (mark.start, mark.end));
    Finding::named("This does not belong in a letter of application", letter.text, marks)
}

fn no_loops(letter: &ReadLetter<'_>) -> Option<Finding> {
    let inputs = plain(&[letter.applicant_text(), letter.job_text()].join("\n"));
    let sentences: Vec<Vec<Token>> =
        letter.sentences.iter().map(|sentence| tokens(sentence.text, sentence.at)).collect();
    let mut runs: BTreeMap<Vec<&str>, Vec<Range<usize>>> = BTreeMap::new();
    for sentence in &sentences {
        for run in sentence.windows(RUN) {
            let words: Vec<&str> = run.iter().map(|token| token.lower.as_str()).collect();
            runs.entry(words).or_default().push(run[0].range.start..run[RUN - 1].range.end);
        }
    }
    let mut marks: Vec<Range<usize>> = runs
        .into_iter()
        .filter(|(words, places)| places.len() > RUNS_MAX && !inputs.contains(&words.join(" ")))
        .flat_map(|(_, places)| places.into_iter().skip(1))
        .collect();
    for (at, sentence) in sentences.iter().enumerate() {
        if sentences[..at].iter().any(|before| are_variants(before, sentence)) {
            marks.push(letter.sentences[at].range());
        }
    }
    let mut lines: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for sentence in &letter.sentences {
        lines.entry(plain(sentence.text)).or_default().push(sentence.range());
    }
    marks.extend(
        lines.into_values().filter(|places| places.len() > LINES_MAX).flat_map(|places| places.into_iter().skip(1)),
    );
    marks.sort_by_key(|mark| (mark.start, mark.end));
    marks.dedup_by(|next, before| next.start < before.end);
    Finding::named("Said again and again", letter.text, marks)
}

fn are_variants(one: &[Token], other: &[Token]) -> bool {
    if one.len().min(other.len()) < VARIANT_WORDS_MIN {
        return false;
    }
    let pairs = |tokens: &[Token]| -> Vec<(String, String)> {
        tokens.windows(2).map(|pair| (pair[0].lower.clone(), pair[1].lower.clone())).collect()
    };
    let (one, other) = (pairs(one), pairs(other));
    let shared = one.iter().filter(|pair| other.contains(pair)).count();
    shared * 200 >= VARIANT_PERCENT * (one.len() + other.len())
}
