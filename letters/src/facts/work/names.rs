//! Tells names of employers from other words, and puts their towns behind them.

use crate::facts::lexicon::is_role;
use crate::facts::spell;
use crate::facts::spelling::upper_first;
use crate::words::list;

list!(AGENCIES = "facts/agencies");
list!(INSTITUTIONS = "facts/institutions");
list!(PARTS = "facts/parts_of_employers");

/// "Parcelbright Leeds" is a firm in Leeds; "Leeds City Council" is a name.
pub fn with_town(words: &[&str]) -> String {
    let words: Vec<String> = institution(words);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = words.as_slice();
    let text = spell::with_the(&words.join(" "));
    let (Some(last), true) = (words.last(), words.len() > 1) else { return text };
    // "Aldi naas": a word in small letters behind a known employer is its town.
    let before_last = words[..words.len() - 1].join(" ");
    let is_plain = |word: &str| is_lower(word) && !spell::is_ordinary(word) && word.chars().all(char::is_alphabetic);
    if is_plain(last) && spell::is_employer(&before_last) {
        return format!("{} in {}", spell::with_the(&before_last), upper_first(last));
    }
    // "JD Sports Merry Hill": names behind a known employer are its town.
    let known = (1..words.len()).rev().find(|end| spell::is_employer(&words[..*end].join(" ")));
    if let Some(end) = known.filter(|end| words.len() - end < 3 && !spell::is_employer(&words.join(" "))) {
        let is_town = |word: &&str| {
            is_name(word)
                && word.chars().all(|c| c.is_alphabetic() || c == '-')
                && !PARTS.has(&word.to_lowercase())
                && word.chars().any(char::is_lowercase)
        };
        let is_alone = words.len() - end == 1 && spell::is_ordinary(&words[end].to_lowercase());
        if words[end..].iter().all(is_town) && !is_alone {
            return format!("{} in {}", spell::with_the(&words[..end].join(" ")), words[end..].join(" "));
        }
    }
    let before = words[words.len() - 2].to_lowercase();
    if words.len() == 2 && words[0].len() < 5 && words[0].chars().all(char::is_uppercase) {
        return text;
    }
    if !spell::is_employer(&words.join(" "))
        && spell::is_place(last.trim_matches(','))
        && !["of", "at", "in", "university", "and", "the"].contains(&before.as_str())
    {
        let name = spell::with_the(&words[..words.len() - 1].join(" "));
        return format!("{} in {last}", name.trim_end_matches(','));
    }
    text
}

/// The words of a name; a noun that is part of it gets its capital: "Aintree Hospital".
fn institution(words: &[&str]) -> Vec<String> {
    let mut is_within = false;
    let capital = |word: &&str| {
        let is_part = is_within && INSTITUTIONS.has(word);
        is_within = is_part || is_name(word);
        if is_part { upper_first(word) } else { (*word).to_owned() }
    };
    words.iter().map(capital).collect()
}

/// Whether the words are a name: each has a capital or joins others, or it is a name that is known.
pub fn is_named(words: &[&str]) -> bool {
    let joins = ["of", "the", "and", "&", "for", "de", "la", "on", "in", "then"];
    let is_part =
        |word: &&str| is_name(word) || INSTITUTIONS.has(word) || joins.contains(&word.to_lowercase().as_str());
    is_name(words[0]) && words.iter().all(is_part)
}

/// Whether a word begins with a capital and holds no marks.
pub fn is_name(word: &str) -> bool {
    let first = word.chars().find(|c| c.is_alphanumeric());
    first.is_some_and(char::is_uppercase) && !word.contains(['/', '£', '+', '='])
}

/// Whether a text is the name of a town or a country, with its capital.
pub fn is_town(text: &str) -> bool {
    is_name(text) && spell::is_place(text)
}

/// Whether a name is that of an agency, through which one works.
pub fn is_agency(name: &str) -> bool {
    AGENCIES.has(&name.to_lowercase())
}

/// Whether a word has no capital.
pub fn is_lower(word: &str) -> bool {
    word.chars().all(|c| !c.is_uppercase())
}

/// Kinds of places, in general.
pub fn is_kinds(text: &str) -> bool {
    ["pubs", "clubs", "bars", "hotels", "restaurants", "shops", "schools", "care homes", "cafes", "pubs and clubs"]
        .contains(&text)
}

/// Whether a text is a name and does not end with a role: "Royal Mail", not "Sales Assistant".
pub fn is_name_of_place(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    is_named(&words) && !words.last().is_some_and(|word| is_role(word))
}
