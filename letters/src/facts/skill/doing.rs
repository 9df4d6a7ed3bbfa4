//! What one does with the things that are named as a skill: "date checks" are carried out, "focus groups" run.

use crate::facts::fact::{Kind, Words};
use crate::facts::lexicon::{bare, is_doing};
use crate::pattern::pattern;
use crate::words::list;

list!(DONE_TO = "skill/done_to");

pattern!(USE_OF = r"(?i)^(?:the )?(?:safe )?(?:use|usage|operation|operating) of (?:a |the )?(.+)$");
pattern!(VOLTS = r"(?i)^\d+ ?k?v\b.*$");
pattern!(DIGITS = r"^[A-Z][\w-]*(?: [A-Z][\w-]*)* \d{2,4}$");

/// The skill with its verb, where the last word tells which it is.
pub(super) fn with(named: &str) -> Option<(Kind, Words)> {
    let words: Vec<&str> = named.split(' ').collect();
    let first = words.first()?;
    let head = named.split(" for ").next()?.split(" with ").next()?.split(" on ").next()?.split(" to ").next()?;
    let last = bare(head.rsplit(' ').next()?);
    let has_verb = is_doing(first)
        && first.ends_with("ing")
        && words.len() > 1
        && !matches!(
            *first,
            "planning"
                | "building"
                | "cleaning"
                | "training"
                | "lighting"
                | "wiring"
                | "clothing"
                | "wedding"
                | "landing"
                | "evening"
        );
    if has_verb || named.contains('(') || named.contains(" and ") && words.len() > 4 {
        return None;
    }
    if DIGITS.is_match(named) {
        return Some((Kind::Tool, Words::Thing(named.to_owned())));
    }
    let verb = DONE_TO.pair_of(&last)?;
    Some((Kind::Skill, Words::Thing(format!("{verb} {named}"))))
}

/// "Use of hoists and slings": I can use them. "415V systems": I can work on them.
pub(super) fn used(text: &str) -> Option<(Kind, Words)> {
    if VOLTS.is_match(text) && super::plain::is_sound(text) {
        return Some((Kind::Skill, Words::Clause(format!("I can work on {text}"))));
    }
    let found = USE_OF.captures(text).filter(|_| super::plain::is_sound(text))?;
    Some((Kind::Skill, Words::Clause(format!("I can use {}", &found[1]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_get_the_verb_that_fits_them() {
        let check = |named: &str, expect: &str| {
            let found = with(named).or_else(|| used(named));
            let Some((_, Words::Thing(text) | Words::Clause(text))) = found else { panic!("{named}") };
            assert_eq!(text, expect, "{named}");
        };
        check("date checks", "carrying out date checks");
        check("focus groups", "running focus groups");
        check("email campaigns", "running email campaigns");
        check("literature reviews", "writing literature reviews");
        check("SEL and ABB relays", "working with SEL and ABB relays");
        check("415V systems", "I can work on 415V systems");
        check("Omicron CMC 356", "Omicron CMC 356");
        check("use of hoists and slings", "I can use hoists and slings");
        for text in ["wound care", "running open meetings", "report writing"] {
            assert!(with(text).is_none(), "{text}");
        }
    }
}
