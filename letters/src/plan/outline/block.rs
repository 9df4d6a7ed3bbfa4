//! What somebody does and did, in the order in which it was typed: each requirement is named before the sentence that
//! answers it best, so that what belongs together stays together.

use crds::request::Length;

use super::super::moves::Move;
use super::super::sentence::{Link, Sentence};
use super::answers::{LOOKED_MAX, is_said_by};
use super::rest::DONE;
use super::{Outline, Point};
use crate::evidence::Need;
use crate::facts::fact::Field;
use crate::facts::list::joined;

/// Most requirements that are named in what somebody does and did.
const BLOCK_MAX: usize = 4;
/// Most words of the names of requirements in one sentence.
const NAMES_MAX: usize = 20;

impl Outline<'_> {
    /// The paragraph of a field about work.
    pub fn block(&mut self, field: Field, points: &[Point], length: Length) -> Vec<Sentence> {
        let mut facts = self.places(|fact| fact.source.field == field);
        facts.retain(|at| !self.said.contains(at) && (self.facts.is_told(*at) || DONE.contains(&self.fact(*at).kind)));
        self.drop_weak(&mut facts, points, length);
        facts.sort_by_key(|at| self.fact(*at).source.span.start);
        let present = self.present().filter(|_| field == Field::Now);
        let mut sentences = Vec::new();
        if facts.is_empty() && present.is_none() && field == Field::Now {
            sentences.extend(self.part_of_present());
        }
        while let Some(first) = facts.first().copied() {
            let is_told = self.facts.is_told(first);
            let run: Vec<usize> = facts.iter().copied().take_while(|at| self.facts.is_told(*at) == is_told).collect();
            sentences.extend(self.tell(&run, true));
            if let Some(present) = present.filter(|present| run.contains(present)) {
                let courses = self.same_course(present);
                sentences.extend(self.tell(&courses, true));
            }
            facts.drain(..run.len());
            facts.retain(|at| !self.said.contains(at));
        }
        self.name(points, self.in_order(field, sentences))
    }

    /// The sentences as they were typed, each with those that hang on it.
    fn in_order(&self, field: Field, sentences: Vec<Sentence>) -> Vec<Sentence> {
        let mut groups: Vec<(usize, Vec<Sentence>)> = Vec::new();
        for sentence in sentences {
            let sources = sentence.facts.iter().map(|at| &self.fact(*at).source);
            let start = sources.filter(|source| source.field == field).map(|source| source.span.start).min();
            match groups.last_mut().filter(|_| sentence.link != Link::Apart || start.is_none()) {
                Some((_, group)) => group.push(sentence),
                None => groups.push((start.unwrap_or_default(), vec![sentence])),
            }
        }
        groups.sort_by_key(|(start, _)| *start);
        groups.into_iter().flat_map(|(_, group)| group).collect()
    }

    /// The sentences with what is asked for before what answers it.
    fn name(&mut self, points: &[Point], sentences: Vec<Sentence>) -> Vec<Sentence> {
        let mut names: Vec<(usize, Move, String)> = Vec::new();
        for point in points.iter().take(BLOCK_MAX) {
            let Some((step, name)) = self.named(point) else { continue };
            let at = sentences.iter().position(|sentence| sentence.facts.contains(&point.facts[0]));
            let Some(at) = at.filter(|at| !is_said_by(&name, &sentences[*at])) else { continue };
            // What leans on the sentence before it is not parted from it.
            let at = (0..=at).rev().find(|at| sentences[*at].link == Link::Apart).unwrap_or(at);
            names.push((at, step, name));
        }
        let mut out = Vec::new();
        for (at, mut sentence) in sentences.into_iter().enumerate() {
            let here: Vec<&(usize, Move, String)> = names.iter().filter(|(place, ..)| *place == at).collect();
            if let Some(named) = self.naming(&here) {
                if here.len() == 1 && sentence.link == Link::Apart {
                    sentence.link = Link::And;
                }
                out.push(named);
            }
            out.push(sentence);
        }
        out
    }

    /// One sentence that names what is asked for.
    fn naming(&mut self, here: &[&(usize, Move, String)]) -> Option<Sentence> {
        let is_thing = |step: Move| matches!(step, Move::Ask | Move::AskMore);
        let mut things: Vec<String> = Vec::new();
        let mut words = 0;
        for (_, _, name) in here.iter().filter(|(_, step, _)| is_thing(*step)) {
            words += name.split(' ').count();
            if things.is_empty() || words <= NAMES_MAX && !things.contains(name) {
                things.push(name.clone());
            }
        }
        if !things.is_empty() {
            self.asked += 1;
            return Some(Sentence::new(Move::Ask, [joined(&things)]));
        }
        let (_, step, name) = here.iter().find(|_| self.looked < LOOKED_MAX)?;
        self.looked += 1;
        Some(Sentence::new(*step, [name.clone()]))
    }

    /// Whether a point is answered by what somebody does or did.
    pub fn is_in_block(&self, point: &Point) -> bool {
        let fact = self.fact(point.facts[0]);
        let is_asked = point.requirements.iter().any(|at| self.requirement(*at).kind != Need::Training);
        is_asked && matches!(fact.source.field, Field::Now | Field::Past)
    }
}
