//! Recognises fields that say in words that there is nothing to say.

use crate::words::list;

list!(NOTHING = "facts/nothing");
list!(JOB_SEEKING = "facts/job_seeking");

/// Whether a field is empty, or says in words that there is nothing to say.
#[must_use]
pub fn says_nothing(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase().replace('’', "'");
    lower.is_empty() || NOTHING.has(&lower) || {
        // "Out of work since June, was at Wilko": what follows is told all the same.
        JOB_SEEKING.beginning_of(&lower).is_some() && !lower.contains([',', '.', ';', '('])
    }
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
