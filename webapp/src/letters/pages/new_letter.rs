//! The form of a new letter.

use askama::Template;

use crate::letters::forms::{APPLICANT, JOB, LENGTHS, LetterForm, TONES};
use crate::web::form_state::{FieldError, FilledInput};

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
    job: Vec<FilledInput>,
    applicant: Vec<FilledInput>,
    tones: Vec<Choice>,
    lengths: Vec<Choice>,
}

impl NewLetterPage {
    /// The page that shows this form.
    #[must_use]
    pub fn new(form: &LetterForm, csrf: String) -> Self {
        Self {
            signed_in: true,
            csrf,
            errors: form.state.errors(),
            job: form.state.inputs(JOB),
            applicant: form.state.inputs(APPLICANT),
            tones: TONES.map(|(tone, name)| Choice { value: name, label: name, chosen: tone == form.tone }).into(),
            lengths: LENGTHS
                .map(|(length, value, label)| Choice { value, label, chosen: length == form.length })
                .into(),
        }
    }
}
