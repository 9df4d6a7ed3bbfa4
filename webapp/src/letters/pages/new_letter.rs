//! The form of a new letter.

use askama::Template;
use uuid::Uuid;

use super::asked::AskedMap;
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
    about: Uuid,
    /// Key of the submission; nil leaves it out.
    submission: Uuid,
    errors: Vec<FieldError>,
    job: Vec<FilledInput>,
    applicant: Vec<FilledInput>,
    map: AskedMap,
    tones: Vec<Choice>,
    lengths: Vec<Choice>,
    /// Whether this is a draft that was kept.
    is_draft: bool,
    /// When the next letter can be asked for; empty when at once.
    wait: String,
}

impl NewLetterPage {
    /// The page that shows this form.
    #[must_use]
    pub fn new(form: &LetterForm, csrf: String) -> Self {
        Self {
            signed_in: true,
            csrf,
            about: form.about,
            submission: form.submission.unwrap_or_default(),
            errors: form.state.errors(),
            job: form.state.inputs(JOB),
            applicant: form.state.inputs(APPLICANT),
            map: AskedMap::of(&form.draft()),
            tones: TONES.map(|(tone, name)| Choice { value: name, label: name, chosen: tone == form.tone }).into(),
            lengths: LENGTHS
                .map(|(length, value, label)| Choice { value, label, chosen: length == form.length })
                .into(),
            is_draft: false,
            wait: String::new(),
        }
    }

    /// The same page, which says that the form is a draft.
    #[must_use]
    pub fn of_draft(self, is_draft: bool) -> Self {
        Self { is_draft, ..self }
    }

    /// The same page, which says that the next letter must wait for so long.
    #[must_use]
    pub fn waiting(self, wait: Option<String>) -> Self {
        Self { wait: wait.unwrap_or_default(), ..self }
    }
}
