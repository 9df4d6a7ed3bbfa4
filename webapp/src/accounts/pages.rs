//! Registering, logging in, and the profile.

pub mod home;

use askama::Template;

use crate::accounts::forms::ProfileForm;
use crate::web::fields::FieldError;
use crate::web::form_state::Field;

/// What a new password must be like.
const PASSWORD_HINT: &str = "At least 8 characters with upper case, lower case, a digit and a special character; or a \
    passphrase of at least 15 characters.";

/// `/auth/register`.
#[derive(Clone, Debug, Template)]
#[template(path = "register.html")]
pub struct RegisterPage {
    signed_in: bool,
    errors: Vec<FieldError>,
    fields: [Field; 3],
}

impl RegisterPage {
    /// The form with what was typed and what is wrong with it.
    #[must_use]
    pub fn new(form: &ProfileForm, errors: Vec<FieldError>) -> Self {
        let fields = [
            Field::username(&form.username),
            Field::email(&form.email),
            Field::password(PASSWORD_HINT, "new-password"),
        ];
        Self { signed_in: false, fields: fields.map(|field| field.with_error(&errors)), errors }
    }
}

/// The answer to a good registration.
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
    fields: [Field; 2],
    next: String,
}

impl LoginPage {
    /// The form; `next` is where to go afterwards.
    #[must_use]
    pub fn new(username: &str, next: &str, errors: Vec<FieldError>) -> Self {
        let fields = [Field::username(username), Field::password("", "current-password")];
        Self { signed_in: false, errors, fields, next: next.to_owned() }
    }
}

/// `/user/profile`.
#[derive(Clone, Debug, Template)]
#[template(path = "profile.html")]
pub struct ProfilePage {
    signed_in: bool,
    csrf: String,
    errors: Vec<FieldError>,
    fields: [Field; 2],
    confirmation: Field,
    updated: bool,
}

impl ProfilePage {
    /// The profile with what was typed and what is wrong with it.
    #[must_use]
    pub fn new(form: &ProfileForm, csrf: String, errors: Vec<FieldError>, updated: bool) -> Self {
        let fields = [Field::username(&form.username), Field::email(&form.email)];
        let confirmation =
            Field::password("Your letters are deleted with it. This cannot be undone.", "current-password");
        Self {
            signed_in: true,
            csrf,
            fields: fields.map(|field| field.with_error(&errors)),
            confirmation: confirmation.with_error(&errors),
            errors,
            updated,
        }
    }
}
