//! Words a requirement so that a letter can name it: behind "You ask for", or behind "someone who".

use super::frames::Bare;
use super::numbers::amount;
use super::periods::{Period, period};
use super::phrases::{is_odd, noun_phrase, small};
use super::requirement::Need;
use crate::facts::spell::put_right;
use crate::words::list;

list!(ACTIONS = "evidence/actions");
list!(DESCRIPTIONS = "evidence/descriptions");
list!(ECHOES = "evidence/echoes");

/// A requirement with its shorthand written out. A slash means "or" here, where the spelling of a field makes it "and".
#[must_use]
pub fn worded(raw: &str) -> String {
    let (text, is_least) = without_plus(&levels(&alternatives(raw)));
    let right = put_right(&text);
    if is_least { ["years", "year", "months"].iter().find_map(|unit| right.find(&format!(" {unit}"))) } else { None }
        .map_or(right.clone(), |at| format!("{} or more{}", &right[..at], &right[at..]))
}

/// "A/B/C" is "A, B or C".
fn alternatives(raw: &str) -> String {
    let spaced = raw.replace(" / ", "/").replace("and/or", "or");
    let words = spaced.split(' ').map(|word| {
        let parts: Vec<&str> = word.split('/').collect();
        let is_list = parts.len() > 1
            && parts.iter().all(|part| part.chars().count() > 1 && part.chars().any(char::is_alphabetic));
        match parts.split_last() {
            Some((last, others)) if is_list => format!("{} or {last}", others.join(", ")),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// "L2" is "Level 2", and "NVQ2" is "NVQ Level 2".
fn levels(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let lower = word.to_lowercase();
        let digits = |rest: &str| rest.len() == 1 && rest.chars().all(|c| ('1'..='8').contains(&c));
        if let Some(level) = lower.strip_prefix("nvq").filter(|rest| digits(rest)) {
            format!("NVQ Level {level}")
        } else if let Some(level) = lower.strip_prefix('l').filter(|rest| digits(rest)) {
            format!("Level {level}")
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The text without the plus of "2+ years", and whether it had one.
fn without_plus(text: &str) -> (String, bool) {
    let plus = text.match_indices('+').map(|(at, _)| at).find(|&at| {
        text[..at].ends_with(|c: char| c.is_ascii_digit()) && text[at + 1..].trim_start().starts_with(['y', 'm'])
    });
    match plus {
        Some(at) => (format!("{} {}", &text[..at], text[at + 1..].trim_start()), true),
        None => (text.to_owned(), false),
    }
}

/// The requirement as it reads behind "You ask for"; `None` where it cannot be worded surely.
#[must_use]
pub fn echo(raw: &str, need: Need) -> Option<String> {
    let raw = raw.trim().trim_end_matches(['.', '!']);
    if let Some(known) = ECHOES.pair_of(&raw.to_lowercase()) {
        return Some(known.to_owned());
    }
    let text = small(&worded(raw));
    if let Some(known) = ECHOES.pair_of(&text.to_lowercase()) {
        return Some(known.to_owned());
    }
    if text.to_lowercase().starts_with("budget") && amounts(raw).is_some() {
        return amounts(raw);
    }
    if need == Need::Trait || is_odd(&text) || is_action(&text) || text.starts_with("enjoy ") {
        return None;
    }
    if let Some(goal) = text.strip_prefix("working towards ") {
        return Some(format!("progress towards {goal}"));
    }
    let registered = text.strip_suffix(" registered").filter(|body| is_body(body));
    if let Some(body) = registered {
        return Some(format!("{body} registration"));
    }
    if text.strip_suffix(" qualified").is_some_and(|body| is_body(body.rsplit(' ').next().unwrap_or_default())) {
        return noun_phrase(&text.replace(" qualified", " qualification"));
    }
    match period(&text) {
        Period::Absent => noun_phrase(&text),
        Period::Unsure => None,
        Period::Named(named) => Some(named),
    }
}

/// "a budget of £50 million or more"
fn amounts(raw: &str) -> Option<String> {
    let value = amount(raw)?;
    let or_more = if raw.contains('+') || raw.contains("or more") { " or more" } else { "" };
    match value {
        _ if value >= 1e6 => Some(format!("a budget of £{} million{or_more}", value / 1e6)),
        _ if value >= 1e4 && value % 1e3 == 0.0 => Some(format!("a budget of £{},000{or_more}", value / 1e3)),
        _ => None,
    }
}

/// Whether a text tells an action: "read drawings", but not "work experience".
fn is_action(text: &str) -> bool {
    let lower = text.to_lowercase();
    let nouns = ["experience", "ethic", "history", "permit"];
    lower.split_once(' ').is_some_and(|(verb, rest)| {
        ACTIONS.has(verb) && !nouns.iter().any(|noun| rest.starts_with(noun)) && !rest.contains(',')
    })
}

/// Whether a word is the short name of a body: "HCPC".
fn is_body(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_uppercase)
}

/// A trait, an action or a possession as it reads behind "someone who": "is reliable", "can work weekends".
#[must_use]
pub fn about(bare: &Bare, need: Need) -> Option<String> {
    let text = small(&worded(&bare.text));
    if is_odd(&text) {
        return None;
    }
    if need == Need::Trait {
        return Some(format!("is {text}"));
    }
    if let Some(own) = text.strip_prefix("own ") {
        return (!own.contains(" and ") && noun_phrase(own).is_some()).then(|| format!("has their own {own}"));
    }
    if let Some(rest) = text.strip_prefix("enjoy ") {
        return Some(format!("enjoys {rest}"));
    }
    if bare.action.is_none() && is_action(&text) {
        return Some(format!("can {text}"));
    }
    if DESCRIPTIONS.beginning_of(&format!("{text} ")).is_some() {
        return Some(format!("is {text}"));
    }
    let action = bare.action?;
    let first = text.split(' ').next()?;
    let is_verb = !first.ends_with("ing") && !first.ends_with("ed") && !first.starts_with(char::is_uppercase);
    is_verb.then(|| format!("{action} {text}"))
}

#[cfg(test)]
mod tests;
