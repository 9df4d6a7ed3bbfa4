//! Compares degrees and school results with those that are asked for.

use super::degrees::{Results, degree, results};
use super::numbers::length;
use super::relations::is_of_family;
use super::requirement::Degree as Match;
use super::terms::{content, is_weak, terms};
use crate::facts::fact::{Fact, Kind};
use crate::words::list;

list!(ENROLLED = "evidence/enrolled");
list!(ORDINALS = "evidence/ordinals");

/// The facts that answer a requirement for a degree.
#[must_use]
pub fn degrees(raw: &str, facts: &[Fact]) -> Vec<(Match, usize)> {
    let lower = raw.to_ascii_lowercase();
    let beginning =
        [" with ", " and "].iter().filter_map(|word| lower.find(word)).min().map_or(lower.as_str(), |at| &lower[..at]);
    let slashed = beginning.replace([',', '/'], " or ");
    let pieces: Vec<&str> = slashed.split(" or ").collect();
    let Some(least) = pieces.iter().filter_map(|piece| degree(piece)).map(|degree| degree.level).min() else {
        return Vec::new();
    };
    let class = degree(beginning).and_then(|degree| degree.class);
    let subjects: Vec<Vec<String>> = pieces
        .iter()
        .map(|piece| degree(piece).map_or_else(|| terms(piece), |degree| degree.subject))
        .map(|subject| subject.into_iter().filter(|term| !is_weak(term) && !is_frame(term)).collect::<Vec<_>>())
        .filter(|subject| !subject.is_empty())
        .collect();
    let is_open = ["similar", "related", "equivalent", "relevant"].iter().any(|word| lower.contains(word));
    let mut found = Vec::new();
    for (index, fact) in facts.iter().enumerate() {
        let is_held = fact.kind == Kind::Award;
        if !is_held && !matches!(fact.kind, Kind::Study | Kind::Due) {
            continue;
        }
        let Some(held) = degree(&fact.text) else { continue };
        let held_class = held.class.or_else(|| joined_class(index, facts));
        let asked = Asked { least, class, subjects: &subjects, is_open };
        // A topic tells the subject of a course: "PhD at Glasgow", on the passage of eels.
        let mut own = terms(&fact.text);
        own.extend(facts.iter().filter(|other| other.of == Some(index)).flat_map(|other| terms(&other.text)));
        let Some(fit) = fit(&asked, held.level, held_class, &own) else { continue };
        let is_named = asks_study(&lower);
        found.push(match fact.kind {
            Kind::Award => (fit, index),
            Kind::Study if is_named => (fit, index),
            // The class of a course is known only at its end.
            _ if held_class.is_none() => (Match::InProgress, index),
            _ => (fit.max(Match::InProgress), index),
        });
    }
    found
}

struct Asked<'a> {
    least: u32,
    class: Option<u32>,
    subjects: &'a [Vec<String>],
    is_open: bool,
}

fn fit(asked: &Asked<'_>, level: u32, class: Option<u32>, held: &[String]) -> Option<Match> {
    if level < asked.least {
        return None;
    }
    // The class that is asked for is that of a first degree.
    let by_class = match (asked.class, class) {
        (None, _) => Match::Met,
        (Some(least), Some(class)) if class >= least => Match::Met,
        (Some(_), Some(_)) if level == 1 => return None,
        (Some(_), _) => Match::Near,
    };
    if asked.subjects.is_empty() {
        return Some(by_class);
    }
    let by_subject = asked.subjects.iter().filter_map(|subject| {
        let telling = content(subject);
        if telling.iter().all(|term| held.contains(term)) {
            return Some(Match::Met);
        }
        match is_of_family(subject, held) {
            Some(false) => Some(Match::Met),
            Some(true) if asked.is_open => Some(Match::Met),
            Some(true) => Some(Match::Near),
            None => None,
        }
    });
    by_subject.min().map(|subject| subject.max(by_class))
}

/// Words of a requirement for a degree that name no subject.
fn is_frame(term: &str) -> bool {
    [
        "area",
        "close",
        "closely",
        "cognat",
        "complet",
        "completion",
        "class",
        "honour",
        "accredit",
        "gradu",
        "graduat",
        "part",
        "any",
        "year",
        "final",
        "penultim",
    ]
    .contains(&term)
}

/// A class that is joined to a course: "predicted a 2:1".
fn joined_class(index: usize, facts: &[Fact]) -> Option<u32> {
    let joined = facts.iter().filter(|fact| fact.of == Some(index));
    joined.filter_map(|fact| degree(&fact.text)).find_map(|degree| degree.class)
}

