//! Rules about what a letter must contain: company and role, and something of every field that the applicant filled in.

use std::collections::BTreeSet;

use crds::request::Applicant;

use super::finding::Finding;
use super::read_letter::{ReadLetter, plain};
use super::rule::Rule;
use super::vocabulary::{SMALL, TIMES};
use super::word::{akin, words};
use crate::facts::fact::{Field, Why};
use crate::facts::nothing::says_nothing;
use crate::facts::tidy::{lines, one_line};
use crate::facts::{Facts, spell};
use crate::pattern::pattern;
use crate::words::list;

pub(super) const COMPANY_AND_ROLE: Rule = Rule {
    name: "CompanyAndRole",
    words: "Company and job title stand in the letter, whatever their capitals, brackets, quotation marks and \
            final stops.",
    look: company_and_role,
};
pub(super) const FIELDS_USED: Rule = Rule {
    name: "FieldsUsed",
    words: "Something of every field that the applicant filled in is in the letter, in these words or others; a field \
            that only holds what no letter should say may be left out.",
    look: fields_used,
};

list!(COMMON = "checks/common");

fn company_and_role(letter: &ReadLetter<'_>) -> Option<Finding> {
    let key = name_key(letter.text);
    let job = &letter.spec.job;
    let missing: Vec<String> = [&job.title, &job.company]
        .into_iter()
        .filter(|name| !says_nothing(name) && !key.contains(&name_key(name)))
        .filter(|name| !names_tidied(&key, name) && !names_tidied(&key, &BRACKET.replace_all(name, " ")))
        .map(|name| format!("\"{}\"", name.trim()))
        .collect();
    (!missing.is_empty()).then(|| Finding::missing(format!("Not named: {}.", missing.join(", "))))
}

// What stands behind a title in brackets or behind a dash ("(part time)", " - Finance"), which a letter need not repeat.
pattern!(BRACKET = r"\s*\([^)]*\)| [-–] .*$");

/// Whether the letter has the name without pictures, mark-up and line breaks.
fn names_tidied(letter: &str, name: &str) -> bool {
    let tidied = name_key(&lines(name).join(" "));
    !tidied.is_empty() && letter.contains(&tidied)
}

/// The form in which names are compared: lower case, single spaces, straight apostrophes, no quotation marks, no final
/// stops.
fn name_key(name: &str) -> String {
    let straight: String = name
        .chars()
        .filter(|character| !"\"“”„«»`".contains(*character))
        .map(|character| if "‘’".contains(character) { '\'' } else { character })
        .collect();
    plain(&straight).trim_matches('\'').trim_end_matches(['.', ',', ';', '!', '?']).trim().to_owned()
}

fn fields_used(letter: &ReadLetter<'_>) -> Option<Finding> {
    let haystack = Haystack { plain: plain(letter.text), stems: stems(letter.masked_text()) };
    let Applicant { current_experience, past_experience, skills, qualifications, .. } = &letter.spec.applicant;
    let missing: Vec<(&str, Field)> = [
        ("current experience", Field::Now, current_experience),
        ("past experience", Field::Past, past_experience),
        ("skills", Field::Skills, skills),
        ("qualifications", Field::Qualifications, qualifications),
    ]
    .into_iter()
    .filter(|(_, _, text)| !(is_empty(text) || haystack.mentions(text)))
    .map(|(name, field, _)| (name, field))
    .collect();
    if missing.is_empty() {
        return None;
    }
    let left_out = Facts::of(letter.spec).map(|facts| left_out_on_purpose(&facts)).unwrap_or_default();
    let unused: Vec<&str> =
        missing.into_iter().filter(|(_, field)| !left_out.contains(field)).map(|(name, _)| name).collect();
    (!unused.is_empty()).then(|| Finding::missing(format!("Given, but not mentioned: {}.", unused.join(", "))))
}

/// The fields of which nothing is left to say: all of it is blank, a joke, a weakness or private.
fn left_out_on_purpose(facts: &Facts) -> BTreeSet<Field> {
    let said: BTreeSet<Field> = facts.all.iter().map(|fact| fact.source.field).collect();
    let unread: BTreeSet<Field> =
        facts.left_out.iter().filter(|left| left.why == Why::Unread).map(|left| left.source.field).collect();
    let left_out = facts.left_out.iter().map(|left| left.source.field);
    left_out.filter(|field| !said.contains(field) && !unread.contains(field)).collect()
}

/// Whether a field gives a letter nothing to say.
fn is_empty(field: &str) -> bool {
    says_nothing(field) || !field.contains(char::is_alphanumeric)
}

/// The letter as fields are compared with it.
struct Haystack {
    plain: String,
    stems: BTreeSet<String>,
}

impl Haystack {
    /// Whether the letter has the field word for word, or any word that carries its meaning: shorthand may be written
    /// out, and a letter need not hold every fact.
    fn mentions(&self, field: &str) -> bool {
        if self.plain.contains(&plain(field)) {
            return true;
        }
        let own = stems(&spell::put_right(&one_line(field)));
        let is_said = |stem: &String| self.stems.iter().any(|said| akin(said, stem));
        own.is_empty() || own.iter().chain(&stems(field)).any(is_said)
    }
}

/// Stems of the words that carry the meaning of a text.
fn stems(text: &str) -> BTreeSet<String> {
    let words = words(text, 0).into_iter();
    words.filter(|word| is_telling(&word.lower)).map(|word| word.stem).collect()
}

/// Figures and units of time stand in many facts and tell none of them.
fn is_telling(lower: &str) -> bool {
    !(COMMON.has(lower) || SMALL.has(lower) || TIMES.has(lower) || lower.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_typography() {
        let same = |one: &str, other: &str| assert_eq!(name_key(one), name_key(other));
        same("“Acme  Inc.”", "acme inc");
        same("St Mary’s", "St Mary's");
        same("'Head Chef'.", "head\nchef");
    }

    #[test]
    fn some_fields_give_nothing_to_say() {
        let check = |field: &str, expect: bool| assert_eq!(is_empty(field), expect, "{field}");
        check("", true);
        check("None yet.", true);
        check("Currently unemployed", true);
        check(" -- ", true);
        check("🙂", true);
        check("N/A", true);
        check("unemployed since June, volunteering", false);
        check("No code", false);
    }
}
