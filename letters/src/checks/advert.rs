//! The rule about requirements: the letter does not claim what the employer asks for, unless the applicant gave it.

mod requirements;

use std::collections::BTreeSet;
use std::ops::Range;

use super::finding::Finding;
use super::read_letter::ReadLetter;
use super::rule::Rule;
use super::vocabulary::{CREDENTIALS, TOOLS};
use super::voice::stated;
use super::word::{Word, akin, words};
use crate::facts::spell::put_right;
use crate::pattern::pattern;
use crate::words::{List, list};
use requirements::{Key, Requirement, requirements};

list!(MEETING_VERBS = "checks/meeting_verbs");
list!(REQUIREMENT_NOUNS = "checks/requirement_nouns");
list!(WANTING_VERBS = "checks/wanting_verbs");
list!(BETWEEN_MEETING = "checks/between_meeting");

pub(super) const ADVERT_CLAIMS: Rule = Rule {
    name: "AdvertClaims",
    words: "No requirement of the employer is stated as a fact in the first person unless the applicant's own fields \
            say it, and nobody claims to meet all requirements.",
    look: advert_claims,
};

/// Most other words between those of a requirement.
const GAP_MAX: usize = 3;

fn advert_claims(letter: &ReadLetter<'_>) -> Option<Finding> {
    let own = Own::of(letter);
    let foreign: Vec<Requirement> =
        requirements(&letter.spec.job).into_iter().filter(|requirement| !own.backs(requirement)).collect();
    let mut marks = Vec::new();
    for sentence in &letter.sentences {
        let words = words(letter.masked(sentence), sentence.at);
        let stated = stated(&words);
        for requirement in &foreign {
            marks.extend(claim(requirement, &words, &stated).filter(|mark| is_one_claim(&letter.text[mark.clone()])));
        }
        marks.extend(claim_of_everything(&words, &stated));
    }
    marks.sort_by_key(|mark| (mark.start, mark.end));
    Finding::named("The employer asks for this; nothing you gave says that you have it", letter.text, marks)
}

/// Whether the words belong together, and are not a tool known by name: those have a rule of their own.
fn is_one_claim(text: &str) -> bool {
    !text.contains([',', ';', ':', '(', ')', '–', '—']) && !TOOLS.has(text)
}

// A licence that is full or clean is one to drive with.
pattern!(FULL_LICENCE = r"(?i)\b(?:full|clean)\s(?:\w+\s){0,2}licen[cs]e");

/// The applicant's words, as stems.
struct Own {
    all: BTreeSet<String>,
    qualifications: BTreeSet<String>,
}

impl Own {
    fn of(letter: &ReadLetter<'_>) -> Self {
        let stems = |text: &str| words(text, 0).into_iter().map(|word| word.stem).collect();
        let own = letter.applicant_written_out();
        let driver = if FULL_LICENCE.is_match(&own) { "driving" } else { "" };
        Self {
            all: stems(&format!("{own} {driver}")),
            qualifications: stems(&put_right(&letter.spec.applicant.qualifications)),
        }
    }

    /// Whether the applicant meets a requirement: they gave all its words, or all but the kind of paper (`First Aid`
    /// among the qualifications backs a first aid certificate).
    fn backs(&self, requirement: &Requirement) -> bool {
        let among = |stems: &BTreeSet<String>, key: &str| stems.iter().any(|stem| akin(stem, key));
        let is_credential = |stem: &str| CREDENTIALS.has(stem);
        let (credentials, subject): (Vec<_>, Vec<_>) =
            requirement.keys.iter().partition(|key| is_credential(&key.stem));
        let named = credentials.iter().all(|key| among(&self.all, &key.stem));
        if named {
            return subject.iter().all(|key| among(&self.all, &key.stem));
        }
        !subject.is_empty() && subject.iter().all(|key| among(&self.qualifications, &key.stem))
    }
}

/// Where a sentence states a requirement as a fact: all its words close together, in any order.
fn claim(requirement: &Requirement, words: &[Word<'_>], stated: &[bool]) -> Option<Range<usize>> {
    let matches = |at: usize, key: &Key| {
        stated[at] && words[at].stem == key.stem && (!key.is_name || !words[at].text.starts_with(char::is_lowercase))
    };
    let starts = (0..words.len()).filter(|at| requirement.keys.iter().any(|key| matches(*at, key)));
    for start in starts {
        let reach = words.len().min(start + requirement.keys.len() + GAP_MAX);
        let found: Option<Vec<usize>> =
            requirement.keys.iter().map(|key| (start..reach).find(|at| matches(*at, key))).collect();
        if let Some(last) = found.and_then(|found| found.into_iter().max()) {
            let first =
                (0..start).rev().take_while(|at| stated[*at] && requirement.text.contains(&words[*at].stem)).last();
            return Some(words[first.unwrap_or(start)].at..words[last].end());
        }
    }
    None
}

/// "I meet all your requirements", "I have everything you ask for".
fn claim_of_everything(words: &[Word<'_>], stated: &[bool]) -> Option<Range<usize>> {
    let is = |at: usize, list: &List| words.get(at).is_some_and(|word| list.has(&word.lower));
    let word = |at: usize, expect: &str| words.get(at).is_some_and(|word| word.lower == expect);
    for at in (0..words.len()).filter(|at| stated[*at]) {
        let asked = (at + 1..words.len()).find(|next| !is(*next, &BETWEEN_MEETING));
        let end = if is(at, &MEETING_VERBS) {
            asked.filter(|end| is(*end, &REQUIREMENT_NOUNS))
        } else {
            Some(at + 2).filter(|end| word(at, "everything") && word(at + 1, "you") && is(*end, &WANTING_VERBS))
        };
        if let Some(end) = end {
            return Some(words[at].at..words[end].end());
        }
    }
    None
}

#[cfg(test)]
mod tests;
