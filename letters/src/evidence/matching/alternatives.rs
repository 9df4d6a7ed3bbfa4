//! Takes the things apart of which a requirement accepts any.

use crate::evidence::frames::bare;

/// Most words of a requirement whose alternatives are told apart.
const ALTERNATIVES_MAX: usize = 12;

/// The single things that a requirement accepts: "swimming or sports coaching", "PA1/PA6".
pub fn alternatives(raw: &str) -> Vec<String> {
    let bare = bare(raw).text;
    let kept =
        bare.replace(" or above", " above").replace(" or more", "").replace(" or better", "").replace(" or higher", "");
    if kept.split_whitespace().count() > ALTERNATIVES_MAX {
        return vec![kept];
    }
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut spaced = String::new();
    for (at, character) in kept.char_indices() {
        let (before, after) = (&kept[..at], &kept[at + character.len_utf8()..]);
        let is_number = digit(before.chars().next_back()) && digit(after.chars().next());
        // "Level 3/4" names two levels, "24/7" no two things; nor does "A/B".
        let is_level = before.get(..at.saturating_sub(1)).is_some_and(|lead| lead.to_lowercase().ends_with("level "));
        let is_letter =
            before.rsplit(' ').next().is_some_and(|word| word.len() == 1 && word.starts_with(char::is_uppercase))
                && after.split(' ').next().is_some_and(|word| word.len() == 1);
        if character == '/' && (!is_number || is_level) && !is_letter {
            spaced.push_str(" or ");
        } else {
            spaced.push(character);
        }
    }
    // What stands in brackets is an example.
    let outside = outside_brackets(&spaced);
    let parts: Vec<&str> = outside.split(" or ").map(str::trim).filter(|part| !part.is_empty()).collect();
    let Some((first, others)) = parts.split_first() else { return Vec::new() };
    let mut found = vec![(*first).to_owned()];
    for part in others {
        found.push(with_lead(first, part));
    }
    found.extend(examples(&spaced));
    found
}

/// A text without its brackets.
fn outside_brackets(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('(') {
        outside.push_str(before);
        rest = behind.split_once(')').map_or("", |(_, behind)| behind.trim_start());
    }
    outside.push_str(rest);
    outside
}

/// The names that a bracket accepts: "Figma" and "Sketch" of "a design tool (Figma or Sketch)".
fn examples(text: &str) -> Vec<String> {
    let inner = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inner, _)| inner);
    let inner = inner.trim_start_matches("e.g. ").trim_start_matches("eg ").trim_start_matches("such as ");
    let parts: Vec<&str> = inner.split(',').flat_map(|part| part.split(" or ")).map(str::trim).collect();
    let is_name = |part: &&str| part.split(' ').count() < 3 && part.starts_with(char::is_uppercase) && part.len() > 1;
    let is_choice = inner.contains(" or ");
    if is_choice && parts.iter().all(is_name) { parts.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

/// A later alternative with the words that it shares with the first: "experience of" in "experience of synthesis or device
/// fabrication", "teaching Year" in "teaching Year 5 or 6".
fn with_lead(first: &str, part: &str) -> String {
    let words: Vec<&str> = first.split(' ').collect();
    let is_figure = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    if is_figure(part) && words.last().is_some_and(|last| is_figure(last)) {
        return format!("{} {part}", words[..words.len() - 1].join(" "));
    }
    let lead =
        words.iter().position(|word| ["in", "of", "with", "at"].contains(word)).filter(|at| *at + 1 < words.len());
    let is_whole = ["experience", "years", "degree", "qualification", "licence"].iter().any(|word| part.contains(word));
    match lead {
        Some(at) if part.split(' ').count() < 4 && !is_whole => format!("{} {part}", words[..=at].join(" ")),
        _ => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_share_the_words_before_them() {
        let check = |text: &str, expect: &[&str]| assert_eq!(alternatives(text), expect, "{text}");
        check(
            "experience of synthesis or device fabrication",
            &["experience of synthesis", "experience of device fabrication"],
        );
        check("teaching Year 5 or 6", &["teaching Year 5", "teaching Year 6"]);
        check("PA1/PA6", &["PA1", "PA6"]);
        check(
            "horticulture qualification or 3 years' experience",
            &["horticulture qualification", "3 years' experience"],
        );
        check("3 yrs CDP or above", &["3 yrs CDP above"]);
        check("24/7 shifts", &["24/7 shifts"]);
        check("CIH level 3/4", &["CIH level 3", "CIH level 4"]);
        check("A/B tests", &["A/B tests"]);
        check("registration (or eligibility) with the HCPC", &["registration with the HCPC"]);
        check("RTOS (FreeRTOS or Zephyr)", &["RTOS", "FreeRTOS", "Zephyr"]);
        check("driver (sites in Ormskirk or Rufford)", &["driver"]);
    }
}
