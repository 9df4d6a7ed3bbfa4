//! The front page, registering, logging in, and the profile.

pub mod passkeys;
pub mod provider;

use askama::Template;

use crate::accounts::forms::{
    DeletionField, LinkField, LogInField, PasskeyField, PasswordField, ProfileField, RegistrationField, RemovalField,
    ResetField,
};
use crate::accounts::pages::passkeys::Passkeys;
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
    ways: Ways,
    /// Fields of a form that waits for the log-in, as the log-in form carries them.
    kept: Vec<(String, String)>,
    /// The same form.
    waiting: Option<Waiting>,
}

/// How people log in to the site.
#[derive(Clone, Debug)]
pub struct Ways {
    /// What people call the provider where they may log in, if there is one.
    pub provider: Option<String>,
    /// Whether by passwords.
    pub passwords: bool,
}

impl LoginPage {
    /// The page that shows this form; `next` is the path that logging in leads to.
    #[must_use]
    pub fn new(form: &FormState<LogInField>, next: &str, waiting: Option<&Waiting>, ways: Ways) -> Self {
        Self {
            signed_in: false,
            errors: form.errors(),
            fields: form.inputs(LogInField::ALL),
            next: next.to_owned(),
            ways,
            kept: waiting.map(|form| form.hidden().collect()).unwrap_or_default(),
            waiting: waiting.cloned(),
        }
    }

    /// The page for a form whose sender must log in first; it carries the form.
    #[must_use]
    pub fn keeping(next: &str, waiting: &Waiting, ways: Ways) -> Self {
        Self::new(&FormState::default(), next, Some(waiting), ways)
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
    standing: Standing,
    link: Vec<FilledInput>,
    /// Where the account can have any.
    passkeys: Option<Passkeys>,
    /// What has just been done; empty when nothing was.
    done: &'static str,
}

/// How the owner of an account logs in.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Whether the account has a password that the site takes.
    pub has_password: bool,
    /// What people call the provider, if the site has one.
    pub provider: Option<String>,
    /// Whether the account is linked with a person there.
    pub is_linked: bool,
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
    /// Linking the account, and unlinking it.
    pub link: FormState<LinkField>,
    /// A new passkey.
    pub passkey: FormState<PasskeyField>,
    /// Removing one.
    pub removal: FormState<RemovalField>,
}

impl ProfilePage {
    /// The page that shows these forms and sessions. Who has no password is not asked for one.
    #[must_use]
    pub fn new(
        forms: &ProfileForms,
        sessions: Vec<SessionLine>,
        standing: Standing,
        passkeys: Option<Passkeys>,
        csrf: String,
    ) -> Self {
        let ProfileForms { profile, password, deletion, link, passkey, removal } = forms;
        let errors = [profile.errors(), password.errors(), deletion.errors(), link.errors()];
        let asked = standing.has_password;
        let mut fields = profile.inputs(ProfileField::ALL);
        fields.retain(|field| asked || field.input.name != "password");
        Self {
            signed_in: true,
            csrf,
            errors: [errors.concat(), passkey.errors(), removal.errors()].concat(),
            fields,
            password: password.inputs(PasswordField::ALL),
            deletion: if asked { deletion.inputs(DeletionField::ALL) } else { Vec::new() },
            changing: !password.is_valid(),
            deleting: !deletion.is_valid(),
            sessions,
            link: if asked { link.inputs(LinkField::ALL) } else { Vec::new() },
            standing,
            passkeys,
            done: "",
        }
    }

    /// The same page, which says what has just been done.
    #[must_use]
    pub fn after(self, what: Option<&str>) -> Self {
        let done = match what {
            Some("password") => {
                "Your password is changed. All other sessions are ended. Your passkeys still work; check that all of them are yours."
            }
            Some("passkey-added") => "Your passkey is added. You can log in with it from now on.",
            Some("passkey-removed") => "That passkey can no longer be used to log in. Delete it on its device too.",
            Some("linked") => "Your account is linked.",
            Some("unlinked") => "Your account is not linked any more.",
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
