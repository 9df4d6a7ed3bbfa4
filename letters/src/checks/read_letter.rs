//! Reads a letter for the rules: its paragraphs and sentences, beside the request that it was written for.

use std::ops::Range;

use crds::CoverLetterRequestSpec;
use crds::request::{Applicant, Job};
use regex::Regex;

use crate::facts::nothing::says_nothing;
use crate::facts::spell::put_right;
use crate::words::list;

list!(SALUTATIONS = "checks/salutations");
list!(SIGN_OFFS = "checks/sign_offs");

/// A part of the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passage<'a> {
    /// The text, without white space around it.
    pub(super) text: &'a str,
    /// Where it begins in the letter, in bytes.
    pub(super) at: usize,
}

impl<'a> Passage<'a> {
    fn trimmed(text: &'a str, at: usize) -> Self {
        let start = text.trim_start();
        Self { text: start.trim_end(), at: at + text.len() - start.len() }
    }

    /// Its bytes in the letter.
    pub(super) fn range(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }
}

/// A letter as the rules see it, and the request behind it.
pub(super) struct ReadLetter<'a> {
    pub(super) spec: &'a CoverLetterRequestSpec,
    pub(super) text: &'a str,
    /// The paragraphs between salutation and sign-off.
    pub(super) paragraphs: Vec<Passage<'a>>,
    /// The sentences of the paragraphs.
    pub(super) sentences: Vec<Passage<'a>>,
    /// The letter with underscores for job title and company, whose words claim nothing. It is as long as the letter,
    /// so that offsets into both agree.
    masked: String,
}

impl<'a> ReadLetter<'a> {
    pub(super) fn new(spec: &'a CoverLetterRequestSpec, letter: &'a str) -> Self {
        let mut paragraphs = split_at(letter, "\n\n");
        if paragraphs.first().is_some_and(|first| is_salutation(first.text)) {
            paragraphs.remove(0);
        }
        if paragraphs.last().is_some_and(|last| sign_off(last.text).is_some()) {
            paragraphs.pop();
        }
        let sentences = paragraphs.iter().copied().flat_map(sentences).collect();
        let masked = masked(letter, [&spec.job.title, &spec.job.company]);
        Self { spec, text: letter, paragraphs, sentences, masked }
    }

    /// The applicant's fields, one a line.
    pub(super) fn applicant_text(&self) -> String {
        let Applicant { name, current_experience, past_experience, skills, qualifications, reason } =
            &self.spec.applicant;
        [name, current_experience, past_experience, skills, qualifications, reason].map(String::as_str).join("\n")
    }

    /// The applicant's fields as they are typed, and with shorthand written out.
    pub(super) fn applicant_written_out(&self) -> String {
        let typed = self.applicant_text();
        let written_out: Vec<String> = typed.split(['\n', ',', ';', '/']).map(put_right).collect();
        [typed, written_out.join("\n")].join("\n")
    }

    /// The job's fields, one a line.
    pub(super) fn job_text(&self) -> String {
        let Job { title, company, preferred_qualifications, description } = &self.spec.job;
        [title, company, preferred_qualifications, description].map(String::as_str).join("\n")
    }

    /// The letter without the names of job and company.
    pub(super) fn masked_text(&self) -> &str {
        &self.masked
    }

    /// The sentence without the names of job and company.
    pub(super) fn masked(&self, sentence: &Passage<'_>) -> &str {
        &self.masked[sentence.range()]
    }
}

/// The letter with an underscore for every byte of a mention of `names` that is not part of a longer word.
fn masked(letter: &str, names: [&String; 2]) -> String {
    let mut masked = letter.to_owned();
    for name in names {
        let words: Vec<String> = name.split_whitespace().map(regex::escape).collect();
        // The resource limits the length of a name, so its pattern is never too large.
        let Ok(pattern) = Regex::new(&format!("(?i){}", words.join(r"\s+"))) else { continue };
        if says_nothing(name) || words.is_empty() {
            continue;
        }
        for found in pattern.find_iter(letter) {
            let alone = !letter[..found.start()].ends_with(char::is_alphanumeric)
                && !letter[found.end()..].starts_with(char::is_alphanumeric);
            if alone {
                masked.replace_range(found.range(), &"_".repeat(found.len()));
            }
        }
    }
    masked
}

