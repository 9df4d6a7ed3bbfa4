//! A form that waits until its owner has logged in or can send it again. Pure.

use crate::web::fields::Fields;
use crate::web::negotiate;

/// Prefix of a field that the log-in form carries for another form.
const PREFIX: &str = "kept:";
/// Field of the log-in form with the path that the other form is sent to.
const ACTION: &str = "kept-action";
/// Fields that are good for one request alone: the CSRF proof of the session in which a form was shown, and what a passkey
/// says.
const ONCE: [&str; 2] = ["csrf_token", "credential"];
/// A form of which nothing was typed: a device has filled it in, and must do so anew.
const OF_A_DEVICE: &str = "/auth/passkey";

/// A form that waits while its owner logs in: the log-in form carries it, so that nothing is stored for strangers.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The path that it is sent to.
    pub action: String,
    /// Its fields without those of one request alone; those of passwords are empty.
    pub fields: Vec<(String, String)>,
}

impl Waiting {
    /// The form that was sent to `action`. `None` when nothing in it is worth keeping.
    #[must_use]
    pub fn new(action: &str, fields: &Fields) -> Option<Self> {
        let shown = |name: &str, value: &str| if is_password(name) { String::new() } else { value.to_owned() };
        let kept = fields.pairs().filter(|(name, _)| !ONCE.contains(name));
        let fields: Vec<_> = kept.map(|(name, value)| (name.to_owned(), shown(name, value))).collect();
        let action = negotiate::local_path(action).filter(|action| *action != OF_A_DEVICE)?.to_owned();
        fields.iter().any(|(_, value)| !value.is_empty()).then_some(Self { action, fields })
    }

    /// The form that this log-in form carries.
    #[must_use]
    pub fn carried_by(log_in: &Fields) -> Option<Self> {
        let kept = log_in.pairs().filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)));
        let fields = kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self::new(&log_in.raw(ACTION)?, &Fields::new(fields))
    }

    /// The hidden fields by which a log-in form carries it.
    pub fn hidden(&self) -> impl Iterator<Item = (String, String)> {
        let action = (ACTION.to_owned(), self.action.clone());
        let fields = self.fields.iter().map(|(name, value)| (format!("{PREFIX}{name}"), value.clone()));
        std::iter::once(action).chain(fields)
    }
}

/// Whether a field holds a password.
#[must_use]
pub fn is_password(name: &str) -> bool {
    name.contains("password")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_form_survives_the_log_in_without_its_secrets() {
        let sent = fields(&[
            ("csrf_token", "proof"),
            ("credential", "{}"),
            ("Job Title", "Chef\r\nde rang"),
            ("password", "Bar2024!"),
        ]);
        let waiting = Waiting::new("/model/query", &sent).expect("has a title");
        let log_in = Fields::new(waiting.hidden().chain([("username".to_owned(), "foo".to_owned())]).collect());
        let carried = Waiting::carried_by(&log_in).expect("is carried");
        assert_eq!(carried.action, "/model/query");
        let expected = [("Job Title", "Chef\r\nde rang"), ("password", "")];
        assert_eq!(carried.fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_a_device_says_is_not_sent_again() {
        let sent = fields(&[("credential", "{}"), ("next", "/letters")]);
        assert!(Waiting::new("/auth/passkey", &sent).is_none());
    }

    #[test]
    fn nothing_is_carried_to_another_site() {
        let to = |action| Waiting::carried_by(&fields(&[(ACTION, action), ("kept:letter", "Dear")])).is_some();
        assert!(to("/letters/1") && !to("https://evil.example/") && !to("//evil.example"));
        assert!(Waiting::new("/auth/logout", &fields(&[])).is_none());
    }
}
