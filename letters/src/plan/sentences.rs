//! The model's answer: taken apart, compared with the plan, filled in.

mod marks;

use std::collections::BTreeSet;

use super::Plan;
use super::moves::Move;
use super::references::value;
use crate::facts::Facts;
use crate::facts::experience::upper_first;

/// Words that sound like a repetition when they come again.
const REPEATED_WORDS: usize = 5;

/// The sentences of a letter, as planned, with references in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    paragraphs: Vec<Vec<String>>,
    /// What a careful reader would mind.
    faults: usize,
}

/// How an answer differs from what was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Astray {
    /// Sentences that were not planned, or not all that carry the applicant's words, or those in another order.
    #[error("the model wrote other sentences than planned")]
    Moves,
    /// A sentence without the applicant's words, with others, or without an end.
    #[error("a sentence does not hold what it should")]
    Sentence,
}

impl Draft {
    /// Reads the model's answer to `plan`. Sentences that carry nothing of the applicant's may be missing, and are left out
    /// when they say again what has been said.
    ///
    /// # Errors
    /// [`Astray`] unless every planned sentence with a reference is there, once and in its order, holds its references and no
    /// others, and no sentence is there that was not planned.
    pub fn read(answer: &str, plan: &Plan) -> Result<Self, Astray> {
        let written = marks::paragraphs(answer)?;
        let moves: Vec<&Move> = written.iter().flatten().map(|(step, _)| step).collect();
        let planned: Vec<&Move> = plan.paragraphs.iter().flatten().collect();
        let is_carrier = |step: &&&Move| !step.references().is_empty() || step.is_pillar();
        if !moves.iter().filter(is_carrier).eq(planned.iter().filter(is_carrier)) {
            return Err(Astray::Moves);
        }
        let mut left = planned.clone();
        for step in &moves {
            let at = left.iter().position(|planned| planned == step).ok_or(Astray::Moves)?;
            left.swap_remove(at);
        }
        let mut faults = left.len();
        let mut said = Said::default();
        let mut paragraphs = Vec::new();
        for moves in written {
            let mut kept = Vec::new();
            for (step, sentence) in moves {
                if !holds(&sentence, &step.references()) {
                    return Err(Astray::Sentence);
                }
                faults += usize::from(step.name() == "open" && names_the_post_twice(&sentence));
                if said.again(&sentence) {
                    faults += 1;
                    if !is_carrier(&&&step) {
                        continue;
                    }
                }
                kept.push(sentence);
            }
            paragraphs.push(kept);
        }
        paragraphs.retain(|sentences: &Vec<String>| !sentences.is_empty());
        Ok(Self { paragraphs, faults })
    }

    /// How many planned sentences are missing, say again what has been said, or name the post twice.
    #[must_use]
    pub fn faults(&self) -> usize {
        self.faults
    }

    /// The letter without a signature: the applicant's words in the place of the references.
    ///
    /// # Errors
    /// [`Astray::Sentence`] when a reference has nothing behind it.
    pub fn filled(&self, facts: &Facts) -> Result<String, Astray> {
        let paragraph = |sentences: &Vec<String>| -> Result<String, Astray> {
            let filled: Result<Vec<String>, Astray> = sentences.iter().map(|sentence| fill(sentence, facts)).collect();
            Ok(filled?.join(" "))
        };
        let paragraphs: Result<Vec<String>, Astray> = self.paragraphs.iter().map(paragraph).collect();
        Ok(paragraphs?.join("\n\n"))
    }
}

/// Runs of words that a letter has had.
#[derive(Default)]
struct Said(BTreeSet<String>);

impl Said {
    /// Whether a sentence has a run of words that came before, in it or in an earlier one; its runs count from now on.
    fn again(&mut self, sentence: &str) -> bool {
        let bare = |word: &str| word.trim_end_matches(['.', ',']).to_lowercase();
        let words: Vec<String> = sentence.split_whitespace().map(bare).collect();
        words.windows(REPEATED_WORDS).filter(|run| !self.0.insert(run.join(" "))).count() > 0
    }
}

/// Whether a sentence speaks of "the vacancy for the ... vacancy".
fn names_the_post_twice(sentence: &str) -> bool {
    ["vacancy", "position", "opening", "post", "role"].iter().any(|post| sentence.matches(post).count() > 1)
}

/// Whether a sentence holds these references, each once, and no others, and ends like one.
fn holds(sentence: &str, references: &[String]) -> bool {
    let found: Vec<&str> =
        sentence.split('{').skip(1).filter_map(|piece| piece.split_once('}').map(|(name, _)| name)).collect();
    found.len() == references.len()
        && sentence.matches(['{', '}']).count() == 2 * references.len()
        && references.iter().all(|name| found.contains(&name.as_str()))
        && !sentence.contains(['<', '>', '\n'])
        && sentence.ends_with(['.', ','])
        && sentence.len() > 3
}

/// Puts the applicant's words in, once: references in those words stay words. A stop that they end with serves the
/// sentence as well.
fn fill(sentence: &str, facts: &Facts) -> Result<String, Astray> {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, reference)) = rest.split_once('{') {
        let (name, after) = reference.split_once('}').ok_or(Astray::Sentence)?;
        let words = value(facts, name).ok_or(Astray::Sentence)?;
        text.push_str(before);
        let begins_sentence = text.is_empty() || text.ends_with(". ");
        text.push_str(&if begins_sentence && name != "company" { upper_first(words) } else { words.to_owned() });
        rest = match after.strip_prefix('.') {
            Some(behind) if words.ends_with(['.', '!', '?']) => behind,
            _ => after,
        };
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests;
