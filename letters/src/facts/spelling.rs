//! Spells the applicant's words as the middle or the beginning of a sentence needs them.

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

/// The text with a capital for each word but the small ones.
#[must_use]
pub fn title_case(text: &str) -> String {
    const SMALL: [&str; 9] = ["of", "and", "the", "in", "for", "at", "on", "to", "&"];
    let word = |word: &str| {
        if SMALL.contains(&word) { word.to_owned() } else { upper_first(word) }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
