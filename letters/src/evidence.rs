//! Maps what the employer asks for to the facts that answer it.
//!
//! ```text
//!   preferred qualifications ─▶ split ───┐
//!                                        ├─▶ wording ─▶ requirements ─▶ matching ─▶ answers
//!   pasted advert ───────────▶ advert ───┘                                 ▲
//!   facts of the form ─────────────────────────────────────────────────────┘
//! ```
//!
//! A match is drawn only where the form makes it: by the same words, or by a relation of `words/evidence/`.

mod a_levels;
mod advert;
mod contact;
mod degrees;
mod frames;
mod matching;
mod numbers;
mod papers;
mod periods;
mod phrases;
mod relations;
mod requirement;
mod split;
mod terms;
mod wording;

use crds::request::Job;

use crate::facts::fact::Fact;
use crate::facts::nothing::says_nothing;
use crate::facts::verb;
use crate::words::list;
use terms::{content, terms};

pub use requirement::{Answer, Degree, Evidence, Need, Origin, Requirement};

list!(ASIDES = "evidence/asides");

/// Most requirements of a job.
const REQUIREMENTS_MAX: usize = 60;

/// Fewest and most words of a duty that a letter names.
const DUTY_WORDS: std::ops::RangeInclusive<usize> = 2..=14;

/// A requirement and how it was typed.
struct Asked {
    requirement: Requirement,
    raw: String,
}

/// What a job asks for, and which facts answer it.
#[must_use]
pub fn evidence(job: &Job, facts: &[Fact]) -> Evidence {
    let mut asked = preferred(&job.preferred_qualifications);
    for clause in from_advert(&job.description) {
        merge(&mut asked, clause);
    }
    asked.truncate(REQUIREMENTS_MAX);
    let form = matching::Form::of(facts);
    let mut found = Evidence { contact: contact::contact(&job.description), ..Evidence::default() };
    let mut answers: Vec<(matching::Strength, Answer)> = Vec::new();
    for Asked { mut requirement, raw } in asked {
        let answer = matching::answer(&requirement, &raw, &form);
        let is_task = requirement.kind == Need::Task;
        // A task says nothing new where its facts answer something that is asked for.
        let answer = answer.filter(|answer| {
            !is_task || !answers.iter().any(|(_, other)| answer.facts.iter().all(|fact| other.facts.contains(fact)))
        });
        if is_task && answer.is_none() {
            continue;
        }
        // A duty is named only where it is answered whole.
        if is_task && answer.as_ref().is_some_and(|answer| answer.strength.degree == Degree::Near) {
            requirement.about = None;
        }
        if let Some(answer) = answer {
            let why = why(&requirement, &answer, facts);
            let number = found.requirements.len();
            let order = matching::Strength { origin: requirement.origin, number, ..answer.strength };
            answers.push((
                order,
                Answer { requirement: number, degree: answer.strength.degree, facts: answer.facts, why },
            ));
        }
        found.requirements.push(requirement);
    }
    answers.sort_by_key(|(strength, _)| *strength);
    found.answers = answers.into_iter().map(|(_, answer)| answer).collect();
    found
}

/// The match in words.
fn why(requirement: &Requirement, answer: &matching::Match, facts: &[Fact]) -> String {
    let fact = &facts[answer.facts[0]].text;
    let verb = match answer.strength.degree {
        Degree::Met => "answers",
        Degree::InProgress => "is on the way to",
        Degree::Near => "is near",
    };
    format!("“{fact}” {verb} “{}”", requirement.text)
}

/// The requirements of the preferred qualifications.
fn preferred(field: &str) -> Vec<Asked> {
    if says_nothing(field) {
        return Vec::new();
    }
    let items = split::items(field).into_iter();
    let items = items.filter(|item| !advert::is_negated(&item.text));
    // Below "Desirable:" every entry is a wish.
    let mut under = Need::Must;
    let asked = items.filter_map(|mut item| {
        if let Some((label, rest)) = item.text.split_once(':').map(|(label, rest)| (label, rest.trim().to_owned()))
            && let Some(need) = advert::named_need(label)
        {
            under = need;
            item.text = rest;
        } else if let Some(need) = advert::named_need(&item.text) {
            under = need;
            return None;
        }
        let bare = frames::bare(&item.text);
        let kind = match frames::need(&bare.text) {
            Need::Must => bare.need.unwrap_or(under),
            kind => kind,
        };
        let about = wording::about(&bare, kind);
        let echo = if bare.action.is_some() { None } else { wording::echo(&bare.text, kind) };
        let text = wording::worded(&bare.text);
        let requirement = Requirement { text, echo, about, origin: Origin::Asked, kind, span: item.span };
        requirement.text.chars().any(char::is_alphanumeric).then_some(Asked { requirement, raw: item.text })
    });
    asked.collect()
}

