//! Names what one studies and where: "CS" is computer science, "uni of hull" is the University of Hull.

use crate::facts::lexicon::{bare, is_role};
use crate::facts::spell;
use crate::facts::spelling::{title_case, upper_first};
use crate::facts::verb;
use crate::pattern::pattern;
use crate::words::list;

list!(SUBJECTS = "facts/subjects");
list!(SHORT = "facts/subject_abbreviations");
list!(UNIVERSITIES = "facts/universities");

pattern!(SHORT_UNIVERSITY = r"(?i)\buniv?\b\.?");

const SUBJECT_WORDS_MAX: usize = 7;
const NAME_WORDS_MAX: usize = 8;
const ENDINGS: [&str; 7] = ["ology", "onomy", "ography", "ometry", "istry", "ineering", "therapy"];
const SCHOOLS: [&str; 19] = [
    "university",
    "college",
    "school",
    "academy",
    "institute",
    "politecnico",
    "polytechnic",
    "università",
    "universidad",
    "universidade",
    "université",
    "universität",
    "universiteit",
    "hochschule",
    "conservatoire",
    "grammar",
    "tu",
    "univ",
    "uni",
];
/// Words that no subject and no name of a school holds.
const NEVER: [&str; 14] =
    ["i", "my", "am", "was", "is", "needs", "need", "want", "looking", "until", "visa", "full", "part", "job"];

/// What is surely a subject, written out and in small letters but for names.
pub fn subject(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', ',', ':', '-', '–']);
    let lower = text.to_lowercase();
    if SHORT.pair_of(&lower).is_some() {
        return Some(any_subject(text));
    }
    let words: Vec<String> = lower.split_whitespace().map(bare).collect();
    let last = words.last()?;
    let is_sure = SUBJECTS.has(last) || ENDINGS.iter().any(|end| last.ends_with(end)) || is_pair(&lower);
    let is_odd = words.len() > SUBJECT_WORDS_MAX
        || words.iter().any(|word| NEVER.contains(&word.as_str()) || word.chars().any(|c| c.is_ascii_digit()))
        || ["at", "on", "for", "to"].iter().any(|word| words.iter().any(|other| other == word))
        || words.first().is_some_and(|first| is_done(first))
        || words.len() > 1 && ["teaching", "tutoring", "working", "helping", "running"].contains(&words[0].as_str());
    (is_sure && !is_odd).then(|| any_subject(text))
}

/// "maths and econ", "law with French": two subjects, each of which is known.
fn is_pair(lower: &str) -> bool {
    let halves = lower.split_once(" and ").or_else(|| lower.split_once(" & ")).or_else(|| lower.split_once(" with "));
    let known = |half: &str| {
        SHORT.pair_of(half).is_some() || half.rsplit(' ').next().is_some_and(|word| SUBJECTS.has(&bare(word)))
    };
    halves.is_some_and(|(first, second)| known(first) && known(second))
}

fn is_done(word: &str) -> bool {
    verb::read(word).is_some_and(|(form, _)| form != verb::Form::Base) && !SUBJECTS.has(word) && !word.ends_with("ing")
}

/// What somebody surely studies, since a course is named, written out and in small letters but for names.
pub fn any_subject(text: &str) -> String {
    let text = text.trim_matches([' ', ',', ':', '-', '–']);
    if let Some(long) = SHORT.pair_of(&text.to_lowercase()) {
        return long.to_owned();
    }
    let all: Vec<&str> = text.split_whitespace().collect();
    let word = |word: &&str| {
        let core = bare(word);
        if let Some(long) = SHORT.pair_of(&core).filter(|_| all.len() > 1 && core != "it" && core != "re") {
            return word.to_lowercase().replace(&core, long);
        }
        let has_capitals = word.chars().skip(1).any(char::is_uppercase);
        match () {
            () if has_capitals => (*word).to_owned(),
            () if spell::is_language(&core) || core == "erasmus" => upper_first(word),
            () => word.to_lowercase(),
        }
    };
    all.iter().map(word).collect::<Vec<_>>().join(" ").replace('&', "and")
}

/// The name of what is surely a school, a college or a university, with "at": "at the University of Hull".
pub fn school(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', ',', ':', '-', '–']);
    let lower = text.to_lowercase();
    let words: Vec<String> = lower.split_whitespace().map(bare).collect();
    let is_known = UNIVERSITIES.has(&lower);
    let has_noun = words.iter().any(|word| SCHOOLS.contains(&word.as_str()));
    let is_bare = words.len() < 2 && !is_known;
    let is_odd = words.len() > NAME_WORDS_MAX
        || words.iter().any(|word| NEVER.contains(&word.as_str()))
        || words.last().is_some_and(|word| is_role(word))
        || lower.contains(" student")
        || lower.contains(" for ")
        || lower.contains(" as ");
    if is_odd || is_bare || !is_known && !has_noun {
        return None;
    }
    Some(format!("at {}", name(text)))
}

/// What stands behind "at", where somebody studies, with "at".
pub fn at(text: &str) -> Option<String> {
    // "At King's and volunteer at a clinic": what else somebody is stands in another entry.
    let text = text.split_once(" and ").filter(|(_, rest)| rest.split(' ').any(is_role)).map_or(text, |(text, _)| text);
    let text = text.trim_matches([' ', ',', ':', '-', '–']);
    if let Some(school) = school(text) {
        return Some(school);
    }
    if ["school", "college", "sixth form", "university", "night school"].contains(&text.to_lowercase().as_str()) {
        return Some(format!("at {}", text.to_lowercase()));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let joins = ["of", "the", "and", "&", "for", "de", "la", "on", "in", "di", "da", "do"];
    let is_named = words.iter().all(|word| word.starts_with(char::is_uppercase) || joins.contains(word));
    let is_plain = words.iter().all(|word| word.chars().all(|c| c.is_alphanumeric() || "-'’.&".contains(c)));
    let is_small = words.len() < 4
        && words.iter().all(|word| {
            !NEVER.contains(word) && !is_role(word) && (spell::is_place(word) || !spell::is_ordinary(word))
        });
    let is_role = words.last().is_some_and(|word| is_role(word));
    (!words.is_empty() && words.len() <= NAME_WORDS_MAX && is_plain && !is_role && (is_named || is_small))
        .then(|| format!("at {}", name(text)))
}

/// The name of a school with its capitals and its article.
fn name(text: &str) -> String {
    let text = &SHORT_UNIVERSITY.replace_all(text, "University");
    let lower = text.to_lowercase();
    if let Some(place) = lower.strip_prefix("the university of ").or_else(|| lower.strip_prefix("university of ")) {
        let typed = &text[text.len() - place.len()..];
        return format!("the University of {}", title_case(typed));
    }
    let is_small = !text.chars().any(char::is_uppercase);
    if is_small && text.len() < 5 && UNIVERSITIES.has(&lower) && !lower.contains('i') {
        return text.to_uppercase();
    }
    let text = if is_small || lower.contains(" university") || lower.contains(" college") || lower.contains(" school") {
        title_case(text)
    } else {
        text.clone().into_owned()
    };
    // "St Mary's Twickenham" is St Mary's in Twickenham.
    if let Some((saint, town)) = text.rsplit_once("'s ").filter(|(saint, _)| saint.starts_with("St "))
        && spell::is_place(town)
    {
        return format!("{saint}'s in {town}");
    }
    spell::with_the(&text)
}
