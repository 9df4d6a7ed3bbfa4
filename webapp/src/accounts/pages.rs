//! The front page, registering, logging in, and the profile.

use askama::Template;

use crate::accounts::forms::{DeletionField, LogInField, ProfileField, RegistrationField};
use crate::web::form_state::{FieldError, FilledInput, FormField as _, FormState};
use crate::web::typed::Waiting;

/// `/`.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    /// Whether the reader is logged in.
    pub signed_in: bool,
}

/// `/auth/register`.
#[derive(Clone, Debug, Template)]
#[template(path = "register.html")]
pub struct RegisterPage {
    signed_in: bool,
    errors: Vec<FieldError>,
    fields: Vec<FilledInput>,
}

impl RegisterPage {
    /// The page that shows this form.
    #[must_use]
    pub fn new(form: &FormState<RegistrationField>) -> Self {
        Self { signed_in: false, errors: form.errors(), fields: form.inputs(RegistrationField::ALL) }
    }
}

/// The answer to a registration that was accepted.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "registered.html")]
pub struct RegisteredPage {
    signed_in: bool,
}

/// `/auth/login`.
#[derive(Clone, Debug, Template)]
#[template(path = "login.html")]
pub struct LoginPage {
    signed_in: bool,
    errors: Vec<FieldError>,
    fields: Vec<FilledInput>,
    next: String,
    /// Fields of a form that waits for the log-in.
    kept: Vec<(String, String)>,
}

impl LoginPage {
    /// The page that shows this form; `next` is the path that logging in leads to.
    #[must_use]
    pub fn new(form: &FormState<LogInField>, next: &str, waiting: Option<&Waiting>) -> Self {
        Self {
            signed_in: false,
            errors: form.errors(),
            fields: form.inputs(LogInField::ALL),
            next: next.to_owned(),
            kept: waiting.map(|form| form.hidden().collect()).unwrap_or_default(),
        }
    }

    /// The page for a form whose sender must log in first; it carries the form.
    #[must_use]
    pub fn keeping(next: &str, waiting: &Waiting) -> Self {
        Self::new(&FormState::default(), next, Some(waiting))
    }
}

/// `/user/profile`.
#[derive(Clone, Debug, Template)]
#[template(path = "profile.html")]
pub struct ProfilePage {
    signed_in: bool,
    csrf: String,
    errors: Vec<FieldError>,
    fields: Vec<FilledInput>,
    deletion: Vec<FilledInput>,
    /// Whether the form that deletes the account is unfolded.
    deleting: bool,
    updated: bool,
}

impl ProfilePage {
    /// The page that shows both forms.
    #[must_use]
    pub fn new(
        profile: &FormState<ProfileField>,
        deletion: &FormState<DeletionField>,
        csrf: String,
        updated: bool,
    ) -> Self {
        Self {
            signed_in: true,
            csrf,
            errors: profile.errors().into_iter().chain(deletion.errors()).collect(),
            fields: profile.inputs(ProfileField::ALL),
            deletion: deletion.inputs(DeletionField::ALL),
            deleting: !deletion.is_valid(),
            updated,
        }
    }
}
