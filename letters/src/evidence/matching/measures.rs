//! Compares measures: metres swum, words typed, weights lifted, points on a licence.

use super::form::{Form, words};
use crate::evidence::numbers::COUNTS;
use crate::evidence::requirement::Degree;
use crate::evidence::terms::terms;
use crate::facts::fact::Kind;
use crate::pattern::pattern;

pattern!(
    MEASURE = r"(?i)\b(\d+(?:\.\d+)?)\s*(metres?|meters?|m|wpm|words per minute|words a minute|kg|kilos?|kilograms?)\b"
);
pattern!(POINTS = r"(?i)\b(no|\d+|one|two|three|four|five|six|nine)\b(?:\s+penalty)?\s+points?\b");
pattern!(
    AT_MOST = r"(?i)\b(?:no more than|not more than|up to|fewer than|less than|max(?:imum)?(?: of)?|under)\s+\S+\s+(?:penalty\s+)?points?\b"
);

/// A measure that a text names, and the text without it: 25 metres of "swim 25 metres".
pub fn measure(text: &str) -> Option<(f64, char, String)> {
    let found = MEASURE.captures(text)?;
    let (all, number, unit) = (found.get(0)?, found.get(1)?, found.get(2)?);
    let unit = match unit.as_str().to_ascii_lowercase().as_str() {
        unit if unit.starts_with('w') => 'w',
        unit if unit.starts_with('k') => 'k',
        // Other metres are heights and depths.
        _ if text.to_ascii_lowercase().contains("swim") => 'm',
        _ => return None,
    };
    let rest = format!("{} {}", &text[..all.start()], &text[all.end()..]);
    Some((number.as_str().parse().ok()?, unit, rest))
}

/// What is done to the measure that is asked for: more is enough, and what names no measure is near.
pub fn measured(raw: &str, form: &Form<'_>) -> Vec<(Degree, usize)> {
    let Some((wanted, unit, rest)) = measure(raw) else { return Vec::new() };
    let asked = terms(&rest);
    let facts = form.facts.iter().enumerate().filter(|(_, fact)| !matches!(fact.kind, Kind::Reason | Kind::Break));
    let found = facts.filter_map(|(at, fact)| {
        let fit = words(&asked, at, form)?;
        match measure(&fact.text).filter(|(_, other, _)| *other == unit) {
            Some((held, ..)) if held < wanted => None,
            Some(_) => Some((fit.degree, at)),
            None => Some((Degree::Near, at)),
        }
    });
    found.collect()
}

/// The most points that a licence may have.
pub fn penalty_points(raw: &str) -> Option<u32> {
    AT_MOST.find(raw).and_then(|found| points(found.as_str()))
}

/// The facts that name fewer points, or none.
pub fn points_held(raw: &str, form: &Form<'_>) -> Vec<(Degree, usize)> {
    let Some(most) = penalty_points(raw) else { return Vec::new() };
    let held = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let is_clean = ["clean licence", "clean license", "clean driving", "clean uk", "clean full"];
        points(&lower).or_else(|| is_clean.iter().any(|clean| lower.contains(clean)).then_some(0))
    };
    let facts = form.facts.iter().enumerate();
    let found = facts.filter(|(_, fact)| held(&fact.text).is_some_and(|points| points <= most));
    found.map(|(at, _)| (Degree::Met, at)).collect()
}

/// The points that a text counts.
fn points(text: &str) -> Option<u32> {
    let found = POINTS.captures(text)?;
    let count = found.get(1)?.as_str().to_ascii_lowercase();
    if count == "no" { Some(0) } else { count.parse().ok().or_else(|| COUNTS.pair_of(&count)?.parse().ok()) }
}
