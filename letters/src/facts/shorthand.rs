//! Finds shorthand that nobody wrote out: a letter does not repeat it, so that what holds it was not read surely.

use super::spell::{is_name, is_place, software};
use crate::words::list;

list!(SHORT_WORDS = "spell/short_words");
list!(SHORTHAND = "checks/shorthand");

/// Most letters of a word that is shorthand unless it is known.
const SHORT: usize = 4;

/// Whether `words`, which a sentence would say, hold shorthand of what was `typed`: a short word in small letters that
/// is neither an everyday word nor the beginning of a name, or one without vowels.
#[must_use]
pub fn holds_shorthand(words: &str, typed: &str) -> bool {
    let typed: Vec<&str> = tokens(typed).collect();
    tokens(words).any(|word| {
        let lower = word.to_lowercase();
        let is_small = word.chars().skip(1).all(char::is_lowercase) && typed.contains(&lower.as_str());
        is_small
            && !is_name(&lower)
            && !is_place(&lower)
            && software(&lower).is_none()
            && (is_short(&lower) || SHORTHAND.has(&lower) || !has_vowel(&lower) && !SHORT_WORDS.has(&lower))
    })
}

fn is_short(word: &str) -> bool {
    let letters = word.chars().count();
    let alone = ["a", "i", "s", "t", "d", "m"];
    letters == 1 && !alone.contains(&word) || (2..=SHORT).contains(&letters) && !SHORT_WORDS.has(word)
}

fn has_vowel(word: &str) -> bool {
    word.chars().any(|c| "aeiouyáéíóúäöüåøèêàâôûîïëæ".contains(c)) || word.chars().count() < 2
}

/// The words of letters alone, without what an apostrophe or a figure adds.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "'’+#.&/-".contains(c)))
        .map(|word| word.split(['\'', '’']).next().unwrap_or_default().trim_matches('.'))
        .filter(|word| !word.is_empty() && word.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shorthand_that_was_not_written_out_is_found() {
        for (words, typed) in [
            ("a Level 2 in Food Hyg", "food hyg l2"),
            ("a BTEC in App Sci", "btec app sci"),
            ("a carer for my mum until she died jan", "carer for mum til she died jan"),
            ("help da with a patio", "helping da w/ patio"),
            ("he wldnt settle", "wldnt settle"),
        ] {
            assert!(holds_shorthand(words, typed), "{words}");
        }
    }

    #[test]
    fn everyday_words_and_names_are_no_shorthand() {
        for (words, typed) in [
            ("a chef de partie at the Pilot Boat", "chef de partie at the pilot boat"),
            ("a barista in Hull", "barista, hull"),
            ("NMC PIN", "nmc pin"),
            ("ring 312 chicks on a boat", "ring 312 chicks on a boat"),
            ("an HR officer at DHL", "hr officer at dhl"),
            ("wound care, including leg ulcers", "wound care inc leg ulcers"),
            ("my mum's cafe", "mums cafe"),
            ("short e-mails, sleep-ins and e-rostering", "short e-mails, sleep-ins and e-rostering"),
            ("a supervisor at St Aidan's", "supervisor at st aidans"),
        ] {
            assert!(!holds_shorthand(words, typed), "{words}");
        }
    }
}
