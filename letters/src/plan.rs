//! Plans: which sentences a letter has, in which order. The program plans and the built-in model writes.
//!
//! The model writes each planned sentence with references such as `{company}`, and the program replaces them with the
//! applicant's own words. So the model can neither change nor forget nor obey what people typed.
//!
//! ```text
//!   Facts ──▶ Plan ──▶ model ──▶ sentences, each behind its move ──▶ Sentences: as planned? ──▶ letter
//! ```

mod choices;
mod fillers;
mod moves;
mod references;
mod sentences;

use std::fmt;

use crds::request::{Length, LetterOptions, Tone};

use crate::complete::{Message, Role};
use crate::facts::Facts;
use crate::facts::experience::{Experience, When};
use crate::facts::preferred::Preferred;
use crate::facts::qualifications::Qualifications;
use crate::facts::tidy::words;
use choices::Choices;
use fillers::Fillers;
use moves::Move;
use sentences::Sentences;

pub(crate) use sentences::NotAsPlanned;

/// The system prompt of the training, word for word.
const SYSTEM: &str = "You write cover letters.";
/// Words of the closing line and the name.
const SIGNATURE_WORDS: usize = 3;

/// The plan of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    tone: Tone,
    /// The paragraphs from the salutation to the thanks.
    paragraphs: Vec<Vec<Move>>,
}

impl Plan {
    /// Plans the letter of `facts`. The same seed gives the same plan; another seed may give another one.
    pub(crate) fn of(facts: &Facts, options: &LetterOptions, seed: u64) -> Self {
        let mut choices = Choices::new(seed);
        let tone = options.tone;
        let mut paragraphs = vec![vec![greeting(facts, &mut choices)], vec![opening(facts)]];
        paragraphs.extend(middle(facts, options.length, &mut choices));
        paragraphs.push(vec![Move::Close, Move::Thanks]);
        let mut plan = Self { tone, paragraphs };
        let target = target(options.length);
        let mut fillers = Fillers::of(facts, &mut choices);
        while plan.length(facts) + fillers.next_length(tone) / 2 < target {
            let Some(filler) = fillers.next() else { break };
            filler.put_into(&mut plan.paragraphs, tone);
        }
        plan
    }

    /// A plan without sentences.
    pub(crate) const fn empty(tone: Tone) -> Self {
        Self { tone, paragraphs: Vec::new() }
    }

    /// The conversation that asks for the letter.
    pub(crate) fn messages(&self) -> Vec<Message> {
        vec![
            Message { role: Role::System, content: SYSTEM.to_owned() },
            Message { role: Role::User, content: self.to_string() },
        ]
    }

    /// The text of the letter that `answer` makes, and the number of its faults, which a careful reader would mind.
    ///
    /// # Errors
    /// When the model did not write what was planned.
    pub(crate) fn read(&self, answer: &str, facts: &Facts) -> Result<(String, usize), NotAsPlanned> {
        let sentences = Sentences::read(answer, &self.paragraphs)?;
        Ok((sentences.filled(facts)?, sentences.faults()))
    }

    /// About how many words the letter will have.
    fn length(&self, facts: &Facts) -> usize {
        let sentences = self.paragraphs.iter().flatten().map(|step| {
            let own: usize = step.references().into_iter().filter_map(|name| name.words(facts)).map(words).sum();
            step.length(self.tone) + own
        });
        sentences.sum::<usize>() + SIGNATURE_WORDS
    }
}

/// The plan as the model reads it: the tone, then one line for each paragraph.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.tone {
            Tone::Professional => "<professional>",
            Tone::Warm => "<warm>",
            Tone::Direct => "<direct>",
        })?;
        for moves in &self.paragraphs {
            f.write_str("\n")?;
            moves.iter().try_for_each(|step| write!(f, "{step}"))?;
        }
        Ok(())
    }
}

/// Words to aim for.
const fn target(length: Length) -> usize {
    match length {
        Length::Short => 172,
        Length::Standard => 242,
        Length::Long => 340,
    }
}

fn greeting(facts: &Facts, choices: &mut Choices) -> Move {
    let is_short = facts.company.as_deref().is_some_and(|company| words(company) <= 4);
    Move::Greet { to_company: is_short && choices.pick(2) == 0 }
}

fn opening(facts: &Facts) -> Move {
    Move::Open { title: facts.title.as_ref().map(|title| title.kind), has_company: facts.company.is_some() }
}

/// The paragraphs that carry the applicant's words.
fn middle(facts: &Facts, length: Length, choices: &mut Choices) -> Vec<Vec<Move>> {
    let of = |when| facts.experience(when).map(|experience| moves_of(experience, when)).unwrap_or_default();
    let (current, past) = (of(When::Now), of(When::Before));
    let skills = skills(facts, choices);
    let held: Vec<Move> = facts.qualifications.as_ref().map(qualifications).into_iter().collect();
    let preferred = facts.preferred.as_ref().map(preferred).unwrap_or_default();
    let mut paragraphs = match (length, choices.pick(3)) {
        (Length::Short, _) | (Length::Standard, 0) => vec![[current, past].concat()],
        _ => vec![current, past],
    };
    paragraphs.extend(match (length, choices.pick(3)) {
        (Length::Long, _) => vec![skills, [held, preferred].concat()],
        (_, 0) => vec![[held, skills].concat(), preferred],
        _ => vec![[skills, held].concat(), preferred],
    });
    paragraphs.retain(|moves| !moves.is_empty());
    paragraphs
}

/// The move of the experience's shape, and one for further roles.
fn moves_of(experience: &Experience, when: When) -> Vec<Move> {
    let mut moves = vec![Move::Experience { when, shape: experience.shape.kind(), family: experience.family }];
    moves.extend(experience.more.as_ref().map(|_| Move::More(when)));
    moves
}

fn skills(facts: &Facts, choices: &mut Choices) -> Vec<Move> {
    let skills = &facts.skills;
    let given = [(&skills.sentence, Move::SkillSentence), (&skills.list, Move::Skills), (&skills.traits, Move::Traits)];
    let mut moves: Vec<Move> = given.into_iter().filter(|(text, _)| text.is_some()).map(|(_, step)| step).collect();
    if choices.pick(3) == 0 {
        moves.reverse();
    }
    moves
}

const fn qualifications(given: &Qualifications) -> Move {
    match given {
        Qualifications::Held(_) => Move::QualificationsHeld,
        Qualifications::Ongoing(_) => Move::QualificationsOngoing,
        Qualifications::Listed(_) => Move::QualificationsListed,
    }
}

fn preferred(preferred: &Preferred) -> Vec<Move> {
    let named = match preferred {
        Preferred::Named(_) => Move::PreferredNamed,
        Preferred::Quoted(_) => Move::PreferredQuoted,
    };
    vec![named, Move::Answer]
}

#[cfg(test)]
mod tests;
