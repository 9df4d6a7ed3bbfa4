//! The sentences that a reader of notes wrote of the fields about the applicant.

use std::fmt;

use crds::request::Applicant;

use super::fact::Field;

/// What a reader wrote of each field: one sentence a line. Empty where it wrote nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Of what the applicant does now.
    pub now: String,
    /// Of what the applicant did before.
    pub past: String,
    /// Of skills.
    pub skills: String,
    /// Of qualifications.
    pub qualifications: String,
    /// Of why this employer.
    pub reason: String,
}

/// Its size: it holds what applicants typed.
impl fmt::Debug for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [&self.now, &self.past, &self.skills, &self.qualifications, &self.reason];
        let lengths = all.map(String::len);
        f.debug_struct("Notes").field("bytes", &lengths).finish_non_exhaustive()
    }
}

impl Notes {
    /// Adds what the reader wrote of a text from `field`.
    pub fn add(&mut self, field: Field, written: &str) {
        let lines = match field {
            Field::Now => &mut self.now,
            Field::Past => &mut self.past,
            Field::Skills => &mut self.skills,
            Field::Qualifications => &mut self.qualifications,
            Field::Motivation => &mut self.reason,
        };
        lines.push_str(written);
        lines.push('\n');
    }

    /// Every field about what the applicant did and can do, with what was typed and what was written of it.
    pub(crate) fn of<'a>(&'a self, applicant: &'a Applicant) -> [(Field, &'a str, &'a str); 4] {
        [
            (Field::Now, &applicant.current_experience, &self.now),
            (Field::Past, &applicant.past_experience, &self.past),
            (Field::Skills, &applicant.skills, &self.skills),
            (Field::Qualifications, &applicant.qualifications, &self.qualifications),
        ]
        .map(|(field, typed, written)| (field, typed.as_str(), written.as_str()))
    }
}
