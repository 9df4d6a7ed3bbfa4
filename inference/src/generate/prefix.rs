//! What the prompts of all requests begin with.

use crds::CoverLetterRequestSpec;
use crds::request::{AppRef, Applicant, Job, Length, LetterOptions, Tone};

use crate::built_in::Plan;

/// Tokens that both prompts begin with.
pub(super) fn common(one: &[u32], other: &[u32]) -> Vec<u32> {
    one.iter().zip(other).take_while(|(a, b)| a == b).map(|(token, _)| *token).collect()
}

/// A request without content.
pub(super) fn blank() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        app_ref: AppRef::default(),
        job: Job::default(),
        applicant: Applicant::default(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    }
}

/// A request that differs from [`blank`] in everything that a prompt can mention.
pub(super) fn full() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        job: Job {
            title: "Gardener".to_owned(),
            company: "Kew".to_owned(),
            preferred_qualifications: "Two summers outdoors".to_owned(),
            description: "We look after old trees.".to_owned(),
        },
        applicant: Applicant {
            name: "Ada".to_owned(),
            current_experience: "Florist in Leeds".to_owned(),
            past_experience: "Volunteer at a city farm".to_owned(),
            skills: "pruning".to_owned(),
            qualifications: "Diploma in horticulture".to_owned(),
        },
        letter: LetterOptions { tone: Tone::Direct, length: Length::Short, language: "de".to_owned() },
        ..blank()
    }
}

/// Plans that differ in everything but what all prompts of the built-in model begin with.
pub(super) fn plans() -> [Plan; 2] {
    [Tone::Direct, Tone::Warm].map(|tone| Plan { tone, paragraphs: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_counts() {
        let check = |one: &[u32], other: &[u32], expect: &[u32]| assert_eq!(common(one, other), expect);
        check(&[1, 2, 3, 4], &[1, 2, 9, 4], &[1, 2]);
        check(&[1, 2], &[1, 2, 3], &[1, 2]);
        check(&[1], &[2], &[]);
    }
}
