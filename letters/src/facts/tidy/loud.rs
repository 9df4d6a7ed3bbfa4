//! Fields that were typed in capitals throughout.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crds::request::Applicant;

/// Small words: where two of them stand in capitals, the capitals of other words mean nothing.
const SMALL: [&str; 23] = [
    "AM", "AN", "AND", "AT", "CAN", "DO", "FOR", "FROM", "GOT", "HAVE", "IN", "IS", "MY", "NOT", "OF", "ON", "OWN",
    "SINCE", "THE", "TO", "WAS", "WITH", "WORK",
];
/// Fewest small words of a field that show that a form was typed in capitals.
const SMALL_MIN: usize = 2;
/// Share of capitals among the letters, in per cent.
const CAPITALS_PERCENT: usize = 90;

/// The form with small letters in fields that were typed in capitals, where it has such fields: "PICKING AT THE ASDA
/// DEPOT". Fields without any small word may be abbreviations, and stay. Every byte keeps its place.
#[must_use]
pub fn quiet(applicant: &Applicant) -> Cow<'_, Applicant> {
    let mut quiet = applicant.clone();
    let fields = [
        &mut quiet.current_experience,
        &mut quiet.past_experience,
        &mut quiet.skills,
        &mut quiet.qualifications,
        &mut quiet.reason,
    ];
    let loud: Vec<&mut String> = fields.into_iter().filter(|field| is_in_capitals(field)).collect();
    if !loud.iter().any(|field| small_words(field) >= SMALL_MIN) {
        return Cow::Borrowed(applicant);
    }
    for field in loud.into_iter().filter(|field| small_words(field) > 0) {
        *field = field.chars().map(small).collect();
    }
    Cow::Owned(quiet)
}

fn is_in_capitals(field: &str) -> bool {
    let letters = || field.chars().filter(|c| c.is_alphabetic());
    letters().filter(|c| c.is_uppercase()).count() * 100 > letters().count() * CAPITALS_PERCENT
}

/// How many different small words a field has.
fn small_words(field: &str) -> usize {
    let found: BTreeSet<&str> = words(field).filter(|word| SMALL.contains(word)).collect();
    found.len()
}

/// The small letter, if it takes as many bytes.
fn small(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if one.len_utf8() == c.len_utf8() => one,
        _ => c,
    }
}

fn words(field: &str) -> impl Iterator<Item = &str> {
    field.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_in_capitals_is_read_in_small_letters() {
        let applicant = Applicant {
            current_experience: "AGENCY. PICKING AT THE CAFÉ DEPOT SINCE XMAS".into(),
            skills: "SQL, C++".into(),
            reason: "PERM NOT AGENCY".into(),
            ..Applicant::default()
        };
        let quiet = quiet(&applicant);
        assert_eq!(quiet.current_experience, "agency. picking at the café depot since xmas");
        assert_eq!((quiet.skills.as_str(), quiet.reason.as_str()), ("SQL, C++", "perm not agency"));
    }

    #[test]
    fn abbreviations_and_names_keep_their_capitals() {
        for skills in
            ["NVQ, CSCS, IPAF, PASMA", "NURSE AT KINGS, 2 yrs at Guy's", "MSc AND BSc", "GCSE: A, A, B, C AND C"]
        {
            let applicant = Applicant { skills: skills.into(), ..Applicant::default() };
            assert_eq!(quiet(&applicant).skills, skills);
        }
    }
}
