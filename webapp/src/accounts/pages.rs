//! The front page, registering, logging in, and the profile.

use askama::Template;

use crate::accounts::forms::{DeletionField, LogInField, PasswordField, ProfileField, RegistrationField, ResetField};
use crate::web::form_state::{FieldError, FilledInput, FormField as _, FormState};
use crate::web::waiting::Waiting;

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
    password: Vec<FilledInput>,
    deletion: Vec<FilledInput>,
    /// Whether the form that changes the password is unfolded.
    changing: bool,
    /// Whether the form that deletes the account is unfolded.
    deleting: bool,
    sessions: Vec<SessionLine>,
    /// What has just been done; empty when nothing was.
    done: &'static str,
}

/// A session of the list.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Id of its token.
    pub jti: String,
    /// Browser and system.
    pub device: String,
    /// When it was last used.
    pub last_used: String,
    /// Whether this page was asked for with it.
    pub is_this: bool,
}

/// The forms of the profile, each empty or with its errors.
#[derive(Clone, Default)]
pub struct ProfileForms {
    /// Name and address.
    pub profile: FormState<ProfileField>,
    /// A new password.
    pub password: FormState<PasswordField>,
    /// Deleting the account.
    pub deletion: FormState<DeletionField>,
}

impl ProfilePage {
    /// The page that shows these forms and sessions.
    #[must_use]
    pub fn new(forms: &ProfileForms, sessions: Vec<SessionLine>, csrf: String) -> Self {
        let ProfileForms { profile, password, deletion } = forms;
        Self {
            signed_in: true,
            csrf,
            errors: [profile.errors(), password.errors(), deletion.errors()].concat(),
            fields: profile.inputs(ProfileField::ALL),
            password: password.inputs(PasswordField::ALL),
            deletion: deletion.inputs(DeletionField::ALL),
            changing: !password.is_valid(),
            deleting: !deletion.is_valid(),
            sessions,
            done: "",
        }
    }

    /// The same page, which says what has just been done.
    #[must_use]
    pub fn after(self, what: Option<&str>) -> Self {
        let done = match what {
            Some("password") => "Your password is changed. All other sessions are ended.",
            Some("sessions") => "That session is ended.",
            Some(_) => "User information updated.",
            None => "",
        };
        Self { done, ..self }
    }
}

/// `/auth/reset/{token}`.
#[derive(Clone, Debug, Template)]
#[template(path = "reset.html")]
pub struct ResetPage {
    signed_in: bool,
    token: String,
    errors: Vec<FieldError>,
    fields: Vec<FilledInput>,
}

impl ResetPage {
    /// The page that shows this form.
    #[must_use]
    pub fn new(form: &FormState<ResetField>, token: String) -> Self {
        Self { signed_in: false, token, errors: form.errors(), fields: form.inputs(ResetField::ALL) }
    }
}
