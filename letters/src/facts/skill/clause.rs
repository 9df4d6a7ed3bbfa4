//! Sentences in the first person, and entries that lack only their subject.

use crate::facts::fact::{Kind, Words};
use crate::facts::list::joined;
use crate::facts::sentence::kind_of;
use crate::facts::verb;
use crate::words::list;

list!(CLAUSES = "skill/clauses");
list!(VERBS_SURE = "skill/verbs_sure");
list!(FREE_LEADS = "skill/free_leads");
list!(FREE_TIMES = "skill/free_times");

/// An entry whose clause a list has.
pub(super) fn known(lower: &str) -> Option<(Kind, Words)> {
    let clause = CLAUSES.pair_of(lower)?;
    let kind = if clause.starts_with("I know") {
        Kind::Knowledge
    } else if clause.contains("Sign Language") || clause.contains("Makaton") || clause.contains("Braille") {
        Kind::Language
    } else if clause.starts_with("I live") {
        Kind::Home
    } else if clause.contains("start ") || clause.contains("available") {
        Kind::Free
    } else {
        kind_of(clause)
    };
    Some((kind, Words::Clause(clause.to_owned())))
}

pub(super) fn is_first_person(text: &str) -> bool {
    text.starts_with("I ") || text.starts_with("my ") && text.split_whitespace().count() > 3
}

/// "I am good with people and fluent in Polish".
pub(super) fn first_person(text: &str) -> Option<(Kind, Words)> {
    let words = text.split_whitespace().count();
    (text.starts_with("I ") && (3..24).contains(&words) && is_whole(text))
        .then(|| (kind_of(text), Words::Clause(text.to_owned())))
}

/// "know the area", "love animals", "can lift": the subject is missing.
pub(super) fn without_subject(text: &str) -> Option<(Kind, Words)> {
    let (first, rest) = text.split_once(' ')?;
    let lower = first.to_lowercase();
    if lower == "always" && rest.split(' ').next().is_some_and(|next| next.ends_with("ing")) {
        return Some((Kind::Trait, Words::Adjective(text.to_owned())));
    }
    let (_, act) = verb::read(text).map_or((None, None), |(form, act)| (Some(form), Some(act)));
    let base = act.as_ref().map_or_else(|| text.to_owned(), |act| act.base.clone());
    let verb = base.split(' ').next()?.to_owned();
    let is_do_not = text.starts_with("do not ") || text.starts_with("does not ");
    let is_verb = VERBS_SURE.has(&verb) || VERBS_SURE.has(&lower) || is_do_not;
    let next = rest.split(' ').next()?;
    // "work experience", "play therapy", "hand tools" are nouns.
    let is_noun = match verb.as_str() {
        "work" => !matches!(
            next,
            "well"
                | "hard"
                | "fast"
                | "quickly"
                | "with"
                | "in"
                | "on"
                | "under"
                | "to"
                | "at"
                | "from"
                | "best"
                | "safely"
        ),
        "play" | "help" | "cook" | "look" | "live" | "run" | "read" | "type" | "hold" | "coach" | "make" | "pick" => {
            lower == verb && next.ends_with("ing")
                || matches!(next, "therapy" | "desk" | "book" | "music" | "up" | "work" | "skills" | "events")
        }
        _ => false,
    };
    if !is_verb || is_noun || !is_whole(text) || text.split_whitespace().count() > 16 {
        return None;
    }
    let clause = if is_do_not { text.replacen("does not", "do not", 1) } else { base };
    let clause = format!("I {clause}");
    Some((kind_of(&clause), Words::Clause(clause)))
}

/// When one can work: "weekends", "free Tuesday and Thursday", "can do nights".
pub(super) fn free(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let lead = FREE_LEADS.beginning_of(&lower).unwrap_or_default();
    let rest = lower[lead.len()..]
        .trim_end_matches(" ok")
        .trim_end_matches(" okay")
        .trim_end_matches(" free")
        .trim_end_matches(" available")
        .trim_end_matches(" work")
        .trim_end_matches(" fine")
        .trim();
    let rest = rest
        .strip_prefix("on ")
        .or_else(|| rest.strip_prefix("at "))
        .or_else(|| rest.strip_prefix("for "))
        .or_else(|| rest.strip_prefix("in the "))
        .unwrap_or(rest);
    let plain = rest.replace(" or ", " and ").replace(", ", " and ");
    let parts: Vec<&str> = plain.split(" and ").flat_map(days).collect();
    let phrases: Vec<&str> = parts.iter().map(|part| FREE_TIMES.pair_of(part)).collect::<Option<_>>()?;
    let says_ok = lower.len() > rest.len() || !lead.is_empty();
    let free = |clause: String| Some((Kind::Free, Words::Clause(clause)));
    if parts == ["nights"] || parts == ["days", "nights"] || parts == ["days"] {
        let times = joined(&parts);
        return if says_ok {
            free(format!("I can work {times}"))
        } else {
            Some((Kind::Skill, Words::Clause(format!("I am used to working {times}"))))
        };
    }
    if parts.iter().any(|part| matches!(*part, "full-time" | "part-time")) {
        return free(format!("I can work {}", phrases.join(" or ")));
    }
    // "on Tuesdays and Thursdays": the preposition is said once.
    let mut said: Vec<String> = Vec::new();
    let mut last = "";
    for phrase in &phrases {
        let (preposition, time) = phrase.split_once(' ').unwrap_or(("", phrase));
        said.push(if preposition == last && preposition == "on" { time.to_owned() } else { (*phrase).to_owned() });
        last = preposition;
    }
    free(format!("I am free {}", joined(&said)))
}

/// "fridays sats" are two days.
fn days(part: &str) -> Vec<&str> {
    let part = part.trim();
    if FREE_TIMES.pair_of(part).is_some() { vec![part] } else { part.split(' ').collect() }
}

fn is_whole(text: &str) -> bool {
    !text.contains(['=', '?', '"', '|', '<', '>'])
        && text.matches('(').count() == text.matches(')').count()
        && !text.ends_with(" and")
        && !text.ends_with(" with")
        && !text.ends_with(" to")
        && !text.ends_with(" the")
}
