//! Finds the facts that answer a requirement. An unsure match is none.

mod alternatives;
mod amounts;
mod form;
mod measures;
mod several;
mod task;

use std::cmp::Reverse;

use super::a_levels;
use super::degrees::{degree, is_school};
use super::numbers::{length, level};
use super::papers;
use super::requirement::{Degree, Need, Origin, Requirement};
use super::terms::{contains, content, is_weak, terms};
use crate::facts::fact::{Fact, Field, Kind, Words};
use crate::facts::spell::put_right;
use crate::words::list;
use form::words;
use several::Found;

pub use form::Form;

list!(ANSWERED_BY = "evidence/answered_by");
list!(CREDENTIALS = "evidence/credentials");
list!(LAPSED = "evidence/lapsed");
list!(MEASURED = "evidence/measured");
list!(NUMBER_LEADS = "evidence/number_leads");
list!(PENDING = "evidence/pending");

/// Most facts of an answer.
const FACTS_MAX: usize = 4;

/// How strong an answer is: the least is the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Strength {
    /// How well the requirement is answered.
    pub degree: Degree,
    /// Where the requirement stands.
    pub origin: Origin,
    /// How much the best fact shows: what somebody did comes first.
    pub weight: u8,
    /// The place of the requirement.
    pub number: usize,
}

/// The facts that answer a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// How well.
    pub strength: Strength,
    /// Their indices, the best first.
    pub facts: Vec<usize>,
}

/// The facts that answer a requirement, which was typed as `raw`.
#[must_use]
pub fn answer(requirement: &Requirement, raw: &str, form: &Form<'_>) -> Option<Match> {
    let facts = form.facts;
    let raw_terms = terms(&put_right(raw));
    let whole = |found: Vec<(Degree, usize)>| found.into_iter().map(|(degree, index)| (degree, index, 0)).collect();
    let degrees: Vec<Found> = match requirement.kind {
        Need::Training => Vec::new(),
        Need::Question => whole(question(&raw_terms, form)),
        Need::Task => whole(task::task(&raw_terms, form)),
        _ if is_school(&raw_terms) || papers::asks_school(raw) => whole(papers::school_results(raw, facts)),
        _ if a_levels::asks(raw) => whole(a_levels::a_levels(raw, facts)),
        _ if measures::penalty_points(raw).is_some() => whole(measures::points_held(raw, form)),
        _ if measures::measure(raw).is_some() => whole(measures::measured(raw, form)),
        _ if amounts::is_sum(raw) => whole(amounts::sums(raw, form)),
        kind => {
            let mut found: Vec<Found> = Vec::new();
            if degree(raw).is_some() {
                found = whole(papers::degrees(raw, facts));
            }
            found.extend(whole(papers::enrolled(raw, facts)));
            found.extend(ordinary(raw, kind, form));
            if found.is_empty() {
                found = several::together(raw, |part| ordinary(part, kind, form));
            }
            found
        }
    };
    let degrees = degrees.into_iter().map(|(degree, index, aside)| match degree {
        Degree::Met if is_other_version(raw, &facts[index].text) => (Degree::Near, index, aside),
        degree => (degree, index, aside),
    });
    best(degrees.collect(), facts, requirement)
}

/// Whether a requirement names a thing by its number ("Sage 200", "Excel 365") and a fact does not have that number:
/// another version is a neighbour, not the thing itself.
fn is_other_version(raw: &str, fact: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (asked, given) = (words(raw), words(fact));
    let numbered = |at: usize| {
        let is_number = asked[at].len() > 1 && asked[at].chars().all(|c| c.is_ascii_digit());
        let names = at > 0 && asked[at - 1].chars().all(char::is_alphabetic) && !NUMBER_LEADS.has(&asked[at - 1]);
        // "60 miles" counts, "Sage 200 Payroll" does not.
        let counts = asked.get(at + 1).is_some_and(|next| MEASURED.has(next));
        is_number && names && !counts
    };
    (0..asked.len()).filter(|at| numbered(*at)).any(|at| !given.contains(&asked[at]))
}

