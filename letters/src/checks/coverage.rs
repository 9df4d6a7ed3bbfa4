//! Rules about what a letter must contain: company and role, and something of every field that the applicant filled in.

use std::collections::BTreeSet;

use crds::request::Applicant;

use super::finding::Finding;
use super::read_letter::{ReadLetter, plain};
use super::rule::Rule;
use super::word::words;
use crate::facts::nothing::says_nothing;
use crate::facts::tidy::{lines, one_line};
use crate::words::list;

pub(super) const COMPANY_AND_ROLE: Rule = Rule {
    name: "CompanyAndRole",
    words: "Company and job title stand in the letter, whatever their capitals, quotation marks and final stops.",
    look: company_and_role,
};
pub(super) const FIELDS_USED: Rule = Rule {
    name: "FieldsUsed",
    words: "Every field that the applicant filled in is in the letter: word for word, or half of the words that carry \
            its meaning (eight are enough); of a list of skills one entry.",
    look: fields_used,
};

list!(COMMON = "checks/common");

/// Words of a long field that are enough, because a letter has no room for a whole page.
const WORDS_ENOUGH: usize = 8;

fn company_and_role(letter: &ReadLetter<'_>) -> Option<Finding> {
    let key = name_key(letter.text);
    let job = &letter.spec.job;
    let missing: Vec<String> = [&job.title, &job.company]
        .into_iter()
        .filter(|name| !says_nothing(name) && !key.contains(&name_key(name)))
        .filter(|name| !names_tidied(&key, name))
        .map(|name| format!("\"{}\"", name.trim()))
        .collect();
    (!missing.is_empty()).then(|| Finding::missing(format!("Not named: {}.", missing.join(", "))))
}

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
    let haystack = Haystack { plain: plain(letter.text), stems: stems(letter.text) };
    let Applicant { current_experience, past_experience, skills, qualifications, .. } = &letter.spec.applicant;
    let any_skill = |list: &str| {
        list.split([',', ';', '/', '\n']).map(plain).any(|skill| !skill.is_empty() && haystack.plain.contains(&skill))
            || haystack.mentions(list)
    };
    let unused: Vec<&str> = [
        ("current experience", current_experience),
        ("past experience", past_experience),
        ("skills", skills),
        ("qualifications", qualifications),
    ]
    .into_iter()
    .filter(|(name, field)| {
        let tidied = one_line(field);
        let is_used = |text: &str| if *name == "skills" { any_skill(text) } else { haystack.mentions(text) };
        !(is_empty(field) || is_used(field) || (!tidied.is_empty() && is_used(&tidied)))
    })
    .map(|(name, _)| name)
    .collect();
    (!unused.is_empty()).then(|| Finding::missing(format!("Given, but not mentioned: {}.", unused.join(", "))))
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
    /// Whether the letter has the field word for word, or at least half of the words that carry its meaning.
    fn mentions(&self, field: &str) -> bool {
        if self.plain.contains(&plain(field)) {
            return true;
        }
        let own = stems(field);
        let found = own.intersection(&self.stems).count();
        !own.is_empty() && (found * 2 >= own.len() || found >= WORDS_ENOUGH)
    }
}

/// Stems of the words that carry the meaning of a text.
fn stems(text: &str) -> BTreeSet<String> {
    let words = words(text, 0).into_iter();
    words.filter(|word| !COMMON.has(&word.lower)).map(|word| word.stem).collect()
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
