//! Separates what the applicant can do from what they are like: people mix both in one list.

use super::article::with_article;
use super::lexicon::is_role;
use super::list::{entries, joined};
use super::spelling::{lower_first, own_sentence};
use super::tidy::{unquoted, without_stop, words};
use crate::words::list;

list!(TRAITS = "facts/traits");
list!(TRAIT_DEGREES = "facts/trait_degrees");
list!(TRAIT_LINKS = "facts/trait_links");
list!(BEING = "facts/being");
list!(PERSONS = "facts/persons");
list!(THIRD_PERSON = "facts/third_person");
list!(OPENERS = "facts/skill_openers");

/// Skills and traits of the applicant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skills {
    /// Nouns, as a list: follows "with".
    pub list: Option<String>,
    /// Adjectives and the like, as a list: follows "I am".
    pub traits: Option<String>,
    /// The applicant's own sentence, without its last stop; the other fields are then empty.
    pub sentence: Option<String>,
}

impl Skills {
    /// Parses a field; `text` is one tidy line, not empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = without_stop(unquoted(text));
        if let Some(sentence) = own_sentence(text) {
            return Self { sentence: Some(sentence), ..Self::default() };
        }
        let parted = text.replace(". ", ", ").replace(" + ", ", ");
        let split = apart(&parted);
        let (being, having): (Vec<&str>, Vec<&str>) =
            split.iter().map(String::as_str).partition(|entry| is_trait(entry));
        let traits: Vec<String> = being.into_iter().map(as_trait).collect();
        let list: Vec<String> = having.into_iter().map(as_noun).collect();
        let some = |list: Vec<String>| (!list.is_empty()).then(|| joined(&list));
        Self { list: some(list), traits: some(traits), sentence: None }
    }
}

/// The entries; a last entry of two short parts joined by "and" becomes two.
fn apart(text: &str) -> Vec<String> {
    let parts = entries(text);
    let mut split = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        match part.split_once(" and ").or_else(|| part.split_once(" & ")) {
            Some((one, other))
                if is_last && words(one) <= 3 && words(other) <= 3 && !part.contains('(') && !one.ends_with("Word") =>
            {
                split.extend([one.trim().to_owned(), other.trim().to_owned()]);
            }
            _ => split.push((*part).to_owned()),
        }
    }
    split
}

/// Whether a text begins with words for what a person is rather than has.
fn begins_with_being(text: &str) -> bool {
    let lower = text.to_lowercase();
    BEING.beginnings_of(&lower).any(|beginning| !lower[beginning.len()..].starts_with(char::is_alphanumeric))
}

/// Whether an entry describes the character of a person.
fn is_trait(entry: &str) -> bool {
    let lower = entry.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !TRAIT_DEGREES.has(word)).collect();
    match words.as_slice() {
        [] => false,
        [one] => TRAITS.has(one) || PERSONS.has(one),
        ["hard", "working"] => true,
        [first, .., last] => {
            let is_short = words.len() <= 5;
            let goes_on = TRAIT_LINKS.has(words[1]);
            begins_with_being(entry)
                || as_third_person(entry).is_some()
                || (TRAITS.has(first) && goes_on)
                || (is_short && (PERSONS.has(last) || (is_role(last) && TRAITS.has(first))))
        }
    }
}

/// The entry as it follows "I am".
fn as_trait(entry: &str) -> String {
    if let Some(clause) = as_third_person(entry) {
        return format!("someone who {clause}");
    }
    let lower = lower_first(entry);
    let last = lower.rsplit(' ').next().unwrap_or_default();
    let is_somebody = PERSONS.has(last) || (is_role(last) && lower.contains(' '));
    if is_somebody && !begins_with_being(entry) { with_article(&lower) } else { lower }
}

/// The entry with its verb in the third person, if it begins with a verb: `speaks Welsh`.
fn as_third_person(entry: &str) -> Option<String> {
    let (first, rest) = entry.split_once(' ')?;
    let first = first.to_lowercase();
    let third = THIRD_PERSON.pair_of(&first)?;
    // "work ethic" is a noun.
    let is_noun = matches!(first.as_str(), "work" | "like") && words(rest) < 3;
    (!is_noun).then(|| format!("{third} {rest}"))
}

/// The entry as it stands in a list of nouns: `Good communication` begins with a small letter there.
fn as_noun(entry: &str) -> String {
    let first = entry.split_whitespace().next().unwrap_or_default();
    if OPENERS.has(&first.to_lowercase()) { lower_first(entry) } else { entry.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, list: Option<&str>, traits: Option<&str>, sentence: Option<&str>) {
        let own = |text: Option<&str>| text.map(str::to_owned);
        assert_eq!(
            Skills::of(text),
            Skills { list: own(list), traits: own(traits), sentence: own(sentence) },
            "{text}"
        );
    }

    #[test]
    fn skills_and_traits_are_told_apart() {
        check("python", Some("python"), None, None);
        check("python, SQL, Excel", Some("python, SQL and Excel"), None, None);
        check("hardworking, punctual, team player", None, Some("hardworking, punctual and a team player"), None);
        check("Python, very organised; fast learner", Some("Python"), Some("very organised and a fast learner"), None);
        check("Good communication and Excel", Some("good communication and Excel"), None, None);
        check("Microsoft Office (Word, Excel), typing", Some("Microsoft Office (Word, Excel) and typing"), None, None);
        check("fluent in Polish", None, Some("fluent in Polish"), None);
    }

    #[test]
    fn own_sentences_stay() {
        check(
            "i am good with people and fluent in Polish.",
            None,
            None,
            Some("I am good with people and fluent in Polish"),
        );
        check(
            "Excel, can drive, speaks Welsh",
            Some("Excel"),
            Some("someone who can drive and someone who speaks Welsh"),
            None,
        );
        check(
            "love animals. very patient + calm under pressure",
            None,
            Some("someone who loves animals, very patient and calm under pressure"),
            None,
        );
        check("good with my hands, work ethic", Some("work ethic"), Some("good with my hands"), None);
    }
}
