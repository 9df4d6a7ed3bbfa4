//! Finds what an employer asks for, by its distinctive words.
use std::collections::BTreeSet;

use crds::request::Job;

use super::super::vocabulary::{CREDENTIALS, GENERIC, QUANTITIES, SMALL, WEAK};
use super::super::word::{Word, words};
use crate::facts::nothing::says_nothing;
use crate::pattern::pattern;

/// Most keys of a requirement: longer phrases are prose, which no letter repeats.
const KEYS_MAX: usize = 6;
/// Most requirements of a job.
const REQUIREMENTS_MAX: usize = 100;

/// Something that the employer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// All stems of the phrase, except small words.
    pub(super) text: BTreeSet<String>,
    /// The words by which it is known, at least one.
    pub(super) keys: Vec<Key>,
}

/// A word of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) stem: String,
    /// Whether it is a name (`PMP`, `Spanish`), which always has a capital letter.
    pub(super) is_name: bool,
}

// Sentences of a job advert that ask for something.
pattern!(
    ASKS = concat!(
        r"(?i)\b(?:must|require[sd]?|requirements?|essential|desirable|needs?|needed|looking for|seek(?:s|ing)?|",
        r"prefer(?:red|ably)?|ideal(?:ly)?|you(?:['’]ll| will|['’]ve)? (?:have|hold|are|bring|need|know|should|speak)|",
        r"qualifications?|experience (?:with|in|of|as)|knowledge of|degree|licen[cs]es?|certificat\w+|diploma|",
        r"fluen\w+|proficien\w+|familiar\w*|skilled)\b",
    )
);

pattern!(ENDS = r"[,;:•·*|()\n\r/!?]|\.(?:\s|$)|\s[-–—]\s");

pattern!(
    JOINTS = r"(?i)\b(?:with|plus|including|such as|ideally|as well as|but|who|which|that|preferably|e\.g\.)(?:\s|$)"
);

pattern!(AND = r"(?i)\s(?:and|or|&)\s");

/// The requirements of a job: its preferred qualifications, and the sentences of the advert that ask for something.
pub(super) fn requirements(job: &Job) -> Vec<Requirement> {
    let names: BTreeSet<String> =
        words(&format!("{} {}", job.title, job.company), 0).into_iter().map(|word| word.stem).collect();
    let mut requirements = Vec::new();
    if !says_nothing(&job.preferred_qualifications) {
        requirements.extend(
            phrases(&job.preferred_qualifications).into_iter().filter_map(|phrase| requirement(&phrase, &names)),
        );
    }
    let sentences = job.description.split_inclusive(['.', '!', '?', '\n', ';']);
    for sentence in sentences.filter(|sentence| ASKS.is_match(sentence)) {
        let asked = phrases(sentence).into_iter().filter_map(|phrase| requirement(&phrase, &names));
        // In prose, a single everyday word is not distinctive.
        requirements.extend(asked.filter(|requirement| requirement.keys.len() > 1 || requirement.keys[0].is_name));
    }
    requirements.truncate(REQUIREMENTS_MAX);
    requirements
}

/// The phrases of a text. A first word that has its capital letter only because a sentence begins is put in lower case.
fn phrases(text: &str) -> Vec<String> {
    let mut phrases = Vec::new();
    let shouts = !text.contains(char::is_lowercase);
    for sentence in ENDS.split(text).flat_map(|part| JOINTS.split(part)) {
        let whole = if shouts { sentence.to_lowercase() } else { uncapitalised(text, sentence) };
        let parts: Vec<&str> = AND.split(&whole).collect();
        let none = BTreeSet::new();
        let stand_alone = parts.iter().all(|part| {
            requirement(part, &none)
                .is_some_and(|requirement| requirement.keys.len() > 1 || requirement.keys[0].is_name)
        });
        if stand_alone {
            phrases.extend(parts.into_iter().map(str::to_owned));
        } else {
            phrases.push(whole);
        }
    }
    phrases
}