/// The parts of `text` between separators, trimmed, without empty ones.
fn split_at<'a>(text: &'a str, separator: &str) -> Vec<Passage<'a>> {
    let mut at = 0;
    let mut parts = Vec::new();
    for part in text.split(separator) {
        parts.push(Passage::trimmed(part, at));
        at += part.len() + separator.len();
    }
    parts.retain(|part| !part.text.is_empty());
    parts
}

/// Whether a paragraph is a salutation.
pub(super) fn is_salutation(paragraph: &str) -> bool {
    let lower = paragraph.to_lowercase();
    paragraph.ends_with(',') && !paragraph.contains('\n') && SALUTATIONS.beginning_of(&lower).is_some()
}

/// The lines below the closing line, if the paragraph is a sign-off.
pub(super) fn sign_off(paragraph: &str) -> Option<&str> {
    let (closing, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
    SIGN_OFFS.has(&closing.trim().to_lowercase()).then_some(rest.trim())
}

/// The sentences of a paragraph: each ends at a line break, or at a stop that is followed by white space and not by a
/// small letter.
///
/// A field is cut by stricter rules (`facts/tidy.rs`), so the two cannot be one without changing letters or checks.
fn sentences(paragraph: Passage<'_>) -> Vec<Passage<'_>> {
    let Passage { text, at: base } = paragraph;
    let mut found = Vec::new();
    let mut start = 0;
    for (at, stop) in text.char_indices().filter(|(_, character)| ".!?\n".contains(*character)) {
        let end = at + stop.len_utf8();
        let rest = &text[end..];
        let next = rest.trim_start().chars().next();
        let ends = stop == '\n' || (rest.starts_with(char::is_whitespace) && !next.is_some_and(char::is_lowercase));
        if ends {
            found.push(Passage::trimmed(&text[start..end], base + start));
            start = end;
        }
    }
    found.push(Passage::trimmed(&text[start..], base + start));
    found.retain(|sentence| !sentence.text.is_empty());
    found
}

/// The form in which texts are compared: lower case, single spaces, no final stop.
pub(super) fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    line.trim_end_matches(['.', '!', '?']).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_but_not_within_abbreviations_or_numbers() {
        let check = |text: &str, expect: &[&str]| {
            let found = sentences(Passage { text, at: 0 });
            assert!(found.iter().all(|sentence| &text[sentence.range()] == sentence.text));
            assert_eq!(found.iter().map(|sentence| sentence.text).collect::<Vec<_>>(), expect);
        };
        check("I code. I test! Do you?", &["I code.", "I test!", "Do you?"]);
        check("I scored 4.5 in e.g. maths.", &["I scored 4.5 in e.g. maths."]);
        check("One line\nanother", &["One line", "another"]);
    }

    #[test]
    fn passages_know_where_they_stand() {
        let letter = "Dear all,\n\n  I code. 🙂 I test!\n\n\n\nI rest.\n\nSincerely,\nJo";
        let spec = crate::fixtures::spec();
        let read = ReadLetter::new(&spec, letter);
        assert_eq!(read.paragraphs.len(), 2);
        assert_eq!(read.sentences.len(), 3);
        for passage in read.paragraphs.iter().chain(&read.sentences) {
            assert_eq!(&letter[passage.range()], passage.text);
        }
    }

    #[test]
    fn names_of_job_and_company_are_masked_where_they_stand_alone() {
        let names = [&"Data Scientist".to_owned(), &"Google".to_owned()];
        let check = |letter: &str, expect: &str| assert_eq!(masked(letter, names), expect);
        check("a data\nscientist at google.", "a ______________ at ______.");
        check("Googlers like data", "Googlers like data");
        assert_eq!(masked("é Ünï", [&"ünï".to_owned(), &String::new()]), "é _____");
    }
}
