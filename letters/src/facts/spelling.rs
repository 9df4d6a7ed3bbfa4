//! Spells the applicant's words as the middle or the beginning of a sentence needs them.

use crate::words::list;

list!(SENTENCE_BEGINNINGS = "facts/sentence_beginnings");
list!(SENTENCE_VERBS = "facts/sentence_verbs");

/// The text as a letter spells it, if it consists of sentences in the first person.
#[must_use]
pub fn own_sentence(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let beginning = SENTENCE_BEGINNINGS.beginning_of(&lower)?;
    let speaks = beginning.starts_with('i') || lower.split([' ', ',']).any(|word| SENTENCE_VERBS.has(word));
    (speaks && text.split_whitespace().count() > 2).then(|| spelt(text))
}

/// The text with a capital letter at its beginning and for every "I".
fn spelt(text: &str) -> String {
    let words = text.split(' ').map(|word| match word {
        "i" => "I".to_owned(),
        "im" | "Im" => "I'm".to_owned(),
        "ive" | "Ive" => "I've".to_owned(),
        _ if ["i'", "i’"].iter().any(|start| word.starts_with(start)) => word.replacen('i', "I", 1),
        _ => word.to_owned(),
    });
    let sentence = words.collect::<Vec<_>>().join(" ");
    upper_first(&sentence)
}

/// The text with its first letter in upper case.
#[must_use]
pub fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The text with its first letter in lower case, unless its first word has further capitals, as abbreviations have.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let is_plain = first.chars().skip(1).all(|c| !c.is_uppercase()) && first.chars().count() > 1;
    let mut characters = text.chars();
    match characters.next() {
        Some(initial) if is_plain => initial.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}
