//! Fillers: sentences beside those that carry the applicant's words, in the order in which a letter takes them until it
//! is long enough.

use std::collections::VecDeque;

use crds::request::Tone;

use super::choices::Choices;
use super::moves::Move;
use crate::facts::Facts;
use crate::facts::experience::{Experience, When};
use crate::facts::family::Family;

/// A sentence and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filler {
    step: Move,
    place: Place,
}

/// Where a sentence goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Behind the last sentence of a subject.
    Behind(Subject),
    /// To the end of the shortest paragraph of the middle.
    Shortest,
    /// To the beginning of the last paragraph.
    BeforeClose,
}

/// A subject that sentences of the plan have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Job,
    Skills,
    Experience(When),
}

impl Subject {
    fn is_of(self, step: Move) -> bool {
        match step {
            Move::Open { .. } => self == Self::Job,
            Move::Skills | Move::SkillSentence => self == Self::Skills,
            Move::Experience { when, .. } | Move::More(when) => self == Self::Experience(when),
            _ => false,
        }
    }
}

impl Filler {
    const fn new(step: Move, place: Place) -> Self {
        Self { step, place }
    }

    /// A lesson of an experience, behind it.
    const fn lesson(experience: &Experience, when: When) -> Self {
        Self::new(Move::Lesson(experience.family), Place::Behind(Subject::Experience(when)))
    }

    /// Puts the sentence into its place.
    pub(super) fn put_into(self, paragraphs: &mut [Vec<Move>], tone: Tone) {
        let last = paragraphs.len() - 1;
        match self.place {
            Place::BeforeClose => paragraphs[last].insert(0, self.step),
            Place::Behind(subject) => {
                let begins = |step: &Move| subject.is_of(*step);
                // A second lesson follows the first one of the same experience.
                let is_lesson = |step: &Move| matches!(step, Move::Lesson(_));
                let follows = |step: &Move| begins(step) || (is_lesson(step) && is_lesson(&self.step));
                let Some(paragraph) = paragraphs.iter_mut().find(|moves| moves.iter().any(begins)) else { return };
                let Some(first) = paragraph.iter().position(begins) else { return };
                let run = paragraph[first..].iter().take_while(|step| follows(step)).count();
                paragraph.insert(first + run, self.step);
            }
            Place::Shortest => {
                let middle = &mut paragraphs[2..last];
                let length = |moves: &Vec<Move>| moves.iter().map(|step| step.length(tone)).sum::<usize>();
                if let Some(shortest) = middle.iter_mut().min_by_key(|moves| length(moves)) {
                    shortest.push(self.step);
                }
            }
        }
    }
}

/// The sentences that a letter can still take, in their order.
pub(super) struct Fillers(VecDeque<Filler>);

impl Fillers {
    /// The fillers that fit these facts: first those about the job and the experience, then those about how the
    /// applicant works.
    pub(super) fn of(facts: &Facts, choices: &mut Choices) -> Self {
        let job = facts.job;
        let at_company = facts.company.is_some() && choices.pick(4) > 0;
        let current = facts.current.as_ref();
        let past = facts.past.as_ref();
        let own_family = current.or(past).map_or(Family::General, |experience| experience.family);
        let other_family = past.or(current).map_or(Family::General, |experience| experience.family);
        let shortest = |step| Filler::new(step, Place::Shortest);

        let mut first = vec![Filler::new(Move::Why { at_company, family: job }, Place::Behind(Subject::Job))];
        first.extend(current.map(|current| Filler::lesson(current, When::Now)));
        if facts.skills.list.is_some() {
            first.push(Filler::new(Move::Use(job), Place::Behind(Subject::Skills)));
        }
        first.extend(past.map(|past| Filler::lesson(past, When::Before)));
        first.push(Filler::new(Move::Offer(job), Place::BeforeClose));

        let mut second = vec![
            shortest(Move::Value(job)),
            shortest(Move::Habit(own_family)),
            shortest(Move::TwoHabits(Family::General)),
            shortest(Move::Value(Family::General)),
            shortest(Move::Habit(Family::General)),
        ];
        second.rotate_left(choices.pick(2) as usize);

        let third = [
            past.map(|past| Filler::lesson(past, When::Before)),
            Some(shortest(Move::TwoHabits(other_family))),
            current.map(|current| Filler::lesson(current, When::Now)),
            Some(shortest(Move::Habit(other_family))),
            Some(shortest(Move::TwoHabits(own_family))),
            Some(shortest(Move::Value(job))),
            Some(shortest(Move::TwoHabits(Family::General))),
        ];
        // The same move twice gives the model nothing new to say: it comes last, if at all.
        let (mut once, mut again) = (VecDeque::<Filler>::new(), VecDeque::new());
        for filler in first.into_iter().chain(second).chain(third.into_iter().flatten()) {
            let is_twice = once.iter().any(|queued| queued.step == filler.step);
            if is_twice { again.push_back(filler) } else { once.push_back(filler) }
        }
        once.append(&mut again);
        Self(once)
    }

    /// Takes the next filler.
    pub(super) fn next(&mut self) -> Option<Filler> {
        self.0.pop_front()
    }

    /// About how many words the next filler takes; 0 when there is none.
    pub(super) fn next_length(&self, tone: Tone) -> usize {
        self.0.front().map_or(0, |filler| filler.step.length(tone))
    }
}
