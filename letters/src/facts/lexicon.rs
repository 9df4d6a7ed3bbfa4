//! Tells kinds of words apart, by their endings and by lists of exceptions.

use crate::words::list;

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
    [word.as_str(), singular].into_iter().any(|word| {
        let is_town = ["chester", "cester", "caster"].iter().any(|town| word.ends_with(town));
        let by_ending = !is_town && word.len() > 4 && ROLE_ENDINGS.iter().any(|ending| word.ends_with(ending));
        ROLES.has(word) || (by_ending && !NOT_ROLES.has(word))
    })
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
    let is_person = |at: usize| words.get(at + 1).is_none_or(|next| !NOT_STUDENTS.has(next));
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
