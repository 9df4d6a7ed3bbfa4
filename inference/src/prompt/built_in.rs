//! The format that the built-in model was trained on, byte for byte: it belongs to the model and changes with it.

use crds::CoverLetterRequestSpec;
use crds::request::{Length, Tone};

use super::{Message, Role, one_line, says_nothing};

/// The model saw fields of at most about this many words.
const WORDS_MAX: usize = 25;
/// Bounds scripts that do not separate words.
const CHARS_MAX: usize = 200;

pub(super) fn messages(spec: &CoverLetterRequestSpec) -> Vec<Message> {
    let (job, applicant) = (&spec.job, &spec.applicant);
    let tone = match spec.letter.tone {
        Tone::Professional => "professional",
        Tone::Warm => "warm",
        Tone::Direct => "direct",
    };
    let length = match spec.letter.length {
        Length::Short => "short",
        Length::Standard | Length::Long => "standard",
    };
    let fields = [
        ("Job Title", value(&job.title)),
        ("Hiring Company", value(&job.company)),
        ("Preferred Qualifications", value(&job.preferred_qualifications)),
        ("Past Working Experience", value(&applicant.past_experience)),
        ("Current Working Experience", value(&applicant.current_experience)),
        ("Skillsets", joined(&value(&applicant.skills))),
        ("Qualifications", value(&applicant.qualifications)),
        ("Tone", tone.to_owned()),
        ("Length", length.to_owned()),
    ];
    let lines: Vec<String> = fields
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    vec![
        Message { role: Role::System, content: "You write cover letters.".to_owned() },
        Message { role: Role::User, content: lines.join("\n") },
    ]
}

/// A field as the model knows it: one line, no final full stop, nothing for "none", not too long.
fn value(text: &str) -> String {
    if says_nothing(text) {
        return String::new();
    }
    let whole = one_line(text);
    let kept: Vec<&str> = whole.trim_end_matches('.').split(' ').take(WORDS_MAX).collect();
    let bounded: String = kept.join(" ").chars().take(CHARS_MAX).collect();
    bounded.trim_end_matches([' ', ',', ';', '.']).to_owned()
}

/// Joins the last two entries of a comma list with "and", as people do in a sentence.
fn joined(list: &str) -> String {
    let entries: Vec<&str> = list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    match entries.as_slice() {
        [before @ .., end] if !before.is_empty() && !list.contains(" and ") => {
            format!("{} and {end}", before.join(", "))
        }
        _ => list.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_tidied() {
        let check = |text: &str, expect: &str| assert_eq!(value(text), expect);
        check("  python \n SQL ", "python SQL");
        check("Analyst at Trello.", "Analyst at Trello");
        check("None.", "");
        check("n/a", "");
        check(" -- ", "");
        check("—", "");
        check("No code", "No code");
        check(&"word ".repeat(40), "word ".repeat(25).trim_end());
        assert_eq!(value(&"字".repeat(4000)).chars().count(), CHARS_MAX);
    }

    #[test]
    fn skills_are_joined_with_and() {
        let check = |text: &str, expect: &str| assert_eq!(joined(text), expect);
        check("python", "python");
        check("python, SQL", "python and SQL");
        check("python,SQL , R,", "python, SQL and R");
        check("python, SQL and R", "python, SQL and R");
    }
}
