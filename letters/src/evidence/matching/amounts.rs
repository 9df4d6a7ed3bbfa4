//! Compares lengths of time and sums with those that are asked for.

use super::form::{Form, words};
use crate::evidence::numbers::{amount, tenure};
use crate::evidence::requirement::Degree;
use crate::evidence::terms::{content, is_number, terms};
use crate::facts::fact::{Fact, Kind, Time, Words};

/// The share of the time asked for that is only a little shorter.
const NEARLY: f64 = 0.6;

/// Work of the length that is asked for.
pub fn experience(asked: &[String], wanted: f64, form: &Form<'_>) -> Vec<(Degree, usize)> {
    let facts = form.facts;
    let mut jobs: Vec<(usize, Degree)> = Vec::new();
    for (index, fact) in facts.iter().enumerate() {
        let job = match fact.kind {
            Kind::Job | Kind::Role | Kind::Placement => Some(index),
            Kind::Duty | Kind::Size | Kind::Feat => fact.of.filter(|&of| facts.get(of).is_some_and(Fact::is_position)),
            _ => None,
        };
        let Some(job) = job else { continue };
        let Some(degree) = words(asked, index, form).map(|fit| fit.degree) else { continue };
        match jobs.iter_mut().find(|(other, _)| *other == job) {
            Some(known) => known.1 = known.1.min(degree),
            None => jobs.push((job, degree)),
        }
    }
    if jobs.is_empty() {
        // Who can use a thing does not say for how long.
        let is_skill = |fact: &Fact| matches!(fact.kind, Kind::Skill | Kind::Tool | Kind::Knowledge);
        let skills = (0..facts.len()).filter(|at| is_skill(&facts[*at]) && words(asked, *at, form).is_some());
        return skills.map(|at| (Degree::Near, at)).collect();
    }
    if jobs.iter().any(|(_, degree)| *degree == Degree::Met) {
        jobs.retain(|(_, degree)| *degree == Degree::Met);
    }
    let lengths: Vec<Option<f64>> = jobs.iter().map(|&(job, _)| tenure_of(&facts[job])).collect();
    let total: f64 = lengths.iter().flatten().sum();
    let is_known = lengths.iter().all(Option::is_some);
    let degree = if total >= wanted * 0.98 {
        Degree::Met
    } else if total >= wanted * NEARLY || !is_known {
        Degree::Near
    } else {
        return Vec::new();
    };
    jobs.into_iter().map(|(job, own)| (degree.max(own), job)).collect()
}

/// How long a position lasted, in years.
fn tenure_of(fact: &Fact) -> Option<f64> {
    let time = match &fact.words {
        Words::Position(position) => position.time.as_ref(),
        _ => None,
    };
    let worded = match time? {
        Time::Since(since) if since.starts_with("since") => since.clone(),
        Time::Since(since) => format!("since {since}"),
        Time::For(span) | Time::During(span) => span.clone(),
    };
    tenure(&worded)
}

/// Whether a requirement is a sum: "budget 50m+".
pub fn is_sum(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    let has_scale = lower.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with(['m', 'k', 'n']) && word.len() < 8
            || matches!(word, "million" | "billion")
    });
    (has_scale || lower.contains('£')) && amount(raw).is_some()
}

/// Figures of at least the sum that is asked for.
pub fn sums(raw: &str, form: &Form<'_>) -> Vec<(Degree, usize)> {
    let asked = content(&terms(raw));
    let about: Vec<&String> = asked.iter().filter(|term| !is_number(term)).collect();
    let Some(wanted) = amount(raw) else { return Vec::new() };
    let mut found = Vec::new();
    for (index, fact) in form.facts.iter().enumerate() {
        let own = &form.terms[index];
        let is_same = about.iter().any(|term| own.contains(term));
        let Some(held) = amount(&fact.text).filter(|_| is_same) else { continue };
        if held >= wanted {
            found.push((Degree::Met, index));
        } else if held >= wanted * NEARLY {
            found.push((Degree::Near, index));
        }
    }
    found
}
