//! Reads degrees, their classes and their subjects, and school results.

use super::numbers::COUNTS;
use super::terms::{contains, terms};
use crate::words::list;

list!(DEGREES = "evidence/degrees");
list!(pub SCHOOL_SUBJECTS = "evidence/school_subjects");
list!(CLASSES = "evidence/classes");

/// A degree, asked for or held.
#[derive(Clone, Debug, PartialEq)]
pub struct Degree {
    /// 1 for a bachelor's, 2 for a master's, 3 for a doctorate.
    pub level: u32,
    /// 4 for a first, 3 for a 2:1, 2 for a 2:2, 1 for a third.
    pub class: Option<u32>,
    /// The words beside them.
    pub subject: Vec<String>,
}

/// The degree that a text names.
#[must_use]
pub fn degree(text: &str) -> Option<Degree> {
    let lower = format!(" {} ", spaced(text));
    let named = DEGREES.pairs().filter(|(name, _)| lower.contains(&format!(" {name} ")));
    let level = named.filter_map(|(_, level)| level.parse().ok()).max();
    let class = class(&lower);
    // A class alone means a first degree: "2:1 in Physics".
    let level = level.or_else(|| class.filter(|_| lower.contains([':']) || lower.contains("class")).map(|_| 1))?;
    let mut bare = lower;
    for (name, _) in DEGREES.pairs().chain(CLASSES.pairs()) {
        bare = bare.replace(&format!(" {name} "), "  ");
    }
    Some(Degree { level, class, subject: terms(&bare) })
}

/// The lowest class that a text names, as a number.
fn class(lower: &str) -> Option<u32> {
    let named = CLASSES.pairs().filter(|(name, _)| lower.contains(&format!(" {name} ")));
    named.filter_map(|(_, class)| class.parse().ok()).min()
}

/// In small letters, with single spaces between words and figures.
fn spaced(text: &str) -> String {
    let bare: String = text
        .to_lowercase()
        .replace("2.1", "2:1")
        .replace("2.2", "2:2")
        .replace(['’', '\''], "")
        .chars()
        .map(|c| if c.is_alphanumeric() || c == ':' || c == '+' { c } else { ' ' })
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join("  ")
}

/// School results: each subject with its grade, on the scale from 9 to 1, where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Results {
    /// How many, where the text counts them.
    pub count: Option<u32>,
    /// The subjects.
    pub subjects: Vec<(String, Option<u32>)>,
    /// A grade without a subject: "at grade 4", "5+".
    pub least: Option<u32>,
}

/// The school results that a text names: "GCSE maths 6 eng 6", "English and maths at grade 4".
#[must_use]
pub fn results(text: &str) -> Results {
    let lower = spaced(text).replace('+', "");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let mut found = Results { count: None, subjects: Vec::new(), least: None };
    let mut waits = false;
    for (at, word) in words.iter().enumerate() {
        let subject = SCHOOL_SUBJECTS.pair_of(word);
        let before = at.checked_sub(1).map_or("", |at| words[at]);
        let after = words.get(at + 1).copied().unwrap_or_default();
        let grade = grade(word).filter(|_| !matches!(before, "level" | "key" | "stage" | "year" | "yr"));
        match (subject, grade) {
            (Some(subject), _) => {
                found.subjects.push((subject.to_owned(), None));
                waits = true;
            }
            (None, Some(grade_or_count)) if after.starts_with("gcse") || after == "others" => {
                found.count = Some(grade_or_count);
            }
            (None, Some(grade)) if waits && !matches!(before, "grade" | "grades" | "at" | "minimum") => {
                if let Some(last) = found.subjects.last_mut() {
                    last.1 = Some(grade);
                }
                waits = false;
            }
            (None, Some(grade)) => found.least = Some(grade),
            _ => {}
        }
    }
    // "predicted 5 maths 4 eng": the grade stands before its subject.
    if let Some(first) = words.iter().position(|word| grade(word).is_some()) {
        let leads = words.get(first + 1).is_some_and(|next| SCHOOL_SUBJECTS.pair_of(next).is_some())
            && !words[..first].iter().any(|word| SCHOOL_SUBJECTS.pair_of(word).is_some());
        if leads {
            found.subjects = words
                .windows(2)
                .filter_map(|pair| Some((SCHOOL_SUBJECTS.pair_of(pair[1])?.to_owned(), grade(pair[0]))))
                .collect();
            found.least = None;
        }
    }
    found
}

fn grade(word: &str) -> Option<u32> {
    match word {
        "a" | "as" => None,
        "b" => Some(6),
        "c" => Some(4),
        "d" => Some(3),
        "e" => Some(2),
        _ => word.parse().ok().or_else(|| count(word)).filter(|grade| (1..=9).contains(grade)),
    }
}

/// A count in words.
fn count(word: &str) -> Option<u32> {
    COUNTS.pair_of(word).filter(|_| word.len() > 2).and_then(|count| count.parse().ok())
}

/// Whether a text is about school results.
#[must_use]
pub fn is_school(terms: &[String]) -> bool {
    contains(terms, &["gcse".to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_have_levels_classes_and_subjects() {
        let check = |text: &str, level: u32, class: Option<u32>, subject: &str| {
            assert_eq!(degree(text), Some(Degree { level, class, subject: terms(subject) }), "{text}");
        };
        check("2:1 in Physics", 1, Some(3), "physics");
        check("BSc comp sci 2:1", 1, Some(3), "computer science");
        check("MSc in ecology", 2, None, "ecology");
        check("2:2 or above in a STEM subject", 1, Some(2), "above STEM subject");
        check("First or upper second class degree in chemistry", 1, Some(3), "chemistry");
        check("PhD in ecology", 3, None, "ecology");
        assert_eq!(degree("NVQ 2 hairdressing"), None);
    }

    #[test]
    fn school_results_have_subjects_and_grades() {
        let one = |name: &str, grade| (name.to_owned(), grade);
        assert_eq!(results("GCSE maths 6 eng 6").subjects, [one("maths", Some(6)), one("english", Some(6))]);
        assert_eq!(results("predicted 5 maths 4 eng").subjects, [one("maths", Some(5)), one("english", Some(4))]);
        let asked = results("GCSE English and maths at 4");
        assert_eq!((asked.subjects.len(), asked.least), (2, Some(4)));
        assert_eq!(results("7 gcses").count, Some(7));
    }
}
