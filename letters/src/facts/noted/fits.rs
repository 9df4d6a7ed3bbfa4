//! Tells sentences whose verb does not fit what it takes: "I am a temping", "my skills include chatty", "I speak Maths".

use super::super::lexicon::{is_field_in_ing, is_role, may_be_role};
use super::super::spell::is_language;
use super::super::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(DEGREES = "qualification/degrees");
list!(TRAITS = "facts/traits");
list!(SUBJECTS = "qualification/school_subjects");
list!(SOMEBODY = "noted/somebody");
list!(LINKS = "noted/links");
list!(NOT_USED = "noted/not_used");

pattern!(BRACKETS = r"\s*\([^)]*\)");

/// Beginnings of what somebody is or was, before an article or without.
const BEING: [&str; 4] = ["I am ", "I was ", "I have been ", "I had been "];

/// Small words of a title behind the one for the person: "manager designate".
const LEVELS: [&str; 10] = ["band", "designate", "elect", "full", "grade", "level", "now", "part", "time", "twice"];

/// Whether the verb of a sentence fits what it takes.
pub fn fits(text: &str) -> bool {
    let items = |rest: &str| -> Vec<String> {
        rest.replace(" and ", ", ").split(", ").map(|item| item.trim().to_lowercase()).collect()
    };
    if let Some(rest) = BEING.iter().find_map(|lead| text.strip_prefix(lead)) {
        return is_somebody(rest);
    }
    if let Some(rest) = text.strip_prefix("My skills include ") {
        let is_thing =
            |item: &str| item.starts_with("a ") && !item.starts_with("a bit of ") && !item.starts_with("a little ");
        return !items(rest).iter().any(|item| TRAITS.has(item) || item.starts_with("good with ") || is_thing(item));
    }
    if let Some(rest) = text.strip_prefix("I speak ") {
        let items: Vec<String> = items(rest);
        let is_subject = |item: &String| SUBJECTS.pairs().any(|(subject, _)| subject == item) && !is_language(item);
        return !items.iter().any(is_subject);
    }
    // "I can use stock orders", but "machines for packing orders".
    let is_deed = |item: &str| {
        let last = item.split(' ').next_back().unwrap_or_default();
        let is_plain = item.chars().all(|c| c.is_ascii_lowercase() || c == ' ');
        let has_more = item.split(' ').any(|word| ["do", "for", "in", "my", "take", "to", "with"].contains(&word));
        NOT_USED.has(last) && is_plain && !has_more
    };
    // "I can use Excel and minding money", but "Excel, including pivot tables".
    let is_doing = |item: &String| {
        item.split_once(' ').is_some_and(|(first, _)| {
            first.ends_with("ing") && !is_field_in_ing(first) && !["including", "using"].contains(&first)
        })
    };
    text.strip_prefix("I can use ").is_none_or(|rest| {
        let bare = BRACKETS.replace_all(rest, " ").replace(" and ", ", ");
        !items(rest).iter().any(is_doing) && !bare.split(", ").any(|item| is_deed(item.trim()))
    })
}

/// Whether somebody can be what follows: no award, placement or course, and nothing that is done.
fn is_somebody(rest: &str) -> bool {
    let (has_article, named) = match rest.split_once(' ') {
        Some(("a" | "an", named)) => (true, named),
        _ => (false, rest),
    };
    if has_article {
        // "A kitchen and bathroom designer", "a trainee and then a senior at Boots".
        let Some((first, second)) = named.split_once(" and ") else { return names_somebody(named) };
        return names_somebody(first) && goes_on(first, second) || names_somebody(named);
    }
    let first = named.split([' ', ',']).next().unwrap_or_default();
    !DEGREES.has(first) || named.contains(" student") || named.contains(" candidate")
}

/// Whether what follows an "and" goes on with what somebody is, has or did: no "electrician's mate and council parks".
fn goes_on(first: &str, second: &str) -> bool {
    let words: Vec<&str> = second.split(' ').filter(|word| !["also", "then", "later", "now"].contains(word)).collect();
    let Some(lead) = words.first() else { return false };
    // Behind "in", "with" or a comma the "and" joins other things than persons.
    let is_among_things = first.contains(',') || first.split(' ').any(|word| LINKS.has(word));
    is_among_things
        || LINKS.has(lead)
        || lead.ends_with("ed")
        || lead.ends_with("ing")
        || verb::form(lead) == Some(Form::Past)
        || names_somebody(words[usize::from(["a", "an", "the"].contains(lead))..].join(" ").as_str())
}

/// Whether a name of what somebody is has a word for a person, or an abbreviation, before what it is linked with: "part-time
/// bar worker at Boots", but no "student climate group" and no "constituency office in Hull".
fn names_somebody(named: &str) -> bool {
    let bare = BRACKETS.replace_all(named, " ");
    let head = bare.split(',').next().unwrap_or_default();
    let linked = |(at, word): &(usize, &str)| *at > 0 && LINKS.has(word);
    let words = head.split_whitespace().enumerate().take_while(|word| !linked(word)).map(|(_, word)| word);
    let words: Vec<&str> = words.flat_map(|word| word.split(['-', '/'])).collect();
    let is_short = |word: &str| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let is_degree = |word: &str| DEGREES.has(word) && !named.contains(" student") && !named.contains(" candidate");
    let is_person = |word: &str| is_role(word) || may_be_role(word) || SOMEBODY.has(word);
    // "A student climate group" is none, "a teaching assistant Level 2" is one.
    let last = words.iter().rposition(|word| is_person(&word.to_lowercase()) || is_short(word) && !is_degree(word));
    let is_level = |word: &&str| !word.starts_with(char::is_lowercase) || LEVELS.contains(word);
    last.is_some_and(|last| words[last + 1..].iter().all(is_level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_take_what_fits_them() {
        for text in [
            "I am a PhD candidate at Imperial",
            "I was a teaching assistant at IIT Madras",
            "I was an ear piercer and in sales at Claire's",
            "I was a Year 2 and Year 4 teacher",
            "I speak Punjabi, Nepali and English",
            "I can use Excel, including pivot tables, and networking tools",
            "I am a training manager at Boots",
            "I am a nurse and midwife",
            "I was a carer and ran the kitchen",
            "I was a cook in Hull and Leeds",
            "I was a part-time barista and a waiter at Costa",
            "I have been an HCA at Oakview since 2021",
            "I am a pair of hands for hire",
            "I was a station manager Band 7 in Hull",
            "I was working at Boots",
            "I am doing an MSc in Public Health",
            "My skills include washing hair and braiding",
            "I speak Urdu and some French",
            "I can use Excel, Word and a till",
        ] {
            assert!(fits(text), "{text}");
        }
        for text in [
            "I am an MSc in Public Health at Glasgow",
            "I am BSc in Biomedical Science",
            "I am a temping",
            "I was a BA in History at Hull",
            "I am a final placement in MSK outpatients",
            "I was a pro bono at a housing clinic",
            "I was a constituency office in Hull",
            "I was a pit electrician's mate and council parks",
            "I was a student climate group",
            "I have been a career break with two children since 2019",
            "I was a care home bank",
            "I am a care home",
            "My skills include washing hair, braiding and chatty",
            "My skills include circuits and good with people",
            "I speak Urdu and Maths",
            "I can use Excel and minding money",
            "I can use Excel and stock orders",
        ] {
            assert!(!fits(text), "{text}");
        }
    }
}
