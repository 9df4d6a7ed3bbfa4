//! The forms of accounts: registering and changing the profile.

use crate::accounts::password;
use crate::web::fields::{FieldError, Fields, one_line};

#[cfg(test)]
mod tests;

const USERNAME_MAX: usize = 64;
const EMAIL_MAX: usize = 254;

/// Name and address as typed; kept when the form is shown again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileForm {
    /// Name to log in with.
    pub username: String,
    /// Address.
    pub email: String,
}

impl ProfileForm {
    /// The form with these fields.
    #[must_use]
    pub fn new(fields: &Fields) -> Self {
        Self { username: one_line(&fields.text("username")), email: one_line(&fields.text("email")) }
    }

    /// What must change; empty when nothing must.
    #[must_use]
    pub fn errors(&self) -> Vec<FieldError> {
        let username = username_error(&self.username).map(|message| FieldError::new("username", message));
        let email = email_error(&self.email).map(|message| FieldError::new("email", message));
        username.into_iter().chain(email).collect()
    }
}

/// What must change in a registration; the password is never kept.
#[must_use]
pub fn registration_errors(form: &ProfileForm, new_password: &str) -> Vec<FieldError> {
    let mut errors = form.errors();
    if let Some(weakness) = password::weakness(new_password, &form.username, &form.email) {
        errors.push(FieldError::new("password", weakness.message()));
    }
    errors
}

fn username_error(username: &str) -> Option<&'static str> {
    let fine = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    match username.chars().count() {
        0 => Some("Username must not be empty"),
        length if length > USERNAME_MAX => Some("Username must be at most 64 characters"),
        _ if !username.chars().all(fine) => Some("Username must be letters, digits, dots, dashes and underscores"),
        _ => None,
    }
}

/// Looks at the form of an address only: whether it works, only a letter to it could tell.
fn email_error(email: &str) -> Option<&'static str> {
    let label = |part: &str| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-');
    let fine = email.rsplit_once('@').is_some_and(|(local, domain)| {
        let local_fine = !local.is_empty() && local.len() <= 64 && !local.contains(['@', ' ', '<', '>', '"', ',']);
        let domain_fine = domain.contains('.')
            && domain.split('.').all(label)
            && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
        local_fine && domain_fine
    });
    if email.is_empty() {
        Some("E-mail must not be empty")
    } else if email.chars().count() > EMAIL_MAX || !fine {
        Some("E-mail must be an address, for example name@example.org")
    } else {
        None
    }
}