/// The facts with the strongest degree: what somebody does or did comes first, and of that what is most about the
/// requirement.
fn best(mut degrees: Vec<Found>, facts: &[Fact], requirement: &Requirement) -> Option<Match> {
    let degree = degrees.iter().map(|(degree, ..)| *degree).min()?;
    degrees.retain(|(other, ..)| *other == degree);
    // Beside a subject lead, who led something else proves nothing.
    let least = degrees.iter().map(|(.., aside)| *aside).min()?;
    degrees.retain(|(.., aside)| *aside == least);
    let asked = content(&terms(&put_right(&requirement.text)));
    degrees.sort_by_key(|&(_, index, _)| {
        let fact = &facts[index];
        // What says the very words comes before what shows them.
        let own = terms(&fact.text);
        let is_other = !asked.iter().all(|term| own.contains(term));
        // When somebody is free answers best when they can work.
        let is_time = requirement.kind == Need::Condition && fact.kind == Kind::Free;
        let weight = if fact.is_position() || is_time {
            0
        } else {
            weight(fact) + u8::from(requirement.kind == Need::Condition)
        };
        (weight, self::weight(fact), is_other, Reverse(is_now(fact)), index)
    });
    let mut indices: Vec<usize> = Vec::new();
    for (_, index, _) in degrees {
        if !indices.contains(&index) {
            indices.push(index);
        }
    }
    indices.truncate(FACTS_MAX);
    let strength = Strength { degree, origin: requirement.origin, weight: weight(&facts[indices[0]]), number: 0 };
    Some(Match { strength, facts: indices })
}

fn is_now(fact: &Fact) -> bool {
    matches!(&fact.words, Words::Position(position) if position.is_now)
}

const fn weight(fact: &Fact) -> u8 {
    match fact.kind {
        Kind::Feat | Kind::Duty | Kind::Size => 0,
        Kind::Award | Kind::Licence | Kind::Member | Kind::Grade | Kind::Course => 2,
        Kind::Trait | Kind::Free | Kind::Home | Kind::Own => 3,
        _ => 1,
    }
}

/// The answers to a requirement that is neither a school result nor a sum.
fn ordinary(raw: &str, kind: Need, form: &Form<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let has_degree = degree(raw).is_some();
    for option in alternatives::alternatives(raw) {
        if degree(&option).is_some() || has_degree && is_class(&option) {
            continue;
        }
        let asked = terms(&put_right(&option));
        let span = length(&option).filter(|_| kind != Need::Condition);
        // What stands in brackets is an example of the paper before them.
        let is_example = raw.split_once('(').is_some_and(|(_, inner)| inner.contains(option.as_str()));
        // "A Level 2 or 3 childcare or TA qualification": each of them is a paper.
        let is_of_paper = is_example || length(&option).is_none() && !asks_work(&raw.to_ascii_lowercase());
        let is_paper = asks_paper(&option) || is_of_paper && asks_paper(raw);
        if let Some(span) = span.filter(|_| !is_paper) {
            found.extend(amounts::experience(&asked, span, form).into_iter().map(|(degree, at)| (degree, at, 0)));
            continue;
        }
        for (index, fact) in form.facts.iter().enumerate() {
            let Some(limit) = limit(fact, raw, kind, is_paper) else { continue };
            let fit = words(&asked, index, form).map(|fit| (fit.degree, fit.aside));
            let Some((degree, aside)) = fit.or_else(|| both(&option, index, form)) else { continue };
            // How long a paper is held is not known.
            let limit = if span.is_some() { limit.max(Degree::Near) } else { limit };
            found.push((degree.max(limit), index, aside));
        }
        if is_paper {
            found.extend(several::levels(&asked, form).into_iter().map(|(degree, at)| (degree, at, 0)));
        }
    }
    if asks_work(&raw.to_ascii_lowercase()) {
        // The position in which something is done is experience of it.
        let of = found.iter().filter_map(|&(degree, index, aside)| Some((degree, form.of_fact(index)?, aside)));
        let is_work = |fact: &Fact| fact.is_position() && !fact.text.to_lowercase().contains("student");
        let positions: Vec<Found> = of.filter(|&(_, of, _)| is_work(&form.facts[of])).collect();
        found.extend(positions);
    }
    found
}

/// Whether an alternative names only the class of a degree: "first" of "first or upper second".
fn is_class(option: &str) -> bool {
    option
        .to_ascii_lowercase()
        .split_whitespace()
        .all(|word| ["first", "upper", "lower", "second", "class", "2:1", "2:2", "a"].contains(&word))
}

