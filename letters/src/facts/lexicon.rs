//! Tells kinds of words apart, by their endings and by lists of exceptions.

use super::spell;
use crate::words::list;

list!(VERBS = "facts/verbs");
list!(ROLES = "facts/roles");
list!(NOT_ROLES = "facts/not_roles");
list!(ROLE_ENDINGS = "facts/role_endings");
list!(FIELDS_IN_ING = "facts/fields_in_ing");
list!(STUDENTS = "facts/students");
list!(NOT_STUDENTS = "facts/not_students");

/// The word in lower case, without punctuation at its ends.
#[must_use]
pub fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// Whether a word says what somebody is: `analyst`, `cashier`, `volunteer`.
#[must_use]
pub fn is_role(word: &str) -> bool {
    let word = bare(word);
    let singular = word.strip_suffix('s').filter(|rest| !rest.ends_with(['s', 'u'])).unwrap_or(&word);
    [word.as_str(), singular].into_iter().any(|word| ROLES.has(word) || is_role_by_ending(word))
}

/// Whether the ending of a word makes it a role. In "-er" and "-or" names end as well, so that the word has to be an
/// everyday one, or come from a verb: a welder welds.
fn is_role_by_ending(word: &str) -> bool {
    if word.len() < 5 || NOT_ROLES.has(word) || !ROLE_ENDINGS.iter().any(|ending| word.ends_with(ending)) {
        return false;
    }
    let Some(stem) = word.strip_suffix("er").or_else(|| word.strip_suffix("or")) else { return true };
    let mut ends = stem.chars().rev();
    let half = ends.next().filter(|last| ends.next() == Some(*last)).and_then(|last| stem.strip_suffix(last));
    let half = half.unwrap_or(stem);
    let is_done = |verb: &str| VERBS.iter().any(|known| known.split(" = ").next() == Some(verb));
    spell::is_ordinary(word)
        || [stem.to_owned(), format!("{stem}e"), half.to_owned()].iter().any(|verb| is_done(verb))
        || ["keeper", "maker", "worker", "officer", "engineer", "eer"].iter().any(|end| word.ends_with(end))
}

/// Whether the ending of a word allows it to be a role, among others: "stower", "resourcer", but no name of a town.
#[must_use]
pub fn may_be_role(word: &str) -> bool {
    let is_plain = word.len() >= 5 && word.chars().all(|c| c.is_ascii_lowercase());
    is_plain && !NOT_ROLES.has(word) && ["er", "or", "ant", "ess", "ee"].iter().any(|end| word.ends_with(end))
}

/// Whether a word in "-ing" names a field rather than what somebody does: "engineering".
#[must_use]
pub fn is_field_in_ing(word: &str) -> bool {
    FIELDS_IN_ING.has(word)
}

/// Whether a word counts what follows it: "nine", "forty-two", "a".
#[must_use]
pub fn is_counted(word: &str) -> bool {
    let first = word.split('-').next().unwrap_or(word);
    [
        "a", "an", "some", "several", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven",
    ]
    .contains(&first)
        || ["twelve", "thirteen", "fourteen", "fifteen", "sixteen", "twenty", "thirty", "forty", "fifty", "sixty"]
            .contains(&first)
        || ["seventy", "eighty", "ninety"].contains(&first)
}

/// Whether a word says what somebody is doing: `studying`, `volunteering`.
#[must_use]
pub fn is_doing(word: &str) -> bool {
    let word = bare(word);
    word.len() > 4 && word.ends_with("ing") && !FIELDS_IN_ING.has(&word)
}

/// Whether a text calls somebody a student.
#[must_use]
pub fn is_student(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().take(9).map(bare).collect();
    // A student visa is not a student.
    let is_person = |at: usize| {
        words.get(at + 1).is_none_or(|next| !NOT_STUDENTS.has(next)) && (at == 0 || words[at - 1] != "formula")
    };
    words.iter().enumerate().any(|(at, word)| STUDENTS.has(word) && is_person(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_told_from_other_nouns() {
        for word in [
            "Analyst",
            "barista",
            "cashier",
            "Intern",
            "manager",
            "receptionist",
            "volunteer",
            "technician,",
            "waiters",
            "HCA",
            "trainee",
            "Representative",
        ] {
            assert!(is_role(word), "{word}");
        }
        for word in [
            "retail",
            "customer",
            "Summer",
            "restaurant",
            "internship",
            "service",
            "coffee",
            "degree",
            "September",
            "business",
            "free",
        ] {
            assert!(!is_role(word), "{word}");
        }
    }

    #[test]
    fn what_somebody_is_doing_is_told_from_names_of_fields() {
        assert!(is_doing("studying") && is_doing("Volunteering") && !is_doing("Marketing") && !is_doing("King"));
    }
}
