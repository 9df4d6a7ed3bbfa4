//! Reads an employer with what stands behind its name: "EE shop floor", "Greggs Whitchurch Rd", "NHBC snagging".

use super::undertaking::areas;
use crate::facts::lexicon::bare;
use crate::facts::spell;
use crate::facts::spelling::upper_first;
use crate::words::list;

list!(FIELDS = "facts/work_fields");
list!(STREETS = "facts/streets");

/// Most words of what stands behind the name.
const REST_MAX: usize = 5;

/// The employer with its preposition, and the part of it, the street or the work that is named behind it.
pub fn with_part(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..words.len()).rev().find_map(|end| {
        let (name, rest) = (words[..end].join(" "), &words[end..]);
        let is_short = end == 1 && name.len() > 1 && name.chars().all(char::is_uppercase);
        if rest.len() > REST_MAX || !(spell::is_employer(&name) || is_short) {
            return None;
        }
        let part = part(rest)?;
        Some(format!("at {} {part}", spell::with_the(&name)))
    })
}

/// What stands behind the name, with its preposition.
fn part(rest: &[&str]) -> Option<String> {
    let text = rest.join(" ");
    let last = bare(rest.last()?);
    if STREETS.has(&last) && rest.len() > 1 && rest[0].starts_with(char::is_uppercase) {
        return Some(format!("in {}", rest.iter().map(|word| upper_first(word)).collect::<Vec<_>>().join(" ")));
    }
    // "Amazon warehouse" is a name for a place of its own.
    let is_kind = |area: &String| !["a", "an"].contains(&area.split(' ').nth(1).unwrap_or_default());
    areas(&text).filter(is_kind).or_else(|| is_work(&text).then(|| format!("in {}", text.to_lowercase())))
}

/// Whether a text names kinds of work: "snagging and customer care".
fn is_work(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_kind = |part: &str| {
        let words: Vec<&str> = part.split(' ').collect();
        FIELDS.has(part)
            || words.len() == 1 && part.len() > 5 && part.ends_with("ing")
            || matches!(words.as_slice(), ["customer" | "home" | "patient", "care" | "services" | "support"])
    };
    lower.split(" and ").all(is_kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_an_employer_is_a_part_a_street_or_the_work() {
        for (typed, expect) in [
            ("EE shop floor", "at EE on the shop floor"),
            ("Greggs Whitchurch road", "at Greggs in Whitchurch Road"),
            ("NHBC snagging and customer care", "at NHBC in snagging and customer care"),
            ("Tesco home delivery", "at Tesco on home deliveries"),
        ] {
            assert_eq!(with_part(typed).as_deref(), Some(expect), "{typed}");
        }
        for typed in ["GCSE maths", "IT support", "Boots loyalty scheme"] {
            assert_eq!(with_part(typed), None, "{typed}");
        }
    }
}
