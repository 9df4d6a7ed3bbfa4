//! Recognises sentences that the applicant has written out: a letter says them whole, in the applicant's own words.
//!
//! ```text
//!   field ──▶ sentences ──▶ clauses that begin with "I" or "My" ──▶ screen ──▶ whole, or without what weakens them
//! ```
//!
//! The facts that stand in such a sentence are still told apart, so that requirements find them; but no sentence of the
//! program takes them to pieces.

mod right;
mod whole;

use std::ops::Range;

use super::fact::{Field, Why};
use super::pieces::{Piece, sentences};
use super::shorthand::holds_shorthand;
use super::spelling::upper_first;
use crate::words::list;
use right::right;
use whole::{dangles, fault, fits, has_verb, starts, without_concession};

list!(LEADS = "prose/leads");
list!(BACKWARD = "prose/backward");

/// A sentence that the applicant wrote out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The field of the form.
    pub field: Field,
    /// The bytes of the field that say it.
    pub span: Range<usize>,
    /// The sentence without its stop, without contractions.
    pub text: String,
    /// The facts in it, by their places in the whole.
    pub facts: Vec<usize>,
}

/// What becomes of a clause that the applicant wrote out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// It can stand in a letter as this sentence.
    Whole(String),
    /// It must not, for this reason.
    LeftOut(Why),
}

/// Fewest and most words of a sentence.
const WORDS: std::ops::RangeInclusive<usize> = 3..=44;
/// Most words of two sentences that are kept together.
const TOGETHER_MAX: usize = 60;
/// The clauses of a field that the applicant wrote out, in their order, each with the bytes that say it.
#[must_use]
pub fn clauses(field: &str) -> Vec<(Range<usize>, Clause)> {
    let mut found: Vec<(Range<usize>, Clause)> = Vec::new();
    for sentence in sentences(field) {
        let parts = parts(field, &sentence);
        let read: Vec<Option<Clause>> = parts.iter().map(|part| clause(&part.text)).collect();
        let is_whole = read.iter().all(|clause| matches!(clause, Some(Clause::Whole(_))));
        match clause(&sentence.text) {
            Some(whole @ Clause::Whole(_)) if is_whole => found.push((sentence.span, whole)),
            _ if parts.len() > 1 => {
                found.extend(parts.into_iter().zip(read).filter_map(|(part, clause)| Some((part.span, clause?))));
            }
            Some(left) => found.push((sentence.span, left)),
            None => add_to_last(field, &mut found, &sentence),
        }
    }
    found
}

/// "There I ran the stall": a sentence that points back stays with the sentence before it, or is read like any entry.
fn add_to_last(field: &str, found: &mut [(Range<usize>, Clause)], sentence: &Piece) {
    let right = right(&sentence.text);
    let Some((span, Clause::Whole(before))) = found.last_mut() else { return };
    let follows = field[span.end..sentence.span.start].chars().all(|c| !c.is_alphanumeric());
    let points_back = BACKWARD.beginning_of(&right.to_lowercase()).is_some();
    let words = before.split(' ').count() + right.split(' ').count();
    if follows && points_back && words <= TOGETHER_MAX && has_verb(&right) && fault(&right).is_none() && fits(&right) {
        *before = format!("{before}. {}", upper_first(&right));
        span.end = sentence.span.end;
    }
}

/// The clauses of a sentence, each of which begins with its own "I".
fn parts(field: &str, sentence: &Piece) -> Vec<Piece> {
    let text = &field[sentence.span.clone()];
    let joints = [" and ", " but ", " so ", " then ", "; "];
    let mut cuts: Vec<(usize, usize)> =
        joints.iter().flat_map(|joint| text.match_indices(joint).map(|(at, joint)| (at, at + joint.len()))).collect();
    cuts.sort_unstable();
    cuts.retain(|(_, end)| starts_clause(&text[*end..]));
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, end) in cuts.into_iter().chain([(text.len(), text.len())]).filter(|(at, _)| *at > 0) {
        if at < start {
            continue;
        }
        let typed = text[start..at].trim_matches([' ', ',', '.', '!']);
        let span = sentence.span.start + start..sentence.span.start + at;
        parts.push(Piece { span, text: typed.to_owned() });
        start = end;
    }
    parts
}

/// Whether a text goes on with an "I", perhaps behind when or where: "in between I have been".
fn starts_clause(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().take(6).collect();
    let at = words.iter().position(|word| is_self(word));
    at.is_some_and(|at| at == 0 || LEADS.beginning_of(&format!("{} ", words[..at].join(" ").to_lowercase())).is_some())
}

fn is_self(word: &str) -> bool {
    matches!(word.to_lowercase().replace('’', "'").as_str(), "i" | "i'm" | "im" | "i've" | "ive" | "i'd" | "i'll")
}

/// Reads a clause; `None` when it is none that somebody wrote out, or not surely one that a letter can say.
fn clause(typed: &str) -> Option<Clause> {
    let text = right(typed);
    if !starts(&text) || !has_verb(&text) {
        return None;
    }
    let kept = without_concession(&text);
    if !starts(&kept) || !has_verb(&kept) || kept.split(' ').count() < *WORDS.start() {
        return Some(Clause::LeftOut(Why::Weak));
    }
    if let Some(why) = fault(&kept) {
        return Some(Clause::LeftOut(why));
    }
    if dangles(&kept) || text.contains("Saturday") && typed.contains(" sat ") {
        return Some(Clause::LeftOut(Why::Unread));
    }
    let is_written = fits(&kept) && !holds_shorthand(&kept, typed);
    (WORDS.contains(&kept.split(' ').count()) && is_written).then_some(Clause::Whole(kept))
}

#[cfg(test)]
mod tests;
