//! Requests for the tests.

use crds::CoverLetterRequestSpec;
use crds::request::{AppRef, Applicant, Job, LetterOptions};

/// A request with the required fields only.
pub fn spec() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        app_ref: AppRef { name: "letters".into() },
        job: Job { title: "Data Scientist".into(), company: "google".into(), ..Job::default() },
        applicant: Applicant::default(),
        letter: LetterOptions::default(),
        seed: None,
        requested_by: None,
        cancel_requested: false,
    }
}

/// The request that the original project documents.
pub fn documented() -> CoverLetterRequestSpec {
    CoverLetterRequestSpec {
        job: Job {
            title: "Data Scientist".into(),
            company: "google".into(),
            preferred_qualifications: "4 years experience machine learning".into(),
            description: String::new(),
        },
        applicant: Applicant {
            name: "John".into(),
            current_experience: "Analyst at Trello".into(),
            past_experience: "Machine Learning Intern at Sony".into(),
            skills: "python, SQL, statistics".into(),
            qualifications: "BSc in Computer Science.".into(),
            ..Applicant::default()
        },
        ..spec()
    }
}
