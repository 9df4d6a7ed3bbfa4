//! The form of a new letter: as typed, then as validated.

use crds::CoverLetterRequestSpec;
use crds::limits::{ADVERT_MAX, LINE_MAX, TEXT_MAX};
use crds::request::{AppRef, Applicant, Job, Length, LetterOptions, Tone};
use serde::{Deserialize, Serialize};

use crate::web::fields::{FieldError, Fields, one_line};

#[cfg(test)]
mod tests;

/// One input of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// Name of the field; the first eight are part of the documented contract.
    pub name: &'static str,
    /// Element id.
    pub id: &'static str,
    /// What stands above it.
    pub label: &'static str,
    /// What helps to fill it in.
    pub hint: &'static str,
    /// Longest value, in characters.
    pub max: usize,
    /// Lines of the box; 1 is a single-line input.
    pub rows: u8,
    /// Whether the form is refused without it.
    pub required: bool,
    /// What a browser may fill in by itself.
    pub autocomplete: &'static str,
}

const fn line(name: &'static str, id: &'static str, label: &'static str, hint: &'static str) -> Input {
    Input { name, id, label, hint, max: LINE_MAX, rows: 1, required: true, autocomplete: "off" }
}

const fn area(name: &'static str, id: &'static str, label: &'static str, hint: &'static str) -> Input {
    Input { name, id, label, hint, max: TEXT_MAX, rows: 3, required: false, autocomplete: "off" }
}

/// Inputs about the job.
pub const JOB: [Input; 4] = [
    line("Job Title", "job-title", "Job title", "As the advert writes it."),
    line("Hiring Company", "hiring-company", "Hiring company", ""),
    area(
        "Preferred Qualifications",
        "preferred-qualifications",
        "Preferred qualifications",
        "What the employer asks for. The letter never claims it as yours.",
    ),
    Input {
        max: ADVERT_MAX,
        rows: 12,
        ..area("Job Description", "job-description", "Job advert", "Paste the text of the advert.")
    },
];

/// Inputs about the applicant.
pub const APPLICANT: [Input; 5] = [
    Input {
        autocomplete: "name",
        ..line("Applicant Name", "applicant-name", "Your name", "The letter is signed with it.")
    },
    area("Current Working Experience", "current-working-experience", "Current work", "For example: Analyst at Trello."),
    area(
        "Past Working Experience",
        "past-working-experience",
        "Past work",
        "For example: Machine Learning Intern at Sony.",
    ),
    area("Skillsets", "skillsets", "Skills", "Separated by commas."),
    area("Qualifications", "qualifications", "Qualifications", "Degrees, certificates, licences."),
];

/// Tones and what they are called.
pub const TONES: [(Tone, &str, &str); 3] = [
    (Tone::Professional, "Professional", "Professional"),
    (Tone::Warm, "Warm", "Warm"),
    (Tone::Direct, "Direct", "Direct"),
];

/// Lengths and what they are called.
pub const LENGTHS: [(Length, &str, &str); 3] = [
    (Length::Short, "Short", "Short (150 to 200 words)"),
    (Length::Standard, "Standard", "Standard (200 to 300 words)"),
    (Length::Long, "Long", "Long (300 to 400 words)"),
];

/// The form as typed.
#[derive(Clone, Debug, Default)]
pub struct LetterForm {
    fields: Fields,
}

/// A letter that can be asked for. Its parts are those of the request's spec.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LetterDraft {
    /// The job.
    pub job: Job,
    /// The applicant.
    pub applicant: Applicant,
    /// Tone, length and language.
    pub letter: LetterOptions,
}

impl LetterForm {
    /// The form with these fields.
    #[must_use]
    pub fn new(fields: Fields) -> Self {
        Self { fields }
    }

