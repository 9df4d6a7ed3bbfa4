//! The facts that answer nothing, in short: first what somebody did, then what somebody can do, holds and is.

use crds::request::Length;

use super::super::sentence::Sentence;
use super::{Outline, Point};
use crate::facts::fact::{Fact, Kind, Words};

/// Most sentences about what answers nothing.
const fn rest_max(length: Length) -> usize {
    match length {
        Length::Short => 8,
        Length::Standard => 12,
        Length::Long => 16,
    }
}

/// What somebody did.
pub const DONE: &[Kind] = &[
    Kind::Study,
    Kind::Job,
    Kind::Placement,
    Kind::Role,
    Kind::Break,
    Kind::Size,
    Kind::Duty,
    Kind::Feat,
    Kind::Paper,
    Kind::Topic,
];

/// What somebody did, and what somebody can do, holds and is.
const GROUPS: [&[Kind]; 2] = [
    DONE,
    &[
        Kind::Skill,
        Kind::Tool,
        Kind::Knowledge,
        Kind::Award,
        Kind::Licence,
        Kind::Member,
        Kind::Grade,
        Kind::Course,
        Kind::Due,
        Kind::Language,
        Kind::Trait,
        Kind::Own,
        Kind::Free,
        Kind::Home,
    ],
];

impl Outline<'_> {
    /// The paragraphs about what answers nothing.
    pub fn rest(&mut self, length: Length) -> Vec<Vec<Sentence>> {
        let mut left = rest_max(length);
        let mut paragraphs = Vec::new();
        for kinds in GROUPS {
            let mut facts = self.places(|fact| kinds.contains(&fact.kind));
            facts.retain(|at| !self.said.contains(at));
            self.drop_weak(&mut facts, &[], length);
            let order = |at: &usize| kinds.iter().position(|kind| *kind == self.fact(*at).kind);
            if !kinds.contains(&Kind::Job) {
                facts.sort_by_key(order);
            }
            let mut sentences = self.tell(&facts, false);
            sentences.truncate(left);
            left -= sentences.len();
            paragraphs.push(sentences);
        }
        paragraphs
    }

    /// Takes out what weakens a letter that has better: a bare job of another trade, school grades beside a degree.
    pub fn drop_weak(&self, facts: &mut Vec<usize>, points: &[Point], length: Length) {
        let all = &self.facts.all;
        let is_bare = |fact: &Fact| match &fact.words {
            Words::Position(position) => {
                fact.kind == Kind::Job && !position.is_now && position.place.is_empty() && position.time.is_none()
            }
            _ => false,
        };
        let has_better = all.iter().filter(|fact| fact.is_position() && !is_bare(fact)).count() > 1;
        let has_duty = |at: usize| all.iter().any(|fact| fact.of == Some(at));
        let has_degree = all.iter().any(|fact| {
            let text = fact.text.trim_start_matches("a ").trim_start_matches("an ");
            fact.kind == Kind::Award
                && [
                    "BA", "BSc", "BEng", "BN", "BEd", "LLB", "MA", "MSc", "MEng", "MPharm", "MChem", "MMath", "MBA",
                    "PhD", "PGCE",
                ]
                .iter()
                .any(|degree| text.split(|c: char| !c.is_alphanumeric()).next() == Some(degree))
        });
        facts.retain(|at| {
            let fact = self.fact(*at);
            let is_weak = has_better && is_bare(fact) && !has_duty(*at)
                || has_degree && fact.kind == Kind::Grade && length != Length::Long
                || fact.kind == Kind::Grade && !fact.text.contains(' ');
            !is_weak || points.iter().any(|point| point.facts.contains(at))
        });
    }
}
