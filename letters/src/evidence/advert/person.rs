//! Reads clauses that look for a person: "someone who has worked with older people".

use std::ops::Range;

use super::clause::{CUES, Clause};
use crate::evidence::frames::{TRAITS, bare};
use crate::evidence::requirement::Need;
use crate::pattern::pattern;

pattern!(NEEDED = r"(?i)\bneeds? an? (?:[\w-]+ ){1,4}who ");

/// What a clause asks for that looks for a person: "someone who has worked with older people", "someone reliable". A person
/// that is named by the post alone ("a project manager") asks for nothing.
pub fn person(part: &str, span: Range<usize>) -> Option<Clause> {
    let lower = part.to_ascii_lowercase();
    if lower.len() != part.len() {
        return None;
    }
    // "The branch needs a vet who enjoys surgery."
    if let Some(found) = NEEDED.find(part) {
        let rest = &part[found.end()..];
        let about = third(rest, false);
        return Some(Clause { text: rest.to_owned(), about, need: Need::Wish, span, action: Some("who") });
    }
    for who in ["someone who ", "somebody who ", "a person who ", "people who ", "anyone who "] {
        if let Some(at) = lower.find(who) {
            let rest = &part[at + who.len()..];
            let about = third(rest, who == "people who ");
            return Some(Clause { text: rest.to_owned(), about, need: Need::Wish, span, action: Some("who") });
        }
    }
    let cue =
        CUES.pairs().filter(|(cue, kind)| *kind == "person" && lower.contains(cue)).max_by_key(|(cue, _)| cue.len());
    let rest = cue.and_then(|(cue, _)| lower.find(cue).map(|at| part[at + cue.len()..].trim()))?;
    if let Some(traits) = rest.strip_prefix("someone ").filter(|traits| sound(traits) && !traits.starts_with("to ")) {
        let about = Some(format!("is {traits}"));
        return Some(Clause { text: traits.to_owned(), about, need: Need::Trait, span, action: Some("is") });
    }
    let first = rest.split(' ').next().unwrap_or_default();
    if TRAITS.has(first) {
        let about = Some(format!("is {first}"));
        return Some(Clause { text: first.to_owned(), about, need: Need::Trait, span, action: Some("is") });
    }
    let rest_lower = rest.to_ascii_lowercase();
    let is_thing = !rest_lower.contains(" to ")
        && ["experience", "knowledge", " years", "qualification", "degree", "licence"]
            .iter()
            .any(|word| rest_lower.contains(word));
    let text = bare(rest).text;
    is_thing.then_some(Clause { text, about: None, need: Need::Wish, span, action: None })
}

/// A clause behind "people who" or "someone who", as it reads behind "someone who".
fn third(rest: &str, is_plural: bool) -> Option<String> {
    let rest = rest.trim_end_matches(['.', ',']);
    if !sound(rest) {
        return None;
    }
    let (verb, tail) = rest.split_once(' ')?;
    if !is_plural {
        return Some(rest.to_owned());
    }
    let verb = match verb {
        "have" => "has",
        "are" => "is",
        "can" => "can",
        "enjoy" => "enjoys",
        "know" => "knows",
        "like" => "likes",
        "want" => "wants",
        "care" => "cares",
        "love" => "loves",
        _ => return None,
    };
    Some(format!("{verb} {tail}"))
}

/// Whether words about the applicant can be taken over into a sentence about "someone".
pub fn sound(text: &str) -> bool {
    let padded = format!(" {} ", text.to_ascii_lowercase());
    let persons = ["you", "your", "we", "our", "us", "they", "their", "i", "he", "she", "them", "yourself"];
    text.split_whitespace().count() < 16
        && !text.contains([':', '(', ')', '"', '“', '”', '/', '&'])
        && !persons.iter().any(|person| padded.contains(&format!(" {person} ")))
}
