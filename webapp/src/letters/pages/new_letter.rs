//! The form of a new letter.

use askama::Template;
use uuid::Uuid;

use super::asked::AskedMap;
use crate::letters::forms::{APPLICANT, JOB, LENGTHS, LetterForm, TONES};
use crate::profile::Profile;
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
    /// The profiles to start from.
    profiles: Vec<Offered>,
    /// What the form was filled from just now; empty when from nothing.
    started: String,
    /// What the fields about the applicant held before, as hidden fields.
    before: Vec<String>,
}

/// A profile that the form can be filled from.
#[derive(Clone, Debug)]
struct Offered {
    id: Uuid,
    label: String,
    chosen: bool,
}

/// What a form was filled from.
#[derive(Clone, Copy)]
pub enum Start<'a> {
    /// This profile.
    Profile(&'a Profile),
    /// What stood there before a profile did.
    Back,
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
            profiles: Vec::new(),
            started: String::new(),
            before: form.kept_before(),
        }
    }

    /// The same page, which offers these profiles and says what it was filled from.
    #[must_use]
    pub fn offering(self, profiles: &[Profile], start: Option<Start<'_>>) -> Self {
        let chosen = match start {
            Some(Start::Profile(profile)) => Some(profile),
            _ => None,
        };
        let started = match start {
            Some(Start::Profile(profile)) => format!("Filled from your CV “{}”.", profile.label),
            Some(Start::Back) => "What stood here before is back.".to_owned(),
            None => String::new(),
        };
        let is_chosen = |id| chosen.is_some_and(|chosen: &Profile| chosen.id == id);
        let offered = profiles.iter().map(|profile| Offered {
            id: profile.id,
            label: profile.label.clone(),
            chosen: is_chosen(profile.id),
        });
        Self { profiles: offered.collect(), started, ..self }
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
