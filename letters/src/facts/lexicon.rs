//! Tells kinds of words apart, by their endings and by lists of exceptions.

use crate::words::list;

list!(ROLES = "facts/roles");
list!(NOT_ROLES = "facts/not_roles");
list!(ROLE_ENDINGS = "facts/role_endings");
list!(FIELDS_IN_ING = "facts/fields_in_ing");
list!(PAST_VERBS = "facts/past_verbs");
list!(DESCRIPTIONS_IN_ED = "facts/descriptions_in_ed");
list!(PRESENT_VERBS = "facts/present_verbs");
list!(SPAN_COUNTS = "facts/span_counts");
list!(SPAN_UNITS = "facts/span_units");
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

/// Whether a word says what somebody did: `managed`, `ran`.
#[must_use]
pub fn is_past_verb(word: &str) -> bool {
    let word = bare(word);
    PAST_VERBS.has(&word) || (word.len() > 4 && word.ends_with("ed") && !DESCRIPTIONS_IN_ED.has(&word))
}

/// Whether a word says what somebody does: `run`, `help`.
#[must_use]
pub fn is_present_verb(word: &str) -> bool {
    PRESENT_VERBS.has(&bare(word))
}

/// Whether a text begins with a stretch of time: `2 years as a cook`, `six months in retail`, `over 3 yrs experience`.
#[must_use]
pub fn begins_with_span(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().take(6).map(bare).collect();
    let is_count = |word: &String| {
        SPAN_COUNTS.has(word)
            || word.chars().next().is_some_and(|c| c.is_ascii_digit())
                && !["st", "nd", "rd", "th"].iter().any(|ending| word.ends_with(ending))
                && word.len() < 5
    };
    let Some(first) = words.first() else { return false };
    let lead = usize::from(["about", "around", "almost", "nearly", "approx", "roughly"].contains(&first.as_str()));
    words.get(lead).is_some_and(is_count)
        && words[lead + 1..].iter().take(4).any(|word| SPAN_UNITS.has(word))
        && !words[lead + 1..].iter().take(3).any(|word| word == "student" || word == "old")
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
    fn verbs_are_told_from_names_of_fields() {
        assert!(is_doing("studying") && is_doing("Volunteering") && !is_doing("Marketing") && !is_doing("King"));
        assert!(is_past_verb("Managed") && is_past_verb("ran") && !is_past_verb("Certified") && !is_past_verb("red"));
        assert!(is_present_verb("Help") && !is_present_verb("Helper"));
    }

    #[test]
    fn stretches_of_time_begin_with_a_number_and_a_unit() {
        for text in [
            "2 years as a cook",
            "six months in retail",
            "over 3 yrs experience",
            "1+ year at Lidl",
            "two and a half years at sea",
            "A summer at camp",
        ] {
            assert!(begins_with_span(text), "{text}");
        }
        for text in ["2nd year student", "Year 12 pupil", "2 year student at Leeds", "3 jobs", "2019 to 2021 at Lidl"] {
            assert!(!begins_with_span(text), "{text}");
        }
    }
}