/// The facts that together answer a requirement for school results.
#[must_use]
pub fn school_results(raw: &str, facts: &[Fact]) -> Vec<(Match, usize)> {
    let asked = results(raw);
    let own: Vec<(usize, Results)> = facts
        .iter()
        .enumerate()
        .filter(|(_, fact)| matches!(fact.kind, Kind::Grade | Kind::Award | Kind::Due | Kind::Study))
        .filter(|(_, fact)| {
            let terms = terms(&fact.text);
            fact.kind == Kind::Grade || super::degrees::is_school(&terms)
        })
        .map(|(index, fact)| (index, results(&fact.text)))
        .collect();
    if asked.subjects.is_empty() {
        let wanted = asked.count.unwrap_or(1);
        let count = |found: &Results| found.count.unwrap_or_default().max(found.subjects.len() as u32);
        return own.iter().filter(|(_, found)| count(found) >= wanted).map(|(index, _)| (Match::Met, *index)).collect();
    }
    let count = |found: &Results| found.count.unwrap_or_default().max(found.subjects.len() as u32);
    if asked.count.is_some_and(|wanted| !own.iter().any(|(_, found)| count(found) >= wanted)) {
        return Vec::new();
    }
    let mut found: Vec<(Match, usize)> = Vec::new();
    for (subject, grade) in &asked.subjects {
        let least = grade.or(asked.least);
        let answers: Vec<(Match, usize)> = own
            .iter()
            .filter_map(|(index, results)| {
                let grades = results.subjects.iter().filter(|(name, _)| name == subject);
                let fits = grades.filter_map(|(_, held)| passes(*held, least, &facts[*index])).min();
                let fits = fits.or_else(|| {
                    let fact = &facts[*index];
                    let lowest = lowest(&fact.text).filter(|_| results.subjects.is_empty())?;
                    // Which subjects they are, nobody says.
                    passes(Some(lowest), least, fact).map(|fits| fits.max(Match::InProgress))
                });
                Some((fits?, *index))
            })
            .collect();
        let Some(best) = answers.iter().map(|(degree, _)| *degree).min() else { return Vec::new() };
        found.extend(answers.into_iter().filter(|(degree, _)| *degree == best));
    }
    // The weakest subject decides.
    let weakest = found.iter().map(|(degree, _)| *degree).max();
    weakest.map(|weakest| found.into_iter().map(|(_, index)| (weakest, index)).collect()).unwrap_or_default()
}

/// The lowest of grades that are named without their subjects: 5 of "GCSEs predicted 5s and 6s".
fn lowest(text: &str) -> Option<u32> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter_map(|word| word.strip_suffix('s')?.parse().ok().filter(|grade| (1..=9).contains(grade))).min()
}

/// Whether a requirement is for results of maths or English at a grade, though it does not name the exam.
#[must_use]
pub fn asks_school(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_known = |word: &&str| {
        super::degrees::SCHOOL_SUBJECTS.pair_of(word).is_some()
            || word.len() == 1
            || ["and", "or", "in", "at", "of", "grade", "grades", "above", "higher", "better", "with", "minimum"]
                .contains(word)
    };
    let is_main = ["maths", "mathematics", "english"].iter().any(|subject| words.contains(subject));
    is_main && ["grade", "grades"].iter().any(|word| words.contains(word)) && words.iter().all(is_known)
}

/// The courses of somebody who has to be at university, or to have studied for some years.
#[must_use]
pub fn enrolled(raw: &str, facts: &[Fact]) -> Vec<(Match, usize)> {
    let lower = raw.to_ascii_lowercase();
    let is_enrolled = ENROLLED.iter().any(|words| lower.contains(words));
    let years =
        length(&lower).filter(|_| ["years of study", "years of university"].iter().any(|it| lower.contains(it)));
    let of_year = |fact: &Fact| {
        let own = fact.text.to_ascii_lowercase();
        let year = ORDINALS.pairs().find(|(word, _)| own.contains(&format!("{word} year")))?;
        year.1.parse::<f64>().ok()
    };
    let fits = |fact: &Fact| {
        is_enrolled && degree(&fact.text).is_some()
            || years.is_some_and(|years| of_year(fact).is_some_and(|year| year >= years))
    };
    let studies = facts.iter().enumerate().filter(|(_, fact)| fact.kind == Kind::Study && fits(fact));
    studies.map(|(at, _)| (Match::Met, at)).collect()
}

/// Whether a grade is high enough; a grade that is predicted, or a subject still to be sat, is in progress.
fn passes(held: Option<u32>, least: Option<u32>, fact: &Fact) -> Option<Match> {
    let is_coming = matches!(fact.kind, Kind::Due | Kind::Study)
        || ["predicted", "resit", "sitting"].iter().any(|word| fact.text.to_ascii_lowercase().contains(word));
    match (held, least) {
        (Some(held), Some(least)) if held < least => None,
        _ if is_coming => Some(Match::InProgress),
        (None, Some(_)) => None,
        _ => Some(Match::Met),
    }
}

/// Whether a requirement, in small letters, is for a course that somebody takes at present.
pub fn asks_study(lower: &str) -> bool {
    ["studying", "student", "final year", "penultimate", "second year", "year of a"]
        .iter()
        .any(|word| lower.contains(word))
}
