//! Takes away what frames a requirement, and tells what kind of need it is.

use super::numbers::length;
use super::requirement::Need;
use crate::words::list;

list!(FRAMES = "evidence/frames");
list!(TAILS = "evidence/tails");
list!(pub TRAITS = "facts/traits");
list!(CONDITIONS = "evidence/conditions");

/// A requirement without the words that frame it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bare {
    /// What is asked for.
    pub text: String,
    /// How much it is wanted, where its frame says so.
    pub need: Option<Need>,
    /// For an action, what stands before it behind "someone who": "can", "is willing to".
    pub action: Option<&'static str>,
}

/// Takes away what stands before and behind a requirement: "you should have", "is desirable".
#[must_use]
pub fn bare(text: &str) -> Bare {
    let mut found = Bare { text: text.trim().to_owned(), need: None, action: None };
    loop {
        let before = found.text.clone();
        let lower = found.text.to_ascii_lowercase();
        if lower.len() != found.text.len() {
            return found;
        }
        let frame = FRAMES.pairs().filter(|(frame, _)| begins(&lower, frame)).max_by_key(|(frame, _)| frame.len());
        if let Some((frame, need)) = frame.filter(|(frame, _)| lower.len() > frame.len() + 1) {
            // "Willing to be on the rota": the verb belongs to the action.
            if frame == "be" && found.action.is_some_and(|action| action != "is") {
                return found;
            }
            found.action = action(frame).or(found.action.filter(|_| frame == "be"));
            found.need = found.need.or_else(|| Need::named(need));
            found.text = String::from(found.text[frame.len()..].trim_start_matches([' ', ':', ',', '-']));
        }
        let lower = found.text.to_ascii_lowercase();
        let tail = TAILS.pairs().filter(|(tail, _)| ends(&lower, tail)).max_by_key(|(tail, _)| tail.len());
        if let Some((tail, need)) = tail {
            // What is useful is only wished for, whatever frame stood before.
            if need == "wish" || found.need.is_none() {
                found.need = Need::named(need);
            }
            let kept = found.text.len() - tail.len();
            found.text = String::from(found.text[..kept].trim_end_matches([' ', ',', '-', ':', '(']));
        }
        if found.text == before {
            return found;
        }
    }
}

/// What stands before an action that this frame introduces.
fn action(frame: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| frame.contains(word));
    match frame {
        _ if frame.contains("used to") => None,
        _ if has(&["willing", "prepared", "happy"]) && frame.ends_with("to") => Some("is willing to"),
        "can" | "you can" => Some("can"),
        _ if has(&["able to", "ability to"]) && frame.ends_with("to") => Some("can"),
        _ => None,
    }
}

/// How much a text is wanted by its last words: "would be handy".
#[must_use]
pub fn tail(text: &str) -> Option<Need> {
    let lower = text.trim().to_ascii_lowercase();
    TAILS
        .pairs()
        .filter(|(tail, _)| ends(&lower, tail))
        .max_by_key(|(tail, _)| tail.len())
        .and_then(|(_, need)| Need::named(need))
}

fn begins(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| rest.starts_with([' ', ':', ',']))
}

fn ends(text: &str, phrase: &str) -> bool {
    text.strip_suffix(phrase).is_some_and(|rest| rest.len() > 1 && rest.ends_with([' ', '(', ',', '-']))
}

/// What kind of need a requirement is, where its frame does not say.
#[must_use]
pub fn need(text: &str) -> Need {
    let lower = format!(" {} ", text.to_ascii_lowercase());
    let is_trait = |word: &str| TRAITS.has(word) || matches!(word, "and" | "or" | "very" | "really" | "confidential");
    if text.to_ascii_lowercase().split_whitespace().all(is_trait) {
        Need::Trait
    } else if CONDITIONS.iter().any(|condition| lower.contains(condition))
        && length(&lower).is_none_or(|_| lower.contains("hour") || lower.contains("hrs"))
    {
        Need::Condition
    } else {
        Need::Must
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_fall_away() {
        let check = |text: &str, expect: &str, need: Option<Need>| {
            let found = bare(text);
            assert_eq!((found.text.as_str(), found.need), (expect, need), "{text}");
        };
        check("You should have 2 years' experience in care", "2 years' experience in care", Some(Need::Must));
        check("Makaton useful", "Makaton", Some(Need::Wish));
        check("barista experience a plus", "barista experience", Some(Need::Wish));
        check("Must have NVQ2 or willing to train", "NVQ2", Some(Need::Must));
        check("A driving licence is essential", "A driving licence", Some(Need::Must));
        check("wound care", "wound care", None);
    }

    #[test]
    fn actions_are_told_from_things() {
        assert_eq!(bare("able to work weekends").action, Some("can"));
        assert_eq!(bare("willingness to relocate").action, Some("is willing to"));
        assert_eq!(bare("able to take part in weekend rota").action, None);
        assert_eq!(bare("used to a case management system").action, None);
    }

    #[test]
    fn needs_are_told_apart() {
        assert_eq!(need("reliable and punctual"), Need::Trait);
        assert_eq!(need("right to work in the UK"), Need::Condition);
        assert_eq!(need("2 hrs a wk"), Need::Condition);
        assert_eq!(need("night audit"), Need::Must);
        assert_eq!(need("love of travel"), Need::Must);
    }
}
