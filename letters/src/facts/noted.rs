//! Takes up the sentences that a reader of notes wrote of a field: each is laid beside the words that it says, and kept
//! only where the words that were typed bear it out.
//!
//! ```text
//!   typed, written ──▶ words of both ──▶ align ──▶ borne out? keeps what matters? ──▶ sentences with their places
//! ```
//!
//! So what a reader makes up is dropped, and the rules read that part of the form.

mod align;
mod degree;
mod fits;
mod frame;
mod listing;
mod mend;
mod plain;
mod reason;
mod support;
mod take;
mod together;
mod token;
pub mod wording;

use std::ops::Range;

use super::article::article;
use super::fact::{Field, Why};
use super::prose;
use super::screen::screen;
use super::sound::reads;
use super::verb;
use crate::pattern::pattern;
use crate::words::List;
use align::{NEGATIONS, QUALIFIERS, Said, UNFINISHED, align};
use degree::keeps_degree;
use fits::fits;
use mend::mended;
use support::{ADDED, Support, says};
use token::{Token, tokens};

/// A sentence about the applicant, without its stop, and the bytes of the field that it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Noted {
    /// The bytes of the field.
    pub span: Range<usize>,
    /// The sentence.
    pub text: String,
}

/// What was taken up of a field.
pub struct Found {
    /// The sentences in the order of their places.
    pub sentences: Vec<Noted>,
    /// Whether they are all that was written, and say the most of what was typed.
    pub is_all: bool,
}

/// Degrees of a language that is spoken.
const A_LITTLE: [&str; 5] = [" a bit of ", " a little ", " basic ", " conversational ", " some "];

// "I have an I have a degree".
pattern!(STUTTER = r"\bI (?:\w+ ){1,2}I (?:am|can|have|hold|speak|was)\b");

// "City & Guilds": the mark belongs to a name.
pattern!(AND = r"[A-Z]\w* & [A-Z]");

/// Fewest and most words of a sentence.
const WORDS: std::ops::RangeInclusive<usize> = 3..=50;
/// Share of the words of a note that a sentence may leave out, in per cent; one may always be.
const LOST_PERCENT: usize = 20;
/// Share of the words of a field that may be in no sentence where nothing else of it is said, in per cent.
const LEFT_PERCENT: usize = 35;

/// The sentences of `written`, one a line, that the words of `typed` in a field bear out.
#[must_use]
pub fn noted(typed: &str, written: &str, field: Field) -> Found {
    let words = tokens(typed);
    let lines: Vec<&str> = written.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said: Vec<(String, Vec<Token>)> =
        lines.iter().map(|line| mended(line)).map(|line| (line.clone(), tokens(&line))).collect();
    let borne = |(line, sentence): &(String, Vec<Token>), said: &Said| {
        is_true(&words, said, sentence, field)
            && keeps_state(typed, &words, said, sentence)
            && line.strip_suffix('.').is_some_and(is_sentence)
    };
    let mut said = kept(typed, &words, said, borne);
    let is_all = said.len() == lines.len();
    // What a refused sentence said belongs to its neighbours again: "Level 3", behind which "two of four units" were typed.
    let mut count = lines.len();
    while said.len() < count {
        count = said.len();
        said = kept(typed, &words, said, |(_, sentence), said| keeps_state(typed, &words, said, sentence));
    }
    let sentences: Vec<Vec<Token>> = said.iter().map(|(_, words)| words.clone()).collect();
    let places = align(typed, &words, &sentences);
    let found: Vec<(Range<usize>, Noted)> = said
        .iter()
        .zip(places)
        .filter_map(|((line, _), said)| {
            let Said { from, to, .. } = said?;
            let span = words[from].span.start..words[to].span.end;
            let text = line.strip_suffix('.')?;
            // What no letter should say is not said, and rules have nothing to add to it.
            let said = || with_right_articles(&plain::plain(text, &words));
            is_fit(&typed[span.clone()], text).then(|| (from..to + 1, Noted { span, text: said() }))
        })
        .collect();
    let (all, left) = covered(&words, &found);
    let is_all = is_all && left * 100 <= all * LEFT_PERCENT;
    let mut sentences: Vec<Noted> = found.into_iter().map(|(_, noted)| noted).collect();
    sentences.sort_by_key(|noted| noted.span.start);
    leave_out_repeated(&mut sentences);
    Found { sentences, is_all }
}

/// The sentences with a place among the typed words that `keeps` them.
fn kept(
    typed: &str,
    words: &[Token],
    mut all: Vec<(String, Vec<Token>)>,
    keeps: impl Fn(&(String, Vec<Token>), &Said) -> bool,
) -> Vec<(String, Vec<Token>)> {
    let sentences: Vec<Vec<Token>> = all.iter().map(|(_, words)| words.clone()).collect();
    let mut places = align(typed, words, &sentences).into_iter();
    all.retain(|one| places.next().flatten().is_some_and(|said| keeps(one, &said)));
    all
}

/// "An RSPB volunteer" for "a RSPB volunteer".
fn with_right_articles(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let following = words.iter().skip(1).map(Some).chain([None]);
    let right = words.iter().zip(following).map(|(word, next)| match next {
        Some(next) if ["a", "an"].contains(word) => article(next),
        _ => word,
    });
    right.collect::<Vec<_>>().join(" ")
}

/// Takes out sentences all of whose words another one has.
fn leave_out_repeated(sentences: &mut Vec<Noted>) {
    let keys: Vec<Vec<String>> = sentences
        .iter()
        .map(|noted| tokens(&noted.text).into_iter().map(|word| word.key).filter(|key| !ADDED.has(key)).collect())
        .collect();
    let is_within = |one: usize, other: usize| {
        one != other
            && keys[one].iter().all(|key| keys[other].contains(key))
            && (keys[one].len() < keys[other].len() || one > other)
    };
    let mut at = 0..keys.len();
    sentences.retain(|_| at.next().is_some_and(|one| !(0..keys.len()).any(|other| is_within(one, other))));
}

