//! The pages of profiles. Pure: values in, text out.

pub mod import;

use askama::Template;
use uuid::Uuid;

use crate::letters::pages::day;
use crate::profile::{PROFILES_MAX, Profile};
use crate::profiles::forms::ApplicantField;
use crate::web::form_state::{FieldError, FilledInput, FormField as _, FormState};

/// Longest part of a profile that the list shows, in characters.
const GIST_MAX: usize = 120;

/// `/profiles`.
#[derive(Clone, Debug, Template)]
#[template(path = "profiles.html")]
pub struct ProfilesPage {
    signed_in: bool,
    csrf: String,
    profiles: Vec<Line>,
    most: u8,
    is_full: bool,
    done: &'static str,
    errors: Vec<FieldError>,
    /// What must change about the file; empty when nothing must.
    file_error: String,
    /// What must change about the text that was pasted.
    text_error: String,
    /// Text that was pasted and could not be read.
    pasted: String,
}

/// A profile as the list shows it.
#[derive(Clone, Debug)]
struct Line {
    id: Uuid,
    label: String,
    gist: String,
    saved: String,
}

impl ProfilesPage {
    /// The page that lists these profiles.
    #[must_use]
    pub fn new(profiles: Vec<Profile>, csrf: String) -> Self {
        let is_full = profiles.len() >= PROFILES_MAX.into();
        let profiles = profiles.into_iter().map(Line::new).collect();
        Self {
            signed_in: true,
            csrf,
            profiles,
            most: PROFILES_MAX,
            is_full,
            done: "",
            errors: Vec::new(),
            file_error: String::new(),
            text_error: String::new(),
            pasted: String::new(),
        }
    }

    /// The same page, which says why the file of a CV could not be read, and has the text that was pasted.
    #[must_use]
    pub fn refused(self, why: &str, pasted: String) -> Self {
        let errors = vec![FieldError { id: "cv", message: why.to_owned() }];
        Self { errors, file_error: why.to_owned(), pasted, ..self }
    }

    /// The same page, which says why the text that was pasted could not be read, and has it.
    #[must_use]
    pub fn refused_text(self, why: &str, pasted: String) -> Self {
        let errors = vec![FieldError { id: "pasted", message: why.to_owned() }];
        Self { errors, text_error: why.to_owned(), pasted, ..self }
    }

    /// The same page, which says what was done just now.
    #[must_use]
    pub fn after(self, done: Option<&str>) -> Self {
        let done = match done {
            Some("saved") => "The CV is saved.",
            Some("deleted") => "The CV is deleted. Letters that were made from it stay as they are.",
            _ => "",
        };
        Self { done, ..self }
    }
}

impl Line {
    fn new(profile: Profile) -> Self {
        let applicant = &profile.applicant;
        let texts = [&applicant.current_experience, &applicant.qualifications, &applicant.past_experience];
        let texts = texts.into_iter().chain([&applicant.skills, &applicant.reason, &applicant.name]);
        let gist = texts.into_iter().find_map(|text| text.lines().find(|line| !line.trim().is_empty()));
        let gist = shortened(gist.unwrap_or_default().trim());
        Self { id: profile.id, gist, saved: day(profile.saved_at), label: profile.label }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(GIST_MAX) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// `/profiles/new` and `/profiles/{id}`.
#[derive(Clone, Debug, Template)]
#[template(path = "applicant.html")]
pub struct ProfilePage {
    signed_in: bool,
    csrf: String,
    errors: Vec<FieldError>,
    fields: Vec<FilledInput>,
    /// The profile that is changed; nil for a new one.
    id: Uuid,
    /// Key of a new one.
    submission: Uuid,
}

impl ProfilePage {
    /// The page that shows this form of a new profile.
    #[must_use]
    pub fn new(form: &FormState<ApplicantField>, submission: Uuid, csrf: String) -> Self {
        let fields = form.inputs(ApplicantField::ALL);
        Self { signed_in: true, csrf, errors: form.errors(), fields, id: Uuid::nil(), submission }
    }

    /// The page that shows this form of a profile that there is.
    #[must_use]
    pub fn of(form: &FormState<ApplicantField>, id: Uuid, csrf: String) -> Self {
        Self { id, ..Self::new(form, Uuid::nil(), csrf) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stands_at_the_field_that_caused_it() {
        let page = || ProfilesPage::new(Vec::new(), String::new());
        let file = page().refused("No", "kept".to_owned()).render().expect("is made");
        assert!(file.contains("id=\"cv-error\"") && !file.contains("id=\"pasted-error\""), "{file}");
        let text = page().refused_text("No", "kept".to_owned()).render().expect("is made");
        assert!(!text.contains("id=\"cv-error\"") && text.contains("id=\"pasted-error\""), "{text}");
        assert!(file.contains("href=\"#cv\"") && text.contains("href=\"#pasted\""));
    }
}
