//! Tells sentences that break in the middle: a beginning that what follows does not go on with.

use super::super::spell::is_language;
use super::super::time::THIS_YEAR;
use super::super::verb::{self, Form};
use crate::pattern::pattern;
use crate::words::list;

list!(STATES = "noted/states");

pattern!(BEING = r"^I (?:am|was|have been|had been) (?:(?:also|currently|now|then) )?([\w'-]+)(?: ([\w£]+))?");
// A thing that something is said of: "My work there transcribed 1,140 entries" has none that does it.
pattern!(WORK_THERE = r"^My (?:work|job|role|duties) (?:there |here )?([\w']+)");
pattern!(
    HANGING = r"\bnot (?:is|are|was|were)\b|^I (?:am|was|have been|have gone from) [A-Z]{2,} (?:up|down)\b|^I first time\b|^I (?:am|was|have been) \(|, (?:and )?was not (?:for|my)|, who (?:left|stayed)|, various\b|^My skills include .* and I am an? |^I am an? (?:beginner|novice|learner)$|^I have \w+ (?:out )?of \w+ (?:exams|modules|papers|parts|units)$|\bsince (?:\w+ )?\d{4}\b.* from (?:\w+ )?\d{4} to |, \d+ (?:closed|open|successful|won)$|, and (?:total|made redundant)\b|\band made redundant\b|^I (?:have|had|have had) \w+ of them\b|\b(?:at|on|in|with|for|to|and|of)$"
);
// "I am treasurer, with a budget and moved us": what somebody is does not go on with what was done.
pattern!(GOES_ON = r"^I am [^,]*,? (?:with |on )?.*\band ([a-z]+) (?:a|an|the|us|it|them|\d[\d,]*|up|down)\b");
pattern!(END_YEAR = r"\b(?:expires?|valid|due|ends?|finish(?:es)?)\b[^,;]*?\b(20\d\d)\b");

// "I have 44 residents": somebody else's figures are nothing that one has.
pattern!(COUNTED = r"^I have (?:about |over )?\d[\d,]* ([a-z]+)");
/// What one has so many of.
const COUNTED_THINGS: [&str; 19] = [
    "apprentices",
    "certificates",
    "credits",
    "direct",
    "followers",
    "hours",
    "modules",
    "months",
    "nights",
    "papers",
    "people",
    "points",
    "staff",
    "subscribers",
    "tickets",
    "units",
    "views",
    "volunteers",
    "years",
];

/// Whether a sentence goes on as it begins.
pub fn holds(text: &str) -> bool {
    !HANGING.is_match(text)
        && is_state(text)
        && !goes_on_with_deed(text)
        && speaks_languages(text)
        && WORK_THERE.captures(text).is_none_or(|found| is_of_work(&found[1]))
        && !runs_out_in_the_past(text)
        && COUNTED.captures(text).is_none_or(|found| is_counted(&found[1]))
}

/// Whether what somebody is, is no deed: "I am supervised two students".
fn is_state(text: &str) -> bool {
    let Some(found) = BEING.captures(text) else { return true };
    let (first, next) = (&found[1], found.get(2).map_or("", |next| next.as_str()));
    // "SC-cleared", "level-headed".
    let is_deed =
        !first.contains('-') && (verb::form(first) == Some(Form::Past) || first.ends_with("ed") && first.len() > 4);
    let has_object = ["a", "an", "the", "my", "our", "two", "three", "four", "five", "for", "at"].contains(&next)
        || next.starts_with(|c: char| c.is_ascii_digit() || c == '£');
    !is_deed
        || STATES.has(first) && !(has_object && first == "trained" && !["at", "for"].contains(&next))
        || text.starts_with("I have been ") && !has_object
}

fn goes_on_with_deed(text: &str) -> bool {
    GOES_ON.captures(text).is_some_and(|found| verb::form(&found[1]) == Some(Form::Past) && !STATES.has(&found[1]))
}

/// Whether whatever is spoken is a language: "I speak Gujarati and patient with teachers" is not.
fn speaks_languages(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("I speak ") else { return true };
    let items = rest.split(", ").flat_map(|part| part.split(" and "));
    items.skip(1).all(|item| {
        let is_named =
            item.split(' ').any(|word| word.starts_with(char::is_uppercase) || is_language(&word.to_lowercase()));
        let is_degree = [
            "at ", "all ", "both ", "but ", "can ", "from ", "in ", "read ", "take ", "to ", "use ", "which ", "with ",
            "write ",
        ];
        is_named || is_degree.iter().any(|lead| item.starts_with(lead)) || !item.contains(' ')
    })
}

/// "I hold a BOSIET, which expires in 2018".
fn runs_out_in_the_past(text: &str) -> bool {
    let is_now = ["I am ", "I have ", "I hold "].iter().any(|lead| text.starts_with(lead));
    is_now && END_YEAR.captures(text).is_some_and(|found| found[1].parse::<u32>().is_ok_and(|year| year < THIS_YEAR))
}

fn is_counted(thing: &str) -> bool {
    COUNTED_THINGS.contains(&thing)
}

fn is_of_work(verb: &str) -> bool {
    [
        "can",
        "consisted",
        "covered",
        "covers",
        "focused",
        "included",
        "includes",
        "involved",
        "involves",
        "is",
        "was",
        "were",
        "are",
        "ranged",
        "ranges",
    ]
    .contains(&verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_goes_on_as_it_begins() {
        for text in [
            "I am trained in moving and handling",
            "I am SC-cleared to 2030",
            "I am predicted AAB",
            "I have been promoted twice",
            "I speak Turkish, from my dad, and some French",
            "I speak Welsh fluently and can write it",
            "My work there included window displays",
            "I have a team of eight",
            "I have 10 staff",
            "I was booked on a course that finished in 2019",
            "I first trained as a baker",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in [
            "I am supervised two MSc students",
            "I am trained four",
            "I am planned for 140 road moves",
            "I am (leaving in July)",
            "I was a trainee at Aviva, and was not for me",
            "I speak Gujarati and patient with teachers",
            "My work there transcribed 1,140 entries",
            "I have 44 residents, frail elderly and dementia",
            "I am treasurer of the choir, with a budget of £6,200 and moved us online",
            "I hold a BOSIET, which expires in 2018",
            "I am a beginner",
            "My exam not is booked",
            "I have been GP up from 64 to 69",
            "I first time fix 86%",
        ] {
            assert!(!holds(text), "{text}");
        }
    }
}