/// The best that a fact of this kind can do for a requirement; `None` where it cannot answer it.
fn limit(fact: &Fact, raw: &str, need: Need, is_paper: bool) -> Option<Degree> {
    let (lower, own) = (raw.to_ascii_lowercase(), fact.text.to_ascii_lowercase());
    let is_held = matches!(fact.kind, Kind::Award | Kind::Licence | Kind::Member | Kind::Grade | Kind::Course);
    if matches!(fact.kind, Kind::Reason | Kind::Break) || LAPSED.iter().any(|word| own.contains(word)) {
        return None;
    }
    // What somebody can use is not yet their own.
    let is_own = ["own ", "their own ", "your own ", "must have own "].iter().any(|lead| lower.starts_with(lead));
    if is_own && fact.kind != Kind::Own {
        return None;
    }
    // A degree is no qualification of a profession.
    if lower.contains("professional") && lower.contains("qualification") && degree(&fact.text).is_some() {
        return None;
    }
    if papers::asks_study(&lower) {
        return matches!(fact.kind, Kind::Study | Kind::Award | Kind::Topic).then_some(Degree::Met);
    }
    if matches!(fact.kind, Kind::Study | Kind::Due) || is_held && PENDING.iter().any(|word| own.contains(word)) {
        return Some(Degree::InProgress);
    }
    // Who drives for a living has a licence, of which nothing else is known.
    if is_paper && fact.is_position() && ["licence", "license"].iter().any(|word| lower.contains(word)) && drives(&own)
    {
        return Some(Degree::Near);
    }
    if is_paper {
        let says_so = fact.source.field == Field::Qualifications || asks_paper(&fact.text);
        return (is_held || says_so || fact.kind == Kind::Own).then_some(Degree::Met);
    }
    if need == Need::Trait {
        return matches!(fact.kind, Kind::Trait | Kind::Skill | Kind::Knowledge).then_some(Degree::Met);
    }
    if matches!(fact.kind, Kind::Free | Kind::Home) && need != Need::Condition {
        return None;
    }
    let asks_work = asks_work(&lower);
    if asks_work && matches!(fact.kind, Kind::Course | Kind::Grade) {
        return None;
    }
    Some(if fact.kind == Kind::Topic || asks_work && is_held { Degree::Near } else { Degree::Met })
}

/// Whether a position, in small letters, is that of a driver.
fn drives(own: &str) -> bool {
    ["taxi driver", "delivery driver", "van driver", "bus driver", "lorry driver", "coach driver", "courier driver"]
        .iter()
        .any(|driver| own.contains(driver))
}

/// Whether a requirement, in small letters, is for work that somebody has done.
fn asks_work(lower: &str) -> bool {
    ["experience", " exp", "worked", "background"].iter().any(|word| lower.contains(word))
}

/// Whether a text asks for, or says that somebody holds, a paper: a certificate, a licence, a registration.
fn asks_paper(text: &str) -> bool {
    // Experience since the registration is no registration.
    let lower = text.to_ascii_lowercase().replace("post-registration", "").replace("post-qualification", "");
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_training = words.contains(&"training") && words.last() != Some(&"training");
    let named = words.iter().any(|word| CREDENTIALS.has(word) && !(*word == "training" && is_training));
    named || level(&terms(text)).is_some()
}

/// How a fact answers a requirement of two parts, such as "supervised people in hospitality": it has to answer both, with
/// the help of what the form joins to it.
fn both(option: &str, index: usize, form: &Form<'_>) -> Option<(Degree, usize)> {
    let lower = option.to_ascii_lowercase();
    let (at, length) = [" in ", " with ", " across ", " within ", " at "]
        .iter()
        .filter_map(|word| lower.find(word).map(|at| (at, word.len())))
        .min()?;
    let parts = [terms(&put_right(&lower[..at])), terms(&put_right(&lower[at + length..]))];
    if !form.facts[index].is_position() || parts.iter().any(|part| part.iter().all(|term| is_weak(term))) {
        return None;
    }
    let joined = |other: &usize| *other == index || form.facts[*other].of == Some(index);
    let family: Vec<usize> = (0..form.facts.len()).filter(joined).collect();
    let best =
        |part: &Vec<String>| family.iter().filter_map(|&other| words(part, other, form)).min_by_key(|fit| fit.degree);
    let (first, second) = (best(&parts[0])?, best(&parts[1])?);
    Some((first.degree.max(second.degree), first.aside + second.aside))
}

/// What somebody did, as a question of the advert asks.
fn question(asked: &[String], form: &Form<'_>) -> Vec<(Degree, usize)> {
    let facts = form.facts;
    let mut found = Vec::new();
    for (_, answers) in ANSWERED_BY.pairs().filter(|(topic, _)| terms(topic).iter().all(|term| asked.contains(term))) {
        for (index, fact) in facts.iter().enumerate() {
            let fits = matches!(fact.kind, Kind::Feat | Kind::Duty | Kind::Role | Kind::Skill | Kind::Job | Kind::Size);
            if fits && answers.split(", ").any(|answer| contains(&form.terms[index], &terms(answer))) {
                found.push((Degree::Met, index));
            }
        }
    }
    // A thing done answers best.
    if found.iter().any(|&(_, index)| facts[index].kind == Kind::Feat) {
        found.retain(|&(_, index)| facts[index].kind == Kind::Feat);
    }
    found
}
