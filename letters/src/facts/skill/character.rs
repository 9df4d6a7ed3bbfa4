//! What somebody is like: adjectives, kinds of persons, and virtues that one has.

use crate::facts::article::with_article;
use crate::facts::fact::{Kind, Words};
use crate::facts::lexicon::is_role;
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

/// An adjective, or a virtue that an adjective names.
pub(super) fn adjective(text: &str) -> Option<(Kind, Words)> {
    let lower = text.to_lowercase();
    let adjective = |text: String| Some((Kind::Trait, Words::Adjective(text)));
    if let Some(adjective_of) = TRAIT_NOUNS.pair_of(&lower) {
        return adjective(adjective_of.to_owned());
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let plain: Vec<&str> = words.iter().copied().filter(|word| !TRAIT_DEGREES.has(word)).collect();
    match plain.as_slice() {
        [word] if is_trait(word) && (!NOT_ALONE.has(word) || words.len() > 1) => adjective(lower),
        _ => None,
    }
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
        return clause(format!("I am good with {rest}"));
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

pub(super) fn is_trait(word: &str) -> bool {
    TRAITS.has(word) || TRAITS_MORE.has(word)
}
