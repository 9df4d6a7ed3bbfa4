//! The model's answer: parsed, compared with the plan, filled with the applicant's words.

mod marks;

use std::collections::BTreeSet;

use super::moves::Move;
use super::references::Reference;
use crate::facts::Facts;
use crate::facts::spelling::upper_first;

/// A run of so many words sounds like a repetition when it comes again.
const REPEATED_WORDS: usize = 5;

/// The sentences of a letter, as planned, with references in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentences {
    paragraphs: Vec<Vec<String>>,
    faults: usize,
}

/// How an answer differs from its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAsPlanned {
    /// A required sentence is missing or out of order, or a sentence is not in the plan.
    #[error("the model wrote other sentences than planned")]
    Moves,
    /// A sentence lacks a reference, holds another, or has no end.
    #[error("a sentence does not hold what it should")]
    Sentence,
}

impl Sentences {
    /// Reads the model's answer to the plan of these paragraphs. A sentence that is not required may be missing, and is
    /// left out when it repeats an earlier one.
    ///
    /// # Errors
    /// [`NotAsPlanned`] unless every required sentence is there, once and in its order, every sentence is planned, and
    /// each holds its references and no others.
    pub(super) fn read(answer: &str, plan: &[Vec<Move>]) -> Result<Self, NotAsPlanned> {
        let written = marks::paragraphs(answer).ok_or(NotAsPlanned::Moves)?;
        let moves: Vec<Move> = written.iter().flatten().map(|(step, _)| *step).collect();
        let planned: Vec<Move> = plan.iter().flatten().copied().collect();
        let required =
            |moves: &[Move]| -> Vec<Move> { moves.iter().copied().filter(|step| step.is_required()).collect() };
        if required(&moves) != required(&planned) {
            return Err(NotAsPlanned::Moves);
        }
        let mut missing = planned;
        for step in &moves {
            let at = missing.iter().position(|planned| planned == step).ok_or(NotAsPlanned::Moves)?;
            missing.swap_remove(at);
        }
        let mut faults = missing.len();
        let mut runs = Runs::default();
        let mut paragraphs = Vec::new();
        for sentences in written {
            let mut kept = Vec::new();
            for (step, sentence) in sentences {
                if !is_whole(&sentence, &step.references()) {
                    return Err(NotAsPlanned::Sentence);
                }
                faults += usize::from(matches!(step, Move::Open { .. }) && names_the_job_twice(&sentence));
                let is_repetition = runs.repeats(&sentence);
                faults += usize::from(is_repetition);
                if !is_repetition || step.is_required() {
                    kept.push(sentence);
                }
            }
            if !kept.is_empty() {
                paragraphs.push(kept);
            }
        }
        Ok(Self { paragraphs, faults })
    }

    /// The number of planned sentences that are missing, repeat an earlier one, or name the job twice.
    pub(super) const fn faults(&self) -> usize {
        self.faults
    }

    /// The letter without its signature: the applicant's words in the place of the references.
    ///
    /// # Errors
    /// [`NotAsPlanned::Sentence`] when the facts have no words for a reference.
    pub(super) fn filled(&self, facts: &Facts) -> Result<String, NotAsPlanned> {
        let paragraph = |sentences: &Vec<String>| -> Option<String> {
            let filled: Option<Vec<String>> = sentences.iter().map(|sentence| fill(sentence, facts)).collect();
            Some(filled?.join(" "))
        };
        let paragraphs: Option<Vec<String>> = self.paragraphs.iter().map(paragraph).collect();
        Ok(paragraphs.ok_or(NotAsPlanned::Sentence)?.join("\n\n"))
    }
}

/// The runs of words that a letter holds so far.
#[derive(Default)]
struct Runs(BTreeSet<String>);

impl Runs {
    /// Adds the runs of a sentence; whether one of them came before, in this sentence or an earlier one.
    fn repeats(&mut self, sentence: &str) -> bool {
        let bare = |word: &str| word.trim_end_matches(['.', ',']).to_lowercase();
        let words: Vec<String> = sentence.split_whitespace().map(bare).collect();
        words.windows(REPEATED_WORDS).filter(|run| !self.0.insert(run.join(" "))).count() > 0
    }
}

/// Whether a sentence speaks of "the vacancy for the ... vacancy".
fn names_the_job_twice(sentence: &str) -> bool {
    ["vacancy", "position", "opening", "post", "role"].iter().any(|word| sentence.matches(word).count() > 1)
}

/// Whether a sentence holds these references, each once, and no others, and ends as a sentence does.
fn is_whole(sentence: &str, references: &[Reference]) -> bool {
    let found: Vec<Option<Reference>> = sentence
        .split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}').map(|(name, _)| Reference::parse(name)))
        .collect();
    found.len() == references.len()
        && sentence.matches(['{', '}']).count() == 2 * references.len()
        && references.iter().all(|reference| found.contains(&Some(*reference)))
        && !sentence.contains(['<', '>', '\n'])
        && sentence.ends_with(['.', ','])
        && sentence.len() > 3
}

/// Replaces the references of a sentence by the applicant's words, once: a reference within those words stays. A stop
/// at their end also ends the sentence. `None` when the facts have no words for a reference.
fn fill(sentence: &str, facts: &Facts) -> Option<String> {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}')?;
        let reference = Reference::parse(name)?;
        let words = reference.words(facts)?;
        text.push_str(before);
        let begins_sentence = text.is_empty() || text.ends_with(". ");
        let is_spelt_as_given = !begins_sentence || reference == Reference::Company;
        text.push_str(&if is_spelt_as_given { words.to_owned() } else { upper_first(words) });
        rest = match after.strip_prefix('.') {
            Some(behind) if words.ends_with(['.', '!', '?']) => behind,
            _ => after,
        };
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests;