/// Whether every word of a sentence was typed in its note, and it says the most of it.
fn is_true(words: &[Token], said: &Said, sentence: &[Token], field: Field) -> bool {
    let (around, near) = (&words[said.around.clone()], &words[said.near.clone()]);
    let support = Support::of(around, field);
    let is_borne = |(at, word): (usize, &Token)| support.bears(word) || at == 0 && word.key == "one";
    sentence.iter().enumerate().all(is_borne)
        && repeats_nothing(around, sentence)
        && keeps_content(&words[said.from..=said.to], near, sentence)
}

/// Whether a sentence keeps the words of its note that change what it says.
fn keeps_state(typed: &str, words: &[Token], said: &Said, sentence: &[Token]) -> bool {
    let near = &words[said.near.clone()];
    let beside = near.first().zip(near.last()).map_or("", |(first, last)| &typed[first.span.start..last.span.end]);
    let keeps = |typed: &Token, list: &List| sentence.iter().any(|word| says(typed, &word.key) || list.has(&word.key));
    let denies = |words: &[Token]| words.iter().any(|word| NEGATIONS.has(&word.key));
    // What has begun is not due.
    let has = |words: &[Token], one: &str| words.iter().any(|word| word.key == one);
    denies(near) == denies(sentence)
        && !(has(near, "started") && has(sentence, "due"))
        && near.iter().filter(|word| UNFINISHED.has(&word.key)).all(|word| keeps(word, &UNFINISHED))
        && near.iter().filter(|word| QUALIFIERS.has(&word.key)).all(|word| keeps(word, &QUALIFIERS))
        && keeps_degree(beside, near, sentence)
}

/// Whether a sentence says no word of substance more often than it was typed: "due to submit Module 3 to be submitted".
fn repeats_nothing(around: &[Token], sentence: &[Token]) -> bool {
    let is_same = |one: &Token, other: &Token| {
        one.key == other.key || verb::base(&one.key).is_some_and(|base| verb::base(&other.key) == Some(base))
    };
    let is_long = |key: &str| match key.chars().filter(|c| c.is_alphabetic()).count() {
        // A year.
        0 => key.len() == 4,
        letters => letters > 3,
    };
    let counts = |word: &&Token| !ADDED.has(&word.key) && is_long(&word.key);
    let said = |word: &Token| sentence.iter().filter(|other| is_same(word, other)).count();
    let typed = |word: &Token| around.iter().filter(|typed| says(typed, &word.key)).count();
    sentence.iter().filter(counts).all(|word| said(word) <= typed(word).max(1))
}

/// Whether a sentence says all numbers between its first and its last word, and nearly all words of substance of its note:
/// what is left out may have been what the rest was about.
fn keeps_content(span: &[Token], near: &[Token], sentence: &[Token]) -> bool {
    let is_left = |word: &&Token| !ADDED.has(&word.key) && !sentence.iter().any(|said| says(word, &said.key));
    let is_number = |word: &Token| word.key.starts_with(|c: char| c.is_ascii_digit());
    let counts = near.iter().filter(|word| !ADDED.has(&word.key)).count();
    let most = (counts * LOST_PERCENT / 100).max(1);
    let matters = |word: &Token| is_number(word) || word.is_name;
    !span.iter().filter(is_left).any(is_number)
        && !near.iter().filter(is_left).any(matters)
        && near.iter().filter(is_left).count() <= most
}

/// Whether a line is a sentence that can stand in a letter.
fn is_sentence(text: &str) -> bool {
    let starts = text.chars().next().is_some_and(char::is_uppercase);
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let stutters = STUTTER.is_match(text) || words.windows(2).any(|pair| pair[0].len() > 2 && pair[0] == pair[1]);
    let is_raw = [" + ", " / "].iter().any(|mark| text.contains(mark)) || AND.replace_all(text, "").contains(" & ");
    starts
        && !stutters
        && !is_raw
        && WORDS.contains(&text.split(' ').count())
        && reads(text)
        && !has_stop(text)
        && fits(text)
        && frame::holds(text)
}

/// Whether a letter should say it.
fn is_fit(typed: &str, text: &str) -> bool {
    // A little of a language is more than none.
    let is_language = text.starts_with("I speak ") && A_LITTLE.iter().any(|degree| text.contains(degree));
    let is_harmless = |why: Option<Why>| match why {
        None | Some(Why::Anybody) => true,
        Some(Why::Weak) => is_language,
        Some(_) => false,
    };
    is_harmless(screen(typed)) && is_harmless(screen(text)) && is_harmless(prose::fault(text))
}

/// Whether a stop stands within the text, other than behind a letter or two: "a B.E. in Design", "Co. Down".
fn has_stop(text: &str) -> bool {
    let mut stops = text.match_indices(". ");
    stops.any(|(at, _)| text[..at].chars().rev().take_while(|c| c.is_alphanumeric()).count() > 2)
}

/// The words of substance that were typed, and how many of them no sentence says.
fn covered(words: &[Token], found: &[(Range<usize>, Noted)]) -> (usize, usize) {
    let counts = |at: &usize| !ADDED.has(&words[*at].key);
    let is_left = |at: &usize| !found.iter().any(|(range, _)| range.contains(at));
    ((0..words.len()).filter(counts).count(), (0..words.len()).filter(counts).filter(is_left).count())
}

#[cfg(test)]
mod tests;
