//! Gives the names of people and companies their capitals.

use super::shorthand::{spelling, upper};
use crate::words::list;

list!(PARTICLES = "spell/particles");
list!(COMPANY_ENDINGS = "spell/company_endings");

/// A name with its capitals, if it has none or nothing else: "aoife brennan" is Aoife Brennan.
#[must_use]
pub fn name(text: &str) -> String {
    let text = text.trim();
    let is_small = !text.chars().any(char::is_uppercase);
    let is_loud = !text.chars().any(char::is_lowercase)
        && text
            .split_whitespace()
            .any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 4 || has_neighbour(text))
        && text.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
    if !is_small && !is_loud {
        return text.to_owned();
    }
    let lower = text.to_lowercase();
    if let Some(known) = spelling(&lower).filter(|known| known.starts_with(char::is_uppercase)) {
        return known.to_owned();
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let named = words.iter().enumerate().map(|(at, word)| {
        let saint = at > 0 && words[at - 1] == "st";
        word_of_name(word, at == 0, at + 1 == words.len(), saint)
    });
    named.collect::<Vec<_>>().join(" ")
}

/// The name of a person with its capitals: "LIAM" is Liam, where a company might be called so.
#[must_use]
pub fn person(text: &str) -> String {
    let text = text.trim();
    let is_loud = !text.chars().any(char::is_lowercase) && !text.contains([' ', '.']) && text.chars().count() > 2;
    let has_vowel = text.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
    if is_loud && has_vowel { name(&text.to_lowercase()) } else { name(text) }
}

/// Whether a loud name has two words of at least three letters, as people's names have.
fn has_neighbour(text: &str) -> bool {
    text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 2).count() > 1
}

fn word_of_name(word: &str, is_first: bool, is_last: bool, is_saint: bool) -> String {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if PARTICLES.has(bare) && !is_first && !is_last {
        return word.to_owned();
    }
    if let Some(ending) = COMPANY_ENDINGS.iter().find(|ending| ending.to_lowercase() == bare) {
        return word.replacen(bare, ending, 1);
    }
    let known = spelling(bare).filter(|known| known.starts_with(char::is_uppercase) && !known.contains(' '));
    if let Some(known) = known.filter(|known| !known.chars().all(|c| c.is_ascii_uppercase()) || known.len() > 2) {
        return word.replacen(bare, known, 1);
    }
    let is_spelt_out = bare.chars().count() < 4
        && bare.chars().count() > 1
        && !bare.contains(['a', 'e', 'i', 'o', 'u', 'y', '\'', '-', '&'])
        && !matches!(bare, "st" | "mr" | "mrs" | "dr" | "ng" | "ms");
    if is_spelt_out {
        return word.to_uppercase();
    }
    if is_saint
        && bare.ends_with('s')
        && !bare.contains('\'')
        && bare.len() > 4
        && spelling(&format!("st {bare}")).is_none()
        && bare != "james"
        && bare != "thomas"
    {
        return format!("{}'s", upper(&bare[..bare.len() - 1]));
    }
    let mut spelt = String::new();
    let mut is_start = true;
    for character in word.chars() {
        if is_start && character.is_alphabetic() {
            spelt.extend(character.to_uppercase());
        } else {
            spelt.push(character);
        }
        is_start = !character.is_alphanumeric() && (character != '\'' || is_capital_apostrophe(word));
    }
    match spelt.strip_prefix("Mc") {
        Some(rest) if rest.chars().count() > 2 => format!("Mc{}", upper(rest)),
        _ => spelt,
    }
}

/// Whether the letter behind the apostrophe is a capital, as in O'Neill and D'Souza.
fn is_capital_apostrophe(word: &str) -> bool {
    word.split_once('\'').is_some_and(|(start, rest)| start.chars().count() < 3 && rest.chars().count() > 2)
}

list!(EMPLOYERS = "spell/employers");
list!(THE_BEGINNINGS = "spell/the_beginnings");
list!(THE_ENDS = "spell/the_ends");

/// The name with "the" where a sentence needs it: "the University of Leeds", "the National Trust".
#[must_use]
pub fn with_the(name: &str) -> String {
    let lower = name.to_lowercase();
    let begins = |start: &str| lower.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let ends = |end: &str| lower.strip_suffix(end).is_some_and(|rest| rest.ends_with(' '));
    match name.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None if !name.starts_with(char::is_uppercase) => name.to_owned(),
        None if ["premier inn", "holiday inn"].contains(&lower.as_str()) => name.to_owned(),
        // "The Max Planck Institute for Marine Microbiology".
        None if ["institute for ", "institute of "].iter().any(|words| lower.contains(words)) => format!("the {name}"),
        None if THE_BEGINNINGS.iter().any(begins) || THE_ENDS.iter().any(ends) => format!("the {name}"),
        None => name.to_owned(),
    }
}

/// Whether a text is the name of a well-known employer, however it is typed.
#[must_use]
pub fn is_employer(text: &str) -> bool {
    EMPLOYERS.iter().any(|employer| employer.eq_ignore_ascii_case(text))
}
