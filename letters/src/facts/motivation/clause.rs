//! A note of a reason as a clause with its subject.

use super::grammar::{self, families, has_verb, has_verb_after_noun, is_clean, lower_start};
use crate::facts::lexicon::bare;
use crate::facts::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(SUBJECTS = "motivation/subjects");
list!(VERBS = "motivation/wants");
list!(TRAITS = "facts/traits");
list!(STATES = "motivation/states");
list!(KIN = "spell/kin");

// "Live four minutes away, and my cousin worked there for three years": the years are hers.
pattern!(OTHERS = r"(?i),? (?:and|but|so) (?:my|our|his|her|he|she|they|we|the|an?) ");
pattern!(
    SINCE =
        r"(?i)\bsince (?:19|20)\d\d\b|\bsince i was\b|\bfor (?:the last |over )?(?:\w+) (?:years|months)(?:$|,? and )"
);
// Grammar that no letter repeats: "he rest the fish", "I walk past five years", "the porter always say".
pattern!(
    SLIPS = r"(?i)\b(?:he|she|it) (?:come|rest|say|do|give|go|make|take|tell|want|have|work)\b|\b(?:walk|work|live|stay|go) past (?:\w+) years\b|\b(?:porter|boss|manager|chef|owner|lady|man|woman|driver) (?:always )?(?:say|do|give|go|make|take|tell)\b|\byoungests\b|^I (?:stay|live) near$"
);
pattern!(EQUALS = r"^(.+?) = (?:the |my )?(.+)$");
pattern!(UNFIT = r"[?=|<>{}\[\]]|\.\.\.|…");

/// The text as a clause with a subject; `None` when it has none surely.
pub(super) fn clause(text: &str) -> Option<String> {
    let words = text.split_whitespace().count();
    if !(2..45).contains(&words) || text.matches('(').count() != text.matches(')').count() {
        return None;
    }
    if let Some(found) = EQUALS.captures(text) {
        let what = found[1].trim();
        let verb = if what.ends_with('s') && !what.ends_with("ss") { "are" } else { "is" };
        let said = found[2].replace(" bit", " part");
        let is_short = what.split(' ').count() < 6 && said.split(' ').count() < 6;
        return is_short.then(|| format!("{what} {verb} the {said}"));
    }
    if UNFIT.is_match(text) {
        return None;
    }
    let text = families(&mended(text));
    let first = bare(text.split_whitespace().next()?);
    let spoken = if first == "i" {
        let (_, rest) = text.split_once(' ')?;
        lasting(rest).unwrap_or_else(|| format!("I {rest}"))
    } else if let Some(rest) = text.strip_prefix("been ").or_else(|| text.strip_prefix("Been ")) {
        format!("I have been {rest}")
    } else if text.to_lowercase().starts_with("looking to ") || text.to_lowercase().starts_with("hoping to ") {
        format!("I am {}", lower_start(&text))
    } else if SUBJECTS.has(&first) || KIN.has(&first) || KIN.has(first.trim_end_matches('s')) {
        has_verb(&text).then(|| text.clone())?
    } else if TRAITS.has(&first) && !SUBJECTS.has(&first) && text.split(' ').nth(1).is_none_or(grammar::is_link) {
        format!("I am {}", crate::facts::spelling::lower_first(&text))
    } else if VERBS.has(&first) {
        without_subject(&lower_start(&text))?
    } else {
        let told = verb::read(&text).filter(|(form, _)| *form == Form::Past && !first.ends_with("ed"));
        match told {
            // "ate there on my day off": only the "I" is missing.
            Some((_, act)) if text.split(' ').count() > 2 => format!("I {}", act.past),
            _ => has_verb_after_noun(&text).then(|| text.clone())?,
        }
    };
    if SLIPS.is_match(&spoken) {
        return None;
    }
    let clause = if spoken.starts_with("I ") { spoken } else { lower_start(&spoken) };
    is_clean(&clause).then_some(clause)
}

/// "ride a gravel bike" lacks "I"; "come on the rides since 2023" has gone on until now.
fn without_subject(text: &str) -> Option<String> {
    let (first, rest) = text.split_once(' ')?;
    if matches!(first, "always" | "never" | "once") {
        return verb::read(rest).map(|(form, act)| match form {
            Form::Past if first != "once" => format!("I have {first} {}", act.past),
            Form::Past => format!("I {first} {}", act.past),
            _ => format!("I {first} {}", act.base),
        });
    }
    Some(lasting(text).unwrap_or_else(|| format!("I {text}")))
}

/// What has gone on since a year, as English says it.
pub(super) fn lasting(text: &str) -> Option<String> {
    let own = OTHERS.find(text).map_or(text, |others| &text[..others.start()]);
    // "Have lived here for ten years" is said so already.
    let next = text.strip_prefix("have ").and_then(|rest| rest.split(' ').next());
    if next.is_some_and(|next| next.ends_with("ed") || next.ends_with("en")) {
        return None;
    }
    if let Some(rest) = text.strip_prefix("live ").filter(|_| SINCE.is_match(own)) {
        return Some(format!("I have lived {rest}"));
    }
    let (form, act) = verb::read(text)?;
    let verb = act.base.split(' ').next()?;
    if form != Form::Base || !SINCE.is_match(own) {
        return None;
    }
    Some(if STATES.has(verb) {
        if verb == "know" { format!("I have known{}", &act.base[verb.len()..]) } else { format!("I have {}", act.past) }
    } else {
        format!("I have been {}", act.doing)
    })
}

/// Small repairs: "want off the road" lacks its verb, "want make" its "to".
fn mended(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in [(" like on ", ", like on "), (" like in ", ", like in "), (" like at ", ", like at ")] {
        if !text.contains(',') && text.starts_with("want") {
            text = text.replacen(from, to, 1);
        }
    }
    let mut lead = String::new();
    let mut rest = text.as_str();
    for start in ["I ", "i "] {
        if let Some(bare) = rest.strip_prefix(start) {
            lead.push_str("I ");
            rest = bare;
        }
    }
    let rest = if let Some(bare) = rest.strip_prefix("want off ") {
        format!("want to move off {bare}")
    } else if let Some(bare) = rest.strip_prefix("want out of ") {
        format!("want to move out of {bare}")
    } else if let Some(bare) = rest.strip_prefix("want into ") {
        format!("want to move into {bare}")
    } else {
        match rest.strip_prefix("want ").filter(|bare| {
            verb::read(bare).is_some_and(|(form, act)| form == Form::Base && act.base == *bare) && bare.contains(' ')
        }) {
            Some(bare) => format!("want to {bare}"),
            None => rest.to_owned(),
        }
    };
    format!("{lead}{rest}").replace(", same as ", ", the same as ")
}
