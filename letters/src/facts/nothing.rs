//! Fields that say in words that there is nothing.

use super::list::{is_in, listed};

/// Whole fields that say nothing, lower case, without punctuation at their ends.
const NOTHING: &str = "\
    , n, na, n/a, n.a, nil, no, none, null, nothing, nope, not applicable, none yet, nothing yet, not yet, no \
    experience, no work experience, no previous experience, no experience yet, no qualifications, no qualifications \
    yet, no skills, none so far, not currently employed, none at the moment, none really, nothing really, unemployed, currently unemployed, i am \
    unemployed, im unemployed, i'm unemployed, not working, not working at the moment, not currently working, not \
    employed, looking for work, currently looking for work, looking for a job, currently looking for a job, looking \
    for my first job, job seeking, job seeker, jobseeker, between jobs, in between jobs, first job, this is my first \
    job, this would be my first job, i have no experience, i have none, tbc, tbd, todo, xxx, x, xx, undefined, see \
    cv, see above";

/// Beginnings of fields that only say that somebody looks for work, lower case.
const SEEKING: &str = "none relevant, none yet, none at, looking for, currently looking for, seeking, job hunting, on benefits, made redundant";

/// Whether a field says in words that there is nothing.
#[must_use]
pub fn says_nothing(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase().replace('’', "'");
    is_in(NOTHING, &lower) || listed(SEEKING).any(|beginning| lower.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_in_many_words() {
        for text in [
            "",
            " -- ",
            "None.",
            "n/a",
            "N/A",
            "(none)",
            "Unemployed",
            "currently looking for work!",
            "—",
            "none yet :(",
        ] {
            assert!(says_nothing(text), "{text}");
        }
        for text in ["No code", "Nanny", "X-ray technician", "C", "first job was at Lidl"] {
            assert!(!says_nothing(text), "{text}");
        }
    }
}
