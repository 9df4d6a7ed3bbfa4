//! The forms of accounts: registering, logging in, changing the profile, passkeys and deleting the account. Pure.

use crate::accounts::passkey;
use crate::accounts::password::policy;
use crate::web::fields::Fields;
use crate::web::form_state::{FormField, FormState, Input, InputKind};

#[cfg(test)]
mod tests;

const USERNAME_MAX: usize = 64;
/// Longest address that mail can be delivered to (RFC 5321).
const EMAIL_MAX: usize = 254;

const USERNAME: Input = Input {
    name: "username",
    id: "username",
    label: "Username",
    hint: "",
    kind: InputKind::Text,
    max: USERNAME_MAX,
    required: true,
    autocomplete: "username",
};
const EMAIL: Input = Input {
    name: "email",
    id: "email",
    label: "E-mail",
    hint: "",
    kind: InputKind::Email,
    max: EMAIL_MAX,
    required: true,
    autocomplete: "email",
};
const PASSWORD: Input = Input {
    name: "password",
    id: "password",
    label: "Password",
    hint: "",
    kind: InputKind::Password,
    max: policy::LENGTH_MAX,
    required: true,
    autocomplete: "current-password",
};

const NEW_PASSWORD: Input = Input {
    name: "new_password",
    id: "new-password",
    label: "New password",
    hint: "At least 8 characters with upper case, lower case, a digit and a special character; or a passphrase of at \
           least 15 characters.",
    autocomplete: "new-password",
    ..PASSWORD
};

/// Fields of the form that makes an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistrationField {
    Username,
    Email,
    Password,
}

impl FormField for RegistrationField {
    const ALL: &'static [Self] = &[Self::Username, Self::Email, Self::Password];

    fn input(self) -> Input {
        match self {
            Self::Username => USERNAME,
            Self::Email => EMAIL,
            Self::Password => Input { id: "password", name: "password", label: "Password", ..NEW_PASSWORD },
        }
    }
}

/// Fields of the form that begins a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogInField {
    Username,
    Password,
}

impl FormField for LogInField {
    const ALL: &'static [Self] = &[Self::Username, Self::Password];

    fn input(self) -> Input {
        match self {
            Self::Username => USERNAME,
            Self::Password => PASSWORD,
        }
    }
}

/// Fields of the form that changes an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileField {
    Username,
    Email,
    Password,
}

impl FormField for ProfileField {
    const ALL: &'static [Self] = &[Self::Username, Self::Email, Self::Password];

    fn input(self) -> Input {
        match self {
            Self::Username => USERNAME,
            Self::Email => EMAIL,
            Self::Password => Input { hint: "To show that it is you.", ..PASSWORD },
        }
    }
}

/// Fields of the form that changes the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordField {
    Current,
    New,
}

impl FormField for PasswordField {
    const ALL: &'static [Self] = &[Self::Current, Self::New];

    fn input(self) -> Input {
        match self {
            Self::Current => Input { id: "current-password", label: "Current password", ..PASSWORD },
            Self::New => NEW_PASSWORD,
        }
    }
}

/// The field of the form behind a one-time link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetField {
    New,
}

impl FormField for ResetField {
    const ALL: &'static [Self] = &[Self::New];

    fn input(self) -> Input {
        NEW_PASSWORD
    }
}

/// The field of the form that deletes an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionField {
    Password,
}

impl FormField for DeletionField {
    const ALL: &'static [Self] = &[Self::Password];

    fn input(self) -> Input {
        Input { id: "deletion-password", hint: "Your letters are deleted with it. This cannot be undone.", ..PASSWORD }
    }
}

/// The field of the form that links the account with a person at the provider, or unlinks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkField {
    Password,
}

impl FormField for LinkField {
    const ALL: &'static [Self] = &[Self::Password];

    fn input(self) -> Input {
        Input { id: "link-password", hint: "To show that it is you.", ..PASSWORD }
    }
}

/// Fields of the form that adds a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyField {
    Name,
    Password,
}

impl FormField for PasskeyField {
    const ALL: &'static [Self] = &[Self::Name, Self::Password];

    fn input(self) -> Input {
        match self {
            Self::Name => Input {
                name: "name",
                id: "passkey-name",
                label: "Name",
                hint: "What you call the device or the key that keeps it.",
                kind: InputKind::Text,
                max: passkey::NAME_MAX,
                required: true,
                autocomplete: "off",
            },
            Self::Password => Input { id: "passkey-password", hint: "To show that it is you.", ..PASSWORD },
        }
    }
}

/// The field of the form that removes a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalField {
    Password,
}

impl FormField for RemovalField {
    const ALL: &'static [Self] = &[Self::Password];

    fn input(self) -> Input {
        Input { id: "removal-password", hint: "To show that it is you.", ..PASSWORD }
    }
}

/// A passkey that is to be added, with what must change about its name.
#[must_use]
pub fn passkey(fields: &Fields) -> FormState<PasskeyField> {
    let mut form = FormState::sent(fields);
    match form.value(PasskeyField::Name).chars().count() {
        0 => form.refuse(PasskeyField::Name, "Name must not be empty"),
        length if length > passkey::NAME_MAX => {
            form.refuse(PasskeyField::Name, "Name must be at most 64 characters");
        }
        _ => {}
    }
    form
}

/// A registration with what must change about it.
#[must_use]
pub fn registration(fields: &Fields, password: &str) -> FormState<RegistrationField> {
    let mut form = FormState::sent(fields);
    check_username(&mut form, RegistrationField::Username);
    check_email(&mut form, RegistrationField::Email);
    let (username, email) = (form.value(RegistrationField::Username), form.value(RegistrationField::Email));
    if let Some(weakness) = policy::weakness(password, username, email) {
        form.refuse(RegistrationField::Password, weakness.message());
    }
    form
}

/// A changed profile with what must change about it.
#[must_use]
pub fn profile(fields: &Fields) -> FormState<ProfileField> {
    let mut form = FormState::sent(fields);
    check_username(&mut form, ProfileField::Username);
    check_email(&mut form, ProfileField::Email);
    form
}

fn check_username<F: FormField>(form: &mut FormState<F>, field: F) {
    let username = form.value(field);
    let message = match username.chars().count() {
        0 => "Username must not be empty",
        length if length > USERNAME_MAX => "Username must be at most 64 characters",
        _ if !username.chars().all(is_in_usernames) => {
            "Username must consist of letters, digits, dots, dashes and underscores"
        }
        _ => return,
    };
    form.refuse(field, message);
}

/// Whether a username may have this character.
#[must_use]
pub fn is_in_usernames(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// Checks the shape of an address only: whether mail arrives there, only mail could tell.
fn check_email<F: FormField>(form: &mut FormState<F>, field: F) {
    let email = form.value(field);
    if email.is_empty() {
        form.refuse(field, "E-mail must not be empty");
    } else if !is_email(email) {
        form.refuse(field, "E-mail must be an address, for example name@example.org");
    }
}

/// Whether this has the shape of an address.
#[must_use]
pub fn is_email(email: &str) -> bool {
    email.chars().count() <= EMAIL_MAX && is_address(email)
}

fn is_address(email: &str) -> bool {
    let is_label = |part: &str| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-');
    email.rsplit_once('@').is_some_and(|(local, domain)| {
        let is_local = !local.is_empty() && local.len() <= 64 && !local.contains(['@', ' ', '<', '>', '"', ',']);
        let is_domain = domain.contains('.')
            && domain.split('.').all(is_label)
            && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
        is_local && is_domain
    })
}
