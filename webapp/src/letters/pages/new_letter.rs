//! The form of a new letter.

use askama::Template;

use crate::letters::forms::{APPLICANT, JOB, LENGTHS, LetterForm, TONES};
use crate::web::fields::FieldError;
use crate::web::form_state::Field;

/// One option of a select.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Value that is sent.
    pub value: &'static str,
    /// What is shown.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `/user/protected`.
#[derive(Clone, Debug, Template)]
#[template(path = "new_letter.html")]
pub struct NewLetterPage {
    signed_in: bool,
    csrf: String,
    errors: Vec<FieldError>,
    job: Vec<Field>,
    applicant: Vec<Field>,
    tones: Vec<Choice>,
    lengths: Vec<Choice>,
}

impl NewLetterPage {
    /// The form with what was typed and what is wrong with it.
    #[must_use]
    pub fn new(form: &LetterForm, csrf: String, errors: Vec<FieldError>) -> Self {
        let field = |input| Field::of_letter(input, form.value(input), &errors);
        let (tone, length) = (form.tone(), form.length());
        Self {
            signed_in: true,
            csrf,
            job: JOB.iter().map(field).collect(),
            applicant: APPLICANT.iter().map(field).collect(),
            tones: TONES.map(|(choice, value, label)| Choice { value, label, chosen: choice == tone }).into(),
            lengths: LENGTHS.map(|(choice, value, label)| Choice { value, label, chosen: choice == length }).into(),
            errors,
        }
    }
}