    /// The form filled with an earlier letter's draft; `job` says whether with the job too.
    #[must_use]
    pub fn prefilled(draft: &LetterDraft, job: bool) -> Self {
        let applicant = &draft.applicant;
        let mut fields = vec![
            ("Applicant Name", applicant.name.clone()),
            ("Current Working Experience", applicant.current_experience.clone()),
            ("Past Working Experience", applicant.past_experience.clone()),
            ("Skillsets", applicant.skills.clone()),
            ("Qualifications", applicant.qualifications.clone()),
            ("Tone", name_of(draft.letter.tone, &TONES).to_owned()),
            ("Length", name_of(draft.letter.length, &LENGTHS).to_owned()),
        ];
        if job {
            fields.extend([
                ("Job Title", draft.job.title.clone()),
                ("Hiring Company", draft.job.company.clone()),
                ("Preferred Qualifications", draft.job.preferred_qualifications.clone()),
                ("Job Description", draft.job.description.clone()),
            ]);
        }
        Self::new(Fields::new(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
    }

    /// What stands in this input.
    #[must_use]
    pub fn value(&self, input: &Input) -> String {
        let text = self.fields.text(input.name);
        if input.rows == 1 { one_line(&text) } else { text }
    }

    /// The tone chosen, or the default.
    #[must_use]
    pub fn tone(&self) -> Tone {
        choice(&self.fields.text("Tone"), &TONES)
    }

    /// The length chosen, or the default.
    #[must_use]
    pub fn length(&self) -> Length {
        choice(&self.fields.text("Length"), &LENGTHS)
    }

    /// The draft, or everything that is wrong with the form.
    ///
    /// # Errors
    /// One error for each field that must change.
    pub fn validate(&self) -> Result<LetterDraft, Vec<FieldError>> {
        let errors = self.errors();
        if !errors.is_empty() {
            return Err(errors);
        }
        let [title, company, preferred_qualifications, description] = JOB.map(|input| self.value(&input));
        let [name, current_experience, past_experience, skills, qualifications] =
            APPLICANT.map(|input| self.value(&input));
        Ok(LetterDraft {
            job: Job { title, company, preferred_qualifications, description },
            applicant: Applicant { name, current_experience, past_experience, skills, qualifications },
            letter: LetterOptions { tone: self.tone(), length: self.length(), ..LetterOptions::default() },
        })
    }

    fn errors(&self) -> Vec<FieldError> {
        let inputs = JOB.iter().chain(&APPLICANT);
        let mut errors: Vec<_> = inputs.filter_map(|input| input_error(input, &self.value(input))).collect();
        let facts = &APPLICANT[1..];
        if facts.iter().all(|input| self.value(input).is_empty()) {
            let message = "Tell at least one thing about yourself: work, skills or qualifications";
            errors.push(FieldError::new(facts[0].id, message));
        }
        errors
    }
}

fn input_error(input: &Input, value: &str) -> Option<FieldError> {
    let length = value.chars().count();
    if input.required && length == 0 {
        return Some(FieldError::new(input.id, format!("{} must not be empty", input.label)));
    }
    let too_long = format!("{} must be at most {} characters; it has {length}", input.label, input.max);
    (length > input.max).then(|| FieldError::new(input.id, too_long))
}

fn choice<T: Copy + Default>(value: &str, choices: &[(T, &str, &str)]) -> T {
    choices.iter().find(|(_, name, _)| *name == value).map_or_else(T::default, |(choice, ..)| *choice)
}

fn name_of<T: PartialEq + Copy>(value: T, choices: &[(T, &'static str, &str)]) -> &'static str {
    choices.iter().find(|(choice, ..)| *choice == value).map_or("", |(_, name, _)| name)
}

impl LetterDraft {
    /// The request's spec: the draft, the app that serves it, and an opaque id of whoever asked.
    #[must_use]
    pub fn into_spec(self, app: &str, requested_by: &str) -> CoverLetterRequestSpec {
        CoverLetterRequestSpec {
            app_ref: AppRef { name: app.to_owned() },
            job: self.job,
            applicant: self.applicant,
            letter: self.letter,
            seed: None,
            requested_by: Some(requested_by.to_owned()),
            cancel_requested: false,
        }
    }
}
