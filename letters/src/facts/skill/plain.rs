//! Tells plain words from mark-up, shorthand and sentences.

use crate::facts::spell::is_place;
use crate::words::list;

list!(NOT_IN_SKILLS = "skill/not_in_skills");

/// Whether a text is plain enough for a noun phrase: no sentence, no sign of shorthand.
pub fn is_sound(text: &str) -> bool {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
    // "C/balance" is shorthand, and nobody has "Leeds" for a skill.
    let is_short = text.split(' ').any(|word| word.split_once('/').is_some_and(|(first, _)| first.len() == 1));
    is_plain(text)
        && !is_short
        && !is_place(&text.to_lowercase())
        && !words.into_iter().any(|word| NOT_IN_SKILLS.has(&word))
}

/// Whether a text holds no sign of mark-up or shorthand, and closes its brackets.
pub fn is_plain(text: &str) -> bool {
    let are_plain = text.chars().all(|c| c.is_alphanumeric() || " -'&/+#.,()%£:".contains(c));
    are_plain && !text.is_empty() && text.matches('(').count() == text.matches(')').count()
}
