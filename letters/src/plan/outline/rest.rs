//! The facts that answer nothing, in short: first what somebody did, then what somebody can do, holds and is.

use crds::request::Length;

use super::super::moves::Move;
use super::super::sentence::{Link, Sentence};
use super::Outline;
use crate::facts::fact::{Fact, Kind, Words};

/// Most sentences about what answers nothing.
const fn rest_max(length: Length) -> usize {
    match length {
        Length::Short => 8,
        Length::Standard => 12,
        Length::Long => 16,
    }
}

/// Most sentences of a paragraph.
const SENTENCES_MAX: usize = 6;

/// What somebody did, and what somebody can do, holds and is.
const GROUPS: [&[Kind]; 2] = [
    &[
        Kind::Study,
        Kind::Job,
        Kind::Placement,
        Kind::Role,
        Kind::Break,
        Kind::Duty,
        Kind::Feat,
        Kind::Paper,
        Kind::Topic,
    ],
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
            self.drop_weak(&mut facts, length);
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
    fn drop_weak(&self, facts: &mut Vec<usize>, length: Length) {
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
            !is_weak
        });
    }
}

/// A long paragraph as two.
pub fn halves(mut sentences: Vec<Sentence>) -> Vec<Vec<Sentence>> {
    let middle = sentences.len() / 2;
    let at = (middle..sentences.len()).find(|at| sentences[*at].link == Link::Apart);
    match at.filter(|_| sentences.len() > SENTENCES_MAX) {
        Some(at) => {
            let behind = sentences.split_off(at);
            vec![sentences, behind]
        }
        None => vec![sentences],
    }
}

/// Joins short sentences about what somebody can do, holds and is, two and two.
pub fn link(sentences: &mut [Sentence]) {
    let is_short = |one: &Sentence| one.words.iter().map(|words| words.split_whitespace().count()).sum::<usize>() < 11;
    let joins = |one: &Sentence| {
        // A clause of its own: "I am calm with crowds".
        let is_plain = |clause: &String| {
            clause.starts_with("I ") && ![", ", " and ", " where ", ". "].iter().any(|mark| clause.contains(mark))
        };
        one.step == Move::Clause && one.words.iter().all(is_plain)
            || matches!(
                one.step,
                Move::Skill
                    | Move::SkillMore
                    | Move::Skills
                    | Move::SkillsMore
                    | Move::Used
                    | Move::UsedMore
                    | Move::Tools
                    | Move::ToolsMore
                    | Move::Know
                    | Move::KnowMore
                    | Move::Speak
                    | Move::Traits
                    | Move::Hold
                    | Move::HoldFirst
                    | Move::HoldMore
                    | Move::Have
                    | Move::HaveMore
                    | Move::PastAlso
                    | Move::PastTimeAlso
                    | Move::Past
                    | Move::PastTime
            )
    };
    // "I am a student, and I am on placement".
    let opens = |one: &Sentence| matches!(one.step, Move::Now | Move::Doing);
    let is_skills = |step: Move| {
        matches!(step, Move::Skill | Move::SkillMore | Move::Skills | Move::SkillsMore | Move::Used | Move::UsedMore)
    };
    let mut at = 1;
    while at < sentences.len() {
        let (before, one) = (&sentences[at - 1], &sentences[at]);
        let next_is_tied = sentences.get(at + 1).is_some_and(|next| next.link == Link::Where);
        let fits = before.link == Link::Apart
            && one.link == Link::Apart
            && !next_is_tied
            && before.words.len() == one.words.len()
            && (joins(before) || opens(before) && one.step == Move::Clause)
            && joins(one)
            && !(is_skills(before.step) && is_skills(one.step))
            && is_short(before)
            && is_short(one);
        if fits {
            sentences[at].link = Link::And;
            at += 1;
        }
        at += 1;
    }
}
