//! Plans: what each sentence of a letter says, and how. The program plans, and the built-in model finds the words.
//!
//! The model writes each planned sentence with names such as `{position}`, and the program puts the applicant's own
//! words in their place. So the model can neither change nor forget nor obey what people typed. A sentence that is not
//! as planned gives way to the program's own.
//!
//! ```text
//!   Facts, Evidence ──▶ outline ──▶ Plan ──▶ model ──▶ sentences: as planned? ──▶ letter
//! ```

mod answer;
mod choices;
mod moves;
mod outline;
mod own;
mod paragraph;
mod planned;
mod sentence;
mod telling;
mod warm;
mod whole;

use std::fmt;

use crds::request::{LetterOptions, Tone};

use crate::complete::{Message, Role};
use crate::evidence::Evidence;
use crate::facts::Facts;
use choices::Choices;
use own::Own;

pub(crate) use paragraph::joined;
#[cfg(test)]
pub(crate) use planned::step;
pub(crate) use sentence::{Sentence, frames};
pub(crate) use warm::contracted;

/// The system prompt of the training, word for word.
const SYSTEM: &str = "You write cover letters.";

/// The plan of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    tone: Tone,
    seed: u64,
    /// The paragraphs from the salutation to the thanks.
    paragraphs: Vec<Vec<Sentence>>,
}

impl Plan {
    /// Plans the letter of `facts`. The same seed gives the same plan; another seed may give another one.
    pub(crate) fn of(facts: &Facts, evidence: &Evidence, options: &LetterOptions, seed: u64) -> Self {
        let turn = Choices::new(seed).pick(6);
        Self { tone: options.tone, seed, paragraphs: outline::outline(facts, evidence, options, turn) }
    }

    /// A plan without sentences.
    pub(crate) const fn empty(tone: Tone) -> Self {
        Self { tone, seed: 0, paragraphs: Vec::new() }
    }

    /// The facts of the sentences that hold these words, in the program's own words.
    pub(crate) fn facts_of(&self, words: &str) -> Vec<usize> {
        let mut wording = Own::new(self.seed);
        let sentences = self.paragraphs.iter().flatten();
        let mut found = Vec::new();
        for sentence in sentences {
            let text = wording.word(sentence, self.tone, None);
            // Two sentences that become one share their words.
            if text.contains(words) || words.contains(text.trim_end_matches('.')) {
                found.extend(&sentence.facts);
            }
        }
        found
    }

    /// The conversation that asks for the letter.
    pub(crate) fn messages(&self) -> Vec<Message> {
        vec![
            Message { role: Role::System, content: SYSTEM.to_owned() },
            Message { role: Role::User, content: self.to_string() },
        ]
    }

    /// The text of the letter without its signature, in the words of `answer` where they are as planned, else in the
    /// program's own; and the number of sentences in the program's own.
    pub(crate) fn read(&self, answer: &str) -> (String, usize) {
        let mut wording = Own::new(self.seed);
        let written = answer::sentences(answer, &self.paragraphs);
        let mut own = 0;
        let paragraphs = self.paragraphs.iter().zip(written).map(|(planned, written)| {
            let sentences = planned.iter().zip(written).map(|(sentence, written)| {
                let written = written.and_then(|frame| sentence.written(&frame, self.tone));
                own += usize::from(written.is_none());
                (sentence, wording.word(sentence, self.tone, written))
            });
            paragraph::paragraph(&sentences.collect::<Vec<_>>())
        });
        (paragraphs.collect::<Vec<_>>().join("\n\n"), own)
    }
}

/// The plan as the model reads it: the tone, then one line of moves for each paragraph.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.tone {
            Tone::Professional => "<professional>",
            Tone::Warm => "<warm>",
            Tone::Direct => "<direct>",
        })?;
        for sentences in &self.paragraphs {
            f.write_str("\n")?;
            sentences.iter().try_for_each(|sentence| write!(f, "{}", sentence.step))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
