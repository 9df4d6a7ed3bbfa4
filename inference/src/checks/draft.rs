//! A letter taken apart, beside what it was written from.

use crds::CoverLetterRequestSpec;
use crds::request::{Applicant, Job};

/// A letter and the request behind it, prepared for the rules.
pub(super) struct Draft<'a> {
    pub(super) spec: &'a CoverLetterRequestSpec,
    pub(super) letter: &'a str,
    /// The paragraphs between salutation and sign-off.
    pub(super) paragraphs: Vec<&'a str>,
    /// The sentences of the paragraphs.
    pub(super) sentences: Vec<&'a str>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(spec: &'a CoverLetterRequestSpec, letter: &'a str) -> Self {
        let mut paragraphs: Vec<&str> = letter.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect();
        if paragraphs.first().is_some_and(|first| is_salutation(first)) {
            paragraphs.remove(0);
        }
        if paragraphs.last().is_some_and(|last| sign_off(last).is_some()) {
            paragraphs.pop();
        }
        let sentences = paragraphs.iter().flat_map(|paragraph| sentences(paragraph)).collect();
        Self { spec, letter, paragraphs, sentences }
    }

    /// What the applicant said about themselves.
    pub(super) fn applicant_text(&self) -> String {
        let Applicant { name, current_experience, past_experience, skills, qualifications } = &self.spec.applicant;
        [name, current_experience, past_experience, skills, qualifications].map(String::as_str).join("\n")
    }

    /// What is known about the job.
    pub(super) fn job_text(&self) -> String {
        let Job { title, company, preferred_qualifications, description } = &self.spec.job;
        [title, company, preferred_qualifications, description].map(String::as_str).join("\n")
    }
}

/// Whether a paragraph is nothing but a salutation.
pub(super) fn is_salutation(paragraph: &str) -> bool {
    const STARTS: [&str; 6] = ["dear ", "hello", "hi", "to whom ", "to the ", "greetings"];
    let lower = paragraph.to_lowercase();
    paragraph.ends_with(',') && !paragraph.contains('\n') && STARTS.iter().any(|start| lower.starts_with(start))
}

/// The lines under the closing line, when the paragraph is a sign-off.
pub(super) fn sign_off(paragraph: &str) -> Option<&str> {
    const CLOSINGS: [&str; 7] = [
        "sincerely,",
        "yours sincerely,",
        "yours faithfully,",
        "kind regards,",
        "best regards,",
        "regards,",
        "best wishes,",
    ];
    let (closing, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
    CLOSINGS.contains(&closing.trim().to_lowercase().as_str()).then_some(rest.trim())
}

/// Cuts a paragraph into sentences, where a stop is followed by white space and no lower case letter.
fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, stop) in paragraph.char_indices().filter(|(_, character)| ".!?\n".contains(*character)) {
        let end = at + stop.len_utf8();
        let rest = &paragraph[end..];
        let next = rest.trim_start().chars().next();
        let ends = stop == '\n' || (rest.starts_with(char::is_whitespace) && !next.is_some_and(char::is_lowercase));
        if ends {
            found.push(paragraph[start..end].trim());
            start = end;
        }
    }
    found.push(paragraph[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// Lower case, white space collapsed, no final stop: how texts are compared.
pub(super) fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    line.trim_end_matches(['.', '!', '?']).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_but_not_within_abbreviations_or_numbers() {
        let check = |text: &str, expect: &[&str]| assert_eq!(sentences(text), expect);
        check("I code. I test! Do you?", &["I code.", "I test!", "Do you?"]);
        check("I scored 4.5 in e.g. maths.", &["I scored 4.5 in e.g. maths."]);
        check("One line\nanother", &["One line", "another"]);
    }
}
