//! Sentences beyond those that carry the applicant's words, in the order in which a letter takes them until it is long
//! enough.

use std::collections::VecDeque;

use crds::request::Tone;

use super::moves::Move;
use crate::facts::Facts;

/// Choices that a seed makes, one after the other.
#[derive(Clone, Debug)]
pub struct Choices(u64);

impl Choices {
    /// Choices of a request with this seed.
    pub fn new(seed: u64) -> Self {
        // The steps of SplitMix64 (Steele et al., 2014): seeds that are alike choose differently.
        let mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self(mixed ^ (mixed >> 31))
    }

    /// A number below `count`.
    pub fn pick(&mut self, count: u64) -> u64 {
        let choice = self.0 % count;
        self.0 = (self.0 / count).rotate_left(17);
        choice
    }
}

/// A sentence with the place it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filler {
    step: Move,
    place: Place,
}

/// Where a sentence goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Behind the last sentence that begins with one of these names.
    Behind(&'static [&'static str]),
    /// To the end of the shortest paragraph of the middle.
    Shortest,
    /// To the beginning of the last paragraph.
    BeforeClose,
}

const CURRENT: Place = Place::Behind(&["current."]);
const PAST: Place = Place::Behind(&["past."]);

impl Filler {
    /// Puts the sentence where it belongs.
    pub fn put_into(self, paragraphs: &mut [Vec<Move>], tone: Tone) {
        let last = paragraphs.len() - 1;
        match self.place {
            Place::BeforeClose => paragraphs[last].insert(0, self.step),
            Place::Behind(names) => {
                let follows = |step: &Move| {
                    let name = step.name();
                    names.iter().any(|begin| name.starts_with(begin))
                        || (name == "lesson" && self.step.name() == "lesson")
                };
                // A second lesson follows the first one of the same experience.
                let begins = |step: &Move| names.iter().any(|begin| step.name().starts_with(begin));
                let Some(paragraph) = paragraphs.iter_mut().find(|moves| moves.iter().any(begins)) else { return };
                let Some(first) = paragraph.iter().position(begins) else { return };
                let run = paragraph[first..].iter().take_while(|step| follows(step)).count();
                paragraph.insert(first + run, self.step);
            }
            Place::Shortest => {
                let middle = &mut paragraphs[2..last];
                let length = |moves: &Vec<Move>| moves.iter().map(|step| step.words(tone)).sum::<usize>();
                if let Some(shortest) = middle.iter_mut().min_by_key(|moves| length(moves)) {
                    shortest.push(self.step);
                }
            }
        }
    }
}

/// The sentences that a letter can still take, first come first.
pub struct Fillers(VecDeque<Filler>);

impl Fillers {
    /// Everything that fits these facts: first what speaks of the job and the experience, then how the applicant works.
    pub fn of(facts: &Facts, choices: &mut Choices) -> Self {
        let job = facts.job.0;
        let why = if facts.company.is_some() && choices.pick(4) > 0 { "why.company" } else { "why" };
        let put = |step: Move, place: Place| Filler { step, place };
        let own = [&facts.current, &facts.past];
        let families: Vec<&'static str> = own.into_iter().flatten().map(|experience| experience.family.0).collect();
        let own_family = families.first().copied().unwrap_or("general");
        let other_family = families.last().copied().unwrap_or("general");

        let mut first = vec![put(Move::about(why, job), Place::Behind(&["open"]))];
        first.extend(facts.current.as_ref().map(|now| put(Move::about("lesson", now.family.0), CURRENT)));
        if facts.skills.list.is_some() {
            first.push(put(Move::about("use", job), Place::Behind(&["skills"])));
        }
        first.extend(facts.past.as_ref().map(|before| put(Move::about("lesson", before.family.0), PAST)));
        first.push(put(Move::about("offer", job), Place::BeforeClose));

        let mut second = vec![
            put(Move::about("value", job), Place::Shortest),
            put(Move::about("habit", own_family), Place::Shortest),
            put(Move::about("habit.two", "general"), Place::Shortest),
            put(Move::about("value", "general"), Place::Shortest),
            put(Move::about("habit", "general"), Place::Shortest),
        ];
        let turn = choices.pick(2) as usize;
        second.rotate_left(turn);
        let third = [
            facts.past.as_ref().map(|before| put(Move::about("lesson", before.family.0), PAST)),
            Some(put(Move::about("habit.two", other_family), Place::Shortest)),
            facts.current.as_ref().map(|now| put(Move::about("lesson", now.family.0), CURRENT)),
            Some(put(Move::about("habit", other_family), Place::Shortest)),
            Some(put(Move::about("habit.two", own_family), Place::Shortest)),
            Some(put(Move::about("value", job), Place::Shortest)),
            Some(put(Move::about("habit.two", "general"), Place::Shortest)),
        ];
        let mut queue: Vec<Filler> = Vec::new();
        let mut again: Vec<Filler> = Vec::new();
        for filler in first.into_iter().chain(second).chain(third.into_iter().flatten()) {
            // The same move twice gives the model nothing new to say: last, if at all.
            let is_twice = queue.iter().any(|queued| queued.step == filler.step);
            if is_twice { again.push(filler) } else { queue.push(filler) }
        }
        Self(queue.into_iter().chain(again).collect())
    }

    /// The next one.
    pub fn next(&mut self) -> Option<Filler> {
        self.0.pop_front()
    }

    /// Words of the next one.
    pub fn next_words(&self, tone: Tone) -> usize {
        self.0.front().map_or(0, |filler| filler.step.words(tone))
    }
}
