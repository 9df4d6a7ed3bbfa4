//! Finds facts that another field says as well, so that a letter says them once.

use super::fact::{Fact, Kind};
use crate::words::list;

list!(COURSES = "qualification/courses");

/// The places of the facts that others say as well or better. A field keeps its only fact, save the
/// very words of another.
#[must_use]
pub fn repeated(all: &[Fact]) -> Vec<usize> {
    let is_alone = |at: usize| all.iter().filter(|fact| fact.source.field == all[at].source.field).count() < 2;
    let has_parts = |at: usize| all.iter().any(|fact| fact.of == Some(at));
    let is_told = |at: usize| {
        (0..all.len()).any(|other| other != at && !all[other].is_position() && says(&all[other], &all[at], other < at))
    };
    (0..all.len())
        .filter(|at| !all[*at].is_position() && all[*at].of.is_none() && !has_parts(*at))
        .filter(|at| is_told(*at) && (!is_alone(*at) || (0..*at).any(|other| all[other].said() == all[*at].said())))
        .collect()
}

/// Whether a fact says what another says; of two that are the same the first one stays.
fn says(fact: &Fact, other: &Fact, is_before: bool) -> bool {
    let (text, known) = (fact.said().to_lowercase(), other.said().to_lowercase());
    if text == known {
        return is_before;
    }
    let is_held = matches!(fact.kind, Kind::Licence | Kind::Award | Kind::Course);
    match other.kind {
        Kind::Skill if matches!(known.as_str(), "i can drive" | "i drive") => {
            fact.kind == Kind::Licence && drives(&text)
        }
        Kind::Licence if known.ends_with("driving licence") => {
            fact.kind == Kind::Licence && text.ends_with("driving licence") && text.len() > known.len()
        }
        Kind::Tool => fact.kind == Kind::Tool && text.starts_with(&format!("{known}, including ")),
        Kind::Skill | Kind::Knowledge | Kind::Trait | Kind::Course if is_held => {
            let subject = subject(&known);
            COURSES.has(subject)
                && text.split(subject).count() > 1
                && (other.kind != Kind::Course || fact.kind == Kind::Award)
        }
        _ => false,
    }
}

/// What an entry is about: "aware of safeguarding" and "safeguarding training" are about safeguarding.
fn subject(known: &str) -> &str {
    let known = known.strip_prefix("aware of ").unwrap_or(known);
    let known = known.strip_prefix("i am a ").and_then(|rest| rest.strip_suffix("er")).unwrap_or(known);
    known.strip_suffix(" training").unwrap_or(known)
}

/// Whether a licence lets its holder drive on the road.
fn drives(licence: &str) -> bool {
    !licence.contains("provisional")
        && ["driving", "category", "hgv", "lgv", "pcv"].iter().any(|word| licence.contains(word))
}

#[cfg(test)]
mod tests {
    use crds::CoverLetterRequestSpec;
    use serde_json::json;

    use crate::facts::Facts;

    fn said(skills: &str, qualifications: &str) -> Vec<String> {
        let request: CoverLetterRequestSpec = serde_json::from_value(json!({
            "appRef": { "name": "letters" },
            "job": { "title": "Driver", "company": "Acme" },
            "applicant": { "skills": skills, "qualifications": qualifications },
        }))
        .unwrap();
        Facts::of(&request).unwrap().all.iter().map(crate::facts::fact::Fact::said).collect()
    }

    #[test]
    fn what_two_fields_say_is_said_once() {
        assert_eq!(said("driving, patience", "full licence"), ["patient", "a full driving licence"]);
        assert_eq!(said("driver cpc, patience", "driver CPC"), ["the Driver CPC", "patient"]);
        assert_eq!(
            said("safeguarding aware, fun games, first aid", "FA Level 1 + safeguarding; first aid at work"),
            ["fun games", "FA Level 1", "safeguarding", "first aid at work"]
        );
    }

    #[test]
    fn what_one_field_alone_says_stays() {
        assert_eq!(said("driving", "licence"), ["I can drive", "a driving licence"]);
        assert_eq!(
            said("driving, Excel", "provisional licence"),
            ["I can drive", "Excel", "a provisional driving licence"]
        );
    }
}