/// `part` of `text`, with its first word in lower case if a sentence begins there. `PMP` stays as it is.
fn uncapitalised(text: &str, part: &str) -> String {
    let trimmed = part.trim();
    // Both are slices of the same string; a part that begins a sentence has a stop, a break or nothing before it.
    let before = text.find(trimmed).map(|at| text[..at].trim_end_matches([' ', '\t'])).unwrap_or_default();
    let title_case = trimmed.split_whitespace().nth(1).is_some_and(|second| second.starts_with(char::is_uppercase));
    let begins = before.is_empty() || before.ends_with(|end: char| !end.is_alphanumeric() && !"'’\"”,".contains(end));
    let mut characters = trimmed.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if begins && !title_case && first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => trimmed.to_owned(),
    }
}

/// What a phrase asks for; `None` when its words are too general to be recognised by.
fn requirement(phrase: &str, names: &BTreeSet<String>) -> Option<Requirement> {
    let words = words(phrase, 0);
    let telling: Vec<&Word<'_>> = words.iter().filter(|word| is_telling(word) && !names.contains(&word.stem)).collect();
    let is_title_case = telling.len() > 1 && telling.iter().all(|word| word.is_capitalised());
    let is_name = |word: &Word<'_>| {
        let is_acronym =
            word.text.chars().skip(1).any(|character| character.is_uppercase() || "+#".contains(character));
        is_acronym || word.is_capitalised() && !is_title_case && !CREDENTIALS.has(&word.stem)
    };
    let key = |word: &&Word<'_>| Key { stem: word.stem.clone(), is_name: is_name(word) };
    // The name alone identifies it: an "ACCA part-qualified" applicant may write the rest in other words.
    let (proper, plain): (Vec<Key>, Vec<Key>) = telling.iter().map(key).partition(|key| key.is_name);
    let mut keys = if proper.iter().any(|key| key.stem.len() > 1) { proper } else { [proper, plain].concat() };
    keys.dedup();
    let text = words.iter().filter(|word| !SMALL.has(&word.lower)).map(|word| word.stem.clone()).collect();
    let is_telling = keys.iter().any(|key| key.is_name || !WEAK.has(&key.stem));
    (is_telling && keys.len() <= KEYS_MAX).then_some(Requirement { text, keys })
}

fn is_telling(word: &Word<'_>) -> bool {
    let lower = word.lower.as_str();
    let is_number = lower.chars().all(|character| character.is_ascii_digit() || "+.#".contains(character));
    let is_short = word.text.chars().count() < 2 && !word.text.starts_with(char::is_uppercase);
    !is_number && !is_short && ![&SMALL, &GENERIC, &QUANTITIES].iter().any(|list| list.has(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(preferred: &str, description: &str, expect: &[&[&str]]) {
        let job = Job {
            title: "Electrician".to_owned(),
            company: "Volt".to_owned(),
            preferred_qualifications: preferred.to_owned(),
            description: description.to_owned(),
        };
        let found: Vec<Vec<String>> = requirements(&job)
            .into_iter()
            .map(|requirement| requirement.keys.into_iter().map(|key| key.stem).collect())
            .collect();
        assert_eq!(found, expect, "{preferred} {description}");
    }

    #[test]
    fn requirements_are_known_by_their_telling_words() {
        check("fully qualified with a clean driving licence", "", &[&["driv", "licenc"]]);
        check("5+ years of experience with Go and PostgreSQL", "", &[&["go"], &["postgresql"]]);
        check(
            "PMP certification, experience with large infrastructure projects",
            "",
            &[&["pmp"], &["infrastructur", "project"]],
        );
        check("health and safety certificate", "", &[&["health", "safety", "certificat"]]);
        check("Fluent Spanish", "", &[&["spanish"]]);
        check("Food Safety Certificate", "", &[&["food", "safety", "certificat"]]);
        check("Experience in Acute Care", "", &[&["acut", "car"]]);
        check("FORKLIFT LICENCE", "", &[&["forklift", "licenc"]]);
        check("night shifts", "", &[]);
    }

    #[test]
    fn general_words_ask_for_nothing_that_could_be_recognised() {
        check("4 years of experience, good communication skills, team player", "", &[]);
        check("none", "", &[]);
        check("Electrician experience at Volt", "", &[]);
    }

    #[test]
    fn adverts_ask_in_some_sentences_only() {
        check("", "We are a family of welders. You must hold a forklift licence.", &[&["forklift", "licenc"]]);
        check("", "Our van is red.\nRequired: knowledge of Kubernetes.", &[&["kubernet"]]);
    }
}
