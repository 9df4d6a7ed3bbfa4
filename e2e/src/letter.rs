//! The letter that the tests request: the example in the predecessor's documentation.

use crds::CoverLetterRequest;
use crds::CoverLetterRequestSpec;
use crds::request::{AppRef, Applicant, Job, LetterOptions};

use crate::app;

pub use fixtures::letter_form::EXAMPLE;

/// The example as a resource, for the app of [`app::small`]. The same `seed` gives the same letter.
///
/// # Panics
/// Never: the example has all eight fields.
#[must_use]
pub fn request(name: &str, seed: i64) -> CoverLetterRequest {
    let field = |wanted: &str| {
        let (_, value) = EXAMPLE.iter().find(|(name, _)| *name == wanted).expect("the example has all eight fields");
        (*value).to_owned()
    };
    let spec = CoverLetterRequestSpec {
        app_ref: AppRef { name: app::NAME.to_owned() },
        job: Job {
            title: field("Job Title"),
            company: field("Hiring Company"),
            preferred_qualifications: field("Preferred Qualifications"),
            description: String::new(),
        },
        applicant: Applicant {
            name: field("Applicant Name"),
            current_experience: field("Current Working Experience"),
            past_experience: field("Past Working Experience"),
            skills: field("Skillsets"),
            qualifications: field("Qualifications"),
            ..Applicant::default()
        },
        letter: LetterOptions::default(),
        seed: Some(seed),
        requested_by: None,
        cancel_requested: false,
    };
    CoverLetterRequest::new(name, spec)
}

/// Whether the last line of `letter` is the applicant's name and the first a salutation.
#[must_use]
pub fn is_signed_by(letter: &str, applicant: &str) -> bool {
    let mut lines = letter.trim().lines();
    let greets = lines.next().is_some_and(|first| first.starts_with("Dear "));
    greets && lines.next_back().is_some_and(|last| last.trim() == applicant)
}

#[cfg(test)]
mod tests {
    use super::is_signed_by;

    #[test]
    fn a_letter_begins_with_a_salutation_and_ends_with_the_name() {
        assert!(is_signed_by("Dear Hiring Manager,\n\nText.\n\nSincerely,\nJohn\n", "John"));
        assert!(!is_signed_by("Dear Hiring Manager,\n\nText by John", "John"));
        assert!(!is_signed_by("John", "John"));
    }
}
