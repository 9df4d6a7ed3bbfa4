//! Reads an employer with what stands behind its name: "EE shop floor", "Greggs Whitchurch Rd", "NHBC snagging".

use crate::facts::lexicon::bare;
use crate::facts::spell;
use crate::facts::spelling::upper_first;
use crate::words::list;

list!(AREAS = "facts/areas");
list!(PLACES = "facts/places");
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

/// Where in a place one works: "tills and pharmacy counter", "shop floor".
pub fn areas(text: &str) -> Option<String> {
    let of = |part: &str| {
        let known = AREAS.pair_of(part).map(str::to_owned);
        let noun = || {
            let preposition = PLACES.pair_of(&bare(part.split(' ').next_back()?)).filter(|word| **word != *"at")?;
            let words = part.split(' ').count();
            (words < 4 && part.chars().all(|c| c.is_lowercase() || c == ' '))
                .then(|| format!("{preposition} the {part}"))
        };
        known.or_else(noun)
    };
    let lower = text.to_lowercase();
    let parts: Vec<String> = lower.split(" and ").map(of).collect::<Option<_>>()?;
    let (first, rest) = parts.split_first()?;
    let preposition = first.split(' ').next()?;
    let rest: Vec<&str> =
        rest.iter().map(|part| part.strip_prefix(&format!("{preposition} ")).unwrap_or(part)).collect();
    Some(std::iter::once(first.as_str()).chain(rest).collect::<Vec<_>>().join(" and "))
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
