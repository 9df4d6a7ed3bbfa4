//! What somebody is like: adjectives, kinds of persons, and virtues that one has.

use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::lexicon::is_role;
use crate::facts::spell::{is_name, is_place};
use crate::facts::spelling::lower_first;
use crate::words::list;

list!(TRAITS = "facts/traits");
list!(TRAITS_MORE = "skill/traits_more");
list!(NOT_ALONE = "skill/not_alone");
list!(TRAIT_DEGREES = "facts/trait_degrees");
list!(TRAIT_LINKS = "facts/trait_links");
list!(TRAIT_NOUNS = "skill/trait_nouns");
list!(TRAIT_BEGINNINGS = "skill/trait_beginnings");
list!(PERSONS = "facts/persons");
list!(PERSONS_MORE = "skill/persons_more");
list!(LIVING = "skill/living");
list!(HAD = "skill/had");
list!(ROLES_IN_SKILLS = "skill/roles");
list!(NOT_ROLES = "skill/not_roles");

/// An adjective, or a virtue that an adjective names.
pub(super) fn adjective(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let adjective = |text: String| Some((Kind::Trait, Words::Adjective(text)));
    if let Some(adjective_of) = TRAIT_NOUNS.pair_of(&lower) {
        return adjective(adjective_of.to_owned());
    }
    // "Patience with planning departments".
    if let Some((virtue, rest)) = text.split_once(" with ")
        && let Some(known) = TRAIT_NOUNS.pair_of(&virtue.to_lowercase())
        && !known.contains(' ')
    {
        return adjective(format!("{known} with {rest}"));
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let plain: Vec<&str> = words.iter().copied().filter(|word| !TRAIT_DEGREES.has(word)).collect();
    match plain.as_slice() {
        [word] if is_trait(word) && (!NOT_ALONE.has(word) || words.len() > 1) => adjective(lower),
        _ => None,
    }
}

/// What somebody is: "safeguarding lead", "preceptor to four newly qualified colleagues".
pub(super) fn role(text: &str) -> Option<(Kind, Words)> {
    let head = [" to ", " for ", " (", " with ", " under ", " of ", " at ", " in ", " on "]
        .iter()
        .filter_map(|end| text.find(end))
        .min()
        .map_or(text, |at| &text[..at]);
    let last = head.rsplit(' ').next()?.to_lowercase();
    let words = head.split(' ').count();
    let is_known = ROLES_IN_SKILLS.has(&last) || words > 1 && is_role(&last) && !NOT_ROLES.has(&last);
    let is_doing = text.split(' ').next().is_some_and(|first| first.ends_with("ing"))
        && !(words == 2 && ROLES_IN_SKILLS.has(&last));
    let is_many = last.ends_with('s') && !last.ends_with("ss");
    (is_known && !is_doing && !is_many && words < 6 && super::plain::is_sound(text))
        .then(|| (Kind::Trait, Words::Clause(format!("I am {}", with_article(&uncapitalised(text))))))
}

/// "Drone pilot" as it stands inside a sentence; names and abbreviations stay.
fn uncapitalised(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let is_plain = first.chars().skip(1).all(char::is_lowercase) && !is_name(first) && !is_place(first);
    if is_plain { lower_first(text) } else { text.to_owned() }
}

/// Any phrase of character.
pub(super) fn read(text: &str) -> Option<(Kind, Words)> {
    if !super::plain::is_plain(text) {
        return None;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let clause = |text: String| Some((Kind::Trait, Words::Clause(text)));
    if LIVING.has(&lower) {
        return clause(format!("I am good with {text}"));
    }
    if let Some(rest) = words.first().filter(|_| words.len() > 1).and_then(|_| {
        text.strip_prefix("good with ")
            .or_else(|| text.strip_prefix("great with "))
            .or_else(|| text.strip_prefix("brilliant with "))
    }) {
        return clause(format!("I am good with {}", whom(rest)));
    }
    if let Some(rest) = text
        .strip_prefix("good at ")
        .or_else(|| text.strip_prefix("great at "))
        .or_else(|| text.strip_prefix("very good at "))
    {
        return clause(format!("I am good at {rest}"));
    }
    if let Some(rest) = text.strip_prefix("able to ") {
        return Some((Kind::Skill, Words::Clause(format!("I can {rest}"))));
    }
    let last = *words.last()?;
    let degree = words.iter().take_while(|word| TRAIT_DEGREES.has(word)).count();
    let first = words.get(degree)?;
    if is_trait(first) && words.len() > degree + 1 {
        let next = words[degree + 1];
        let goes_on =
            TRAIT_LINKS.has(next) || next == "and" && words.get(degree + 2).is_some_and(|word| is_trait(word));
        if goes_on && words.len() < 12 {
            return Some((Kind::Trait, Words::Adjective(text.to_owned())));
        }
    }
    let is_bare = matches!(last, "manner" | "voice") && !words.iter().any(|word| is_trait(word) || *word == "good");
    if is_bare || last == "hands" || last == "cook" && !is_trait(first) {
        return None;
    }
    let is_person = PERSONS.has(last) || PERSONS_MORE.has(last) || is_role(last) && words.len() > 1 && is_trait(first);
    if is_person && (2..6).contains(&words.len()) {
        return Some((Kind::Trait, Words::Adjective(with_article(text))));
    }
    let is_had = HAD.has(last)
        || words.get(1).is_some_and(|word| HAD.has(word))
            && words.get(2).is_some_and(|word| matches!(*word, "for" | "of" | "with"))
        || HAD.has(words[0]) && words.get(1).is_some_and(|word| matches!(*word, "for" | "of" | "with"));
    let is_mass = ["skin", "humour", "stamina", "knowledge"].contains(&last);
    if is_had && (2..6).contains(&words.len()) && !words[0].ends_with("ing") && last != "knowledge"
        || is_had && words.len() == 2 && last == "knowledge"
    {
        let plural = last.ends_with('s') && !last.ends_with("ss") && HAD.has(last);
        let named = if plural || is_mass && last != "skin" && !lower.contains("sense of") {
            text.to_owned()
        } else {
            with_article(text)
        };
        return clause(format!("I have {named}"));
    }
    TRAIT_BEGINNINGS.beginning_of(&lower).filter(|_| (2..14).contains(&words.len()))?;
    let is_comparison = words.len() == 2 && lower.starts_with("good ");
    (!is_comparison && !lower.starts_with("good ")).then(|| (Kind::Trait, Words::Adjective(text.to_owned())))
}

/// Whom one is good with, as a letter names them.
fn whom(typed: &str) -> &str {
    match typed {
        "elderly" | "the elderly" | "old people" | "old folk" | "oldies" => "older people",
        "kids" => "children",
        "customer" => "customers",
        "hands" => "my hands",
        typed => typed,
    }
}

pub(super) fn is_trait(word: &str) -> bool {
    TRAITS.has(word) || TRAITS_MORE.has(word)
}