/// The requirements of the advert.
fn from_advert(advert: &str) -> Vec<Asked> {
    let clauses = advert::clauses(advert).into_iter().flat_map(split_clause);
    let asked = clauses.map(|clause| {
        let kind = match clause.need {
            Need::Must | Need::Wish => match frames::need(&clause.text) {
                Need::Must => clause.need,
                kind => kind,
            },
            need => need,
        };
        let is_named = clause.action.is_none() && !matches!(kind, Need::Question | Need::Task);
        let echo = if is_named { wording::echo(&clause.text, kind) } else { None };
        let text = if kind == Need::Question { clause.text.clone() } else { wording::worded(&clause.text) };
        let own = || {
            let bare = frames::Bare { text: clause.text.clone(), need: None, action: None };
            if matches!(kind, Need::Trait | Need::Must | Need::Wish) { wording::about(&bare, kind) } else { None }
        };
        let about = clause.about.clone().or_else(own).or_else(|| duty(&clause.text, kind));
        let requirement = Requirement { text, echo, about, origin: Origin::Advert, kind, span: clause.span };
        Asked { requirement, raw: clause.text }
    });
    asked.collect()
}

/// A duty of the post as it reads behind "someone who": "will train seasonal staff".
fn duty(text: &str, kind: Need) -> Option<String> {
    let is_act = matches!(verb::read(text), Some((verb::Form::Base, _))) && text.starts_with(char::is_lowercase);
    let words = text.split(' ').count();
    let speaks_of_us = text.split(' ').any(|word| matches!(word, "we" | "us" | "you" | "their" | "them" | "it"));
    let is_plain = !text.contains(['(', ':', ';', ',']) && !speaks_of_us && !text.starts_with("look ");
    let says = kind == Need::Task && is_act && is_plain && DUTY_WORDS.contains(&words);
    let words: Vec<&str> = text.split(' ').map(|word| if word == "our" { "your" } else { word }).collect();
    says.then(|| format!("will {}", words.join(" ")))
}

/// The single requirements of a clause that lists things; an action stays whole, and the parts of a task are told apart.
fn split_clause(clause: advert::Clause) -> Vec<advert::Clause> {
    let splits = clause.need == Need::Task || clause.action.is_none() && matches!(clause.need, Need::Must | Need::Wish);
    if !splits {
        return vec![clause];
    }
    let parts = split::items(&clause.text);
    let parts =
        parts.into_iter().filter(|item| ASIDES.beginning_of(&format!("{} ", item.text.to_lowercase())).is_none());
    let parts = parts.map(|item| {
        let bare = frames::bare(&item.text);
        advert::Clause { text: bare.text, need: clause.need, ..clause.clone() }
    });
    parts.collect()
}

/// Adds a requirement of the advert, unless it repeats one; what the advert adds in wording is kept.
fn merge(asked: &mut Vec<Asked>, clause: Asked) {
    let own = content(&terms(&clause.raw));
    let is_part = |one: &[String], other: &[String]| one.iter().all(|term| other.contains(term));
    let repeated = asked.iter_mut().find(|other| {
        let known = content(&terms(&other.raw));
        let kinds = (other.requirement.kind, clause.requirement.kind);
        let compares =
            !matches!(kinds.1, Need::Question | Need::Training) && !matches!(kinds.0, Need::Question | Need::Training);
        compares && (is_part(&known, &own) && kinds.1 != Need::Task || is_part(&own, &known))
    });
    match repeated {
        // Only the same thing lends its words.
        Some(other) if content(&terms(&other.raw)) == own => {
            other.requirement.about = other.requirement.about.take().or(clause.requirement.about);
            other.requirement.echo = other.requirement.echo.take().or(clause.requirement.echo);
        }
        Some(_) => {}
        None => asked.push(clause),
    }
}

#[cfg(test)]
mod tests;
