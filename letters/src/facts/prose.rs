//! Recognises sentences that the applicant has written out: a letter says them whole, in the applicant's own words.
//!
//! ```text
//!   field ──▶ sentences ──▶ clauses that begin with "I" or "My" ──▶ screen ──▶ whole, or without what weakens them
//! ```
//!
//! The facts that stand in such a sentence are still told apart, so that requirements find them; but no sentence of the
//! program takes them to pieces.

mod right;
mod statement;
mod whole;

use std::ops::Range;

use super::fact::{Field, Why};
use super::pieces::{Piece, sentences};
use super::shorthand::holds_shorthand;
use super::spelling::upper_first;
use super::work::duties;
use crate::words::list;
use right::right;
use statement::is_statement;
pub use whole::fault;
use whole::{dangles, fits, has_verb, starts, without_concession};

list!(LEADS = "prose/leads");
list!(BACKWARD = "prose/backward");
list!(WORKING = "prose/working");
list!(HANGING = "prose/hanging");

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

/// When the work is of which a field tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// Now.
    Now,
    /// Before.
    Past,
}

/// What becomes of a clause that the applicant wrote out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clause {
    /// It can stand in a letter as this sentence.
    Whole(String),
    /// It must not, for this reason.
    LeftOut(Why),
}

/// Fewest and most words of a sentence: "I drive".
const WORDS: std::ops::RangeInclusive<usize> = 2..=44;
/// Most words of two sentences that are kept together.
const TOGETHER_MAX: usize = 70;
/// The clauses of a field that the applicant wrote out, in their order, each with the bytes that say it. In a field
/// about work, sentences about other things than the applicant count as well.
#[must_use]
pub fn clauses(field: &str, work: Option<Tense>) -> Vec<(Range<usize>, Clause)> {
    let mut found: Vec<(Range<usize>, Clause)> = Vec::new();
    for sentence in sentences(field) {
        let parts = parts(field, &sentence);
        let read: Vec<Option<Clause>> = parts.iter().map(|part| clause(&part.text)).collect();
        let is_whole = read.iter().all(|clause| matches!(clause, Some(Clause::Whole(_))));
        match clause(&sentence.text) {
            Some(Clause::Whole(_)) if speaks_of_left_out(field, &found, &sentence) => {
                found.push((sentence.span, Clause::LeftOut(Why::Unread)));
            }
            Some(whole @ Clause::Whole(_)) if is_whole => found.push((sentence.span, whole)),
            _ if adds_to_last(field, &mut found, &sentence) => {}
            None if work.is_some_and(|tense| adds_duties(field, &mut found, &sentence, tense)) => {}
            _ if work.is_some() && stands_alone(&sentence.text) => {
                found.push((sentence.span, Clause::Whole(right(&sentence.text))));
            }
            _ if parts.len() > 1 => {
                found.extend(parts.into_iter().zip(read).filter_map(|(part, clause)| Some((part.span, clause?))));
            }
            Some(left) => found.push((sentence.span, left)),
            None => {}
        }
    }
    found
}

/// "Two of them", "that kind": whether a sentence speaks of what only the sentence before it names, which is left out.
fn speaks_of_left_out(field: &str, found: &[(Range<usize>, Clause)], sentence: &Piece) -> bool {
    let Some((span, Clause::LeftOut(_))) = found.last() else { return false };
    let follows = field[span.end..sentence.span.start].chars().all(|c| !c.is_alphanumeric());
    let lower = format!(" {} ", sentence.text.to_lowercase());
    follows
        && [" of them ", " of them, ", " of those ", " that kind ", " both of "]
            .iter()
            .any(|words| lower.contains(words))
}

/// "There I ran the stall": whether a sentence that hangs on the sentence before it was added to it.
fn adds_to_last(field: &str, found: &mut [(Range<usize>, Clause)], sentence: &Piece) -> bool {
    let right = right(&sentence.text);
    let Some((span, Clause::Whole(before))) = found.last_mut() else { return false };
    let follows = field[span.end..sentence.span.start].chars().all(|c| !c.is_alphanumeric());
    let words = before.split(' ').count() + right.split(' ').count();
    if !follows || words > TOGETHER_MAX || fault(&right).is_some() {
        return false;
    }
    let points_back = || BACKWARD.beginning_of(&right.to_lowercase()).is_some() && has_verb(&right) && fits(&right);
    let hangs = || starts(&right) && has_verb(&right) && dangles(&right) && fits(&right);
    if !(points_back() || hangs() || is_statement(&right)) || holds_shorthand(&right, &sentence.text) {
        return false;
    }
    *before = format!("{before}. {}", upper_first(&right));
    span.end = sentence.span.end;
    true
}

/// "I work at a café in Ranelagh. Espresso, brunch service.": whether a list of duties was added to the sentence before.
fn adds_duties(field: &str, found: &mut [(Range<usize>, Clause)], sentence: &Piece, tense: Tense) -> bool {
    let Some((span, Clause::Whole(before))) = found.last_mut() else { return false };
    let follows = field[span.end..sentence.span.start].chars().all(|c| !c.is_alphanumeric());
    let is_job = WORKING.beginning_of(before).is_some() && !before.contains(". ");
    let Some(items) = duties::listed(&sentence.text).filter(|_| follows && is_job) else { return false };
    let clause = duties::includes(&items, "there", tense == Tense::Now);
    *before = format!("{before}. {}", upper_first(&clause));
    span.end = sentence.span.end;
    true
}

/// Whether a sentence tells how what stands before it went on: "I left when the shop closed".
#[must_use]
pub fn hangs(text: &str) -> bool {
    HANGING.beginning_of(text).is_some()
}

/// Whether a sentence about something else than "I" can be said without the one before it.
fn stands_alone(typed: &str) -> bool {
    let right = right(typed);
    BACKWARD.beginning_of(&right.to_lowercase()).is_none()
        && !right.starts_with("There ")
        && is_statement(&right)
        && !holds_shorthand(&right, typed)
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
