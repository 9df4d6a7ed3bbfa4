//! Answers what asks for two things at once, and for a level alone.

use super::form::Form;
use crate::evidence::numbers::level;
use crate::evidence::requirement::Degree;
use crate::evidence::terms::{is_weak, terms};
use crate::facts::fact::Kind;
use crate::words::list;

list!(BESIDE = "evidence/beside");

/// A fact that answers, how well, and how many words of the requirement it leaves aside.
pub type Found = (Degree, usize, usize);

/// The facts that answer "a mental health nurse with a current registration" part by part: all parts have to be answered.
pub fn together(raw: &str, answers: impl Fn(&str) -> Vec<Found>) -> Vec<Found> {
    let Some((first, second)) = raw.split_once(" with ").or_else(|| raw.split_once(" including ")) else {
        return Vec::new();
    };
    if [first, second].iter().any(|part| terms(part).iter().all(|term| is_weak(term))) {
        return Vec::new();
    }
    let best = |part: &str| {
        let mut found = answers(part);
        let least = found.iter().map(|(degree, ..)| *degree).min();
        found.retain(|(degree, ..)| Some(*degree) == least);
        found
    };
    let (mut found, other) = (best(first), best(second));
    let (Some(one), Some(two)) = (found.first(), other.first()) else { return Vec::new() };
    let degree = one.0.max(two.0);
    found.extend(other);
    found.into_iter().map(|(_, index, aside)| (degree, index, aside)).collect()
}

/// The papers of a level that is asked for alone: "Level 3". Those that everybody takes beside their trade do not count.
pub fn levels(asked: &[String], form: &Form<'_>) -> Vec<(Degree, usize)> {
    let Some(wanted) = level(asked).filter(|_| asked.iter().all(|term| is_weak(term))) else { return Vec::new() };
    let is_beside = |text: &str| BESIDE.iter().any(|word| text.to_ascii_lowercase().contains(word));
    let facts = form.facts.iter().enumerate();
    let held = facts.filter(|(at, fact)| {
        let is_paper = matches!(fact.kind, Kind::Award | Kind::Study | Kind::Due);
        is_paper && !is_beside(&fact.text) && level(&form.terms[*at]).is_some_and(|held| held >= wanted)
    });
    let degree = |kind: Kind| if kind == Kind::Award { Degree::Met } else { Degree::InProgress };
    held.map(|(at, fact)| (degree(fact.kind), at)).collect()
}
