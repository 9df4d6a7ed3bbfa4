//! Which sentences a letter has, in which order. Drawn up by the program, so that the model neither forgets nor plans.

mod fillers;
mod moves;
mod references;
mod sentences;

use std::fmt::Write as _;

use crds::request::{Length, LetterOptions, Tone};

use crate::facts::Facts;
use crate::facts::preferred::Wish;
use crate::facts::qualifications::Qualifications;
use crate::facts::tidy::words;
use crate::facts::title::Kind;
use crate::style::{Message, Role};
use fillers::{Choices, Fillers};
use moves::Move;
use references::{CURRENT, PAST, of_experience, value};

pub use sentences::{Astray, Draft};

/// What the model was told in training, word for word.
const SYSTEM: &str = "You write cover letters.";

/// Words of closing line and name.
const SIGNATURE_WORDS: usize = 3;

/// The plan of one letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Tone of all sentences.
    pub tone: Tone,
    /// Paragraphs, the salutation first, each a list of moves.
    pub paragraphs: Vec<Vec<Move>>,
}

impl Plan {
    /// Plans the letter of `facts`. Requests that are alike get different plans by their `seed`; the same seed gives the
    /// same plan.
    #[must_use]
    pub fn of(facts: &Facts, options: &LetterOptions, seed: u64) -> Self {
        let mut choices = Choices::new(seed);
        let tone = options.tone;
        let mut paragraphs = vec![greeting(facts, &mut choices), vec![opening(facts)]];
        paragraphs.extend(middle(facts, options.length, &mut choices));
        paragraphs.push(vec![Move::bare("close"), Move::bare("thanks")]);
        let mut plan = Self { tone, paragraphs };
        let target = target(options.length);
        let mut fillers = Fillers::of(facts, &mut choices);
        while plan.words(facts) + fillers.next_words(tone) / 2 < target {
            let Some(filler) = fillers.next() else { break };
            filler.put_into(&mut plan.paragraphs, tone);
        }
        plan
    }

    /// The plan as the model reads it: the tone, then one line a paragraph.
    #[must_use]
    pub fn written(&self) -> String {
        let tone = match self.tone {
            Tone::Professional => "<professional>",
            Tone::Warm => "<warm>",
            Tone::Direct => "<direct>",
        };
        let mut text = tone.to_owned();
        for moves in &self.paragraphs {
            text.push('\n');
            for step in moves {
                // Writing to a string cannot fail.
                let _ = write!(text, "{step}");
            }
        }
        text
    }

    /// About how many words the letter will have.
    fn words(&self, facts: &Facts) -> usize {
        let moves = self.paragraphs.iter().flatten();
        let sentences = moves.map(|step| {
            let own: usize = step.references().iter().filter_map(|name| value(facts, name)).map(words).sum();
            step.words(self.tone) + own
        });
        sentences.sum::<usize>() + SIGNATURE_WORDS
    }
}

/// Words to aim for.
fn target(length: Length) -> usize {
    match length {
        Length::Short => 172,
        Length::Standard => 242,
        Length::Long => 340,
    }
}

fn greeting(facts: &Facts, choices: &mut Choices) -> Vec<Move> {
    let by_name = facts.company.as_deref().is_some_and(|company| words(company) <= 4) && choices.pick(2) == 0;
    vec![Move::bare(if by_name { "greet.company" } else { "greet" })]
}

fn opening(facts: &Facts) -> Move {
    let title = match facts.title.as_ref().map(|title| title.kind) {
        Some(Kind::Role) => "role",
        Some(Kind::Post) => "post",
        Some(Kind::Field) => "field",
        None => "notitle",
    };
    let company = if facts.company.is_some() { "company" } else { "nocompany" };
    Move(vec!["open", title, company])
}

/// The paragraphs that carry the applicant's words.
fn middle(facts: &Facts, length: Length, choices: &mut Choices) -> Vec<Vec<Move>> {
    let current = facts.current.as_ref().map(|current| of_experience(&CURRENT, current)).unwrap_or_default();
    let past = facts.past.as_ref().map(|past| of_experience(&PAST, past)).unwrap_or_default();
    let skills = skills(facts, choices);
    let held = facts.qualifications.as_ref().map(qualifications).into_iter().collect::<Vec<_>>();
    let wish = facts.wish.as_ref().map(wish).unwrap_or_default();
    let mut paragraphs = match (length, choices.pick(3)) {
        (Length::Short, _) | (Length::Standard, 0) => vec![[current, past].concat()],
        _ => vec![current, past],
    };
    paragraphs.extend(match (length, choices.pick(3)) {
        (Length::Long, _) => vec![skills, [held, wish].concat()],
        (_, 0) => vec![[held, skills].concat(), wish],
        _ => vec![[skills, held].concat(), wish],
    });
    paragraphs.retain(|moves| !moves.is_empty());
    paragraphs
}

fn skills(facts: &Facts, choices: &mut Choices) -> Vec<Move> {
    let skills = &facts.skills;
    let named = [(&skills.sentence, "skills.sentence"), (&skills.list, "skills"), (&skills.traits, "traits")];
    let mut moves: Vec<Move> =
        named.into_iter().filter(|(text, _)| text.is_some()).map(|(_, name)| Move::bare(name)).collect();
    if choices.pick(3) == 0 {
        moves.reverse();
    }
    moves
}

fn qualifications(given: &Qualifications) -> Move {
    Move::bare(match given {
        Qualifications::Held(_) => "qualifications.held",
        Qualifications::Ongoing(_) => "qualifications.ongoing",
        Qualifications::Listed(_) => "qualifications.listed",
    })
}

fn wish(wish: &Wish) -> Vec<Move> {
    let name = match wish {
        Wish::Named(_) => "wish.noun",
        Wish::Quoted(_) => "wish.quoted",
    };
    vec![Move::bare(name), Move::bare("answer")]
}

/// The conversation that asks for the letter of `plan`.
#[must_use]
pub fn messages(plan: &Plan) -> Vec<Message> {
    vec![
        Message { role: Role::System, content: SYSTEM.to_owned() },
        Message { role: Role::User, content: plan.written() },
    ]
}

#[cfg(test)]
mod tests;
