//! An input with everything that belongs to it, as `templates/field.html` draws it.

use crate::letters::forms::Input;
use crate::web::fields::FieldError;

/// An input of a form.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Element id.
    pub id: &'static str,
    /// Name that is sent.
    pub name: &'static str,
    /// What stands above it.
    pub label: &'static str,
    /// What helps to fill it in; may be empty.
    pub hint: &'static str,
    /// `text`, `email`, `password`, or `area` for several lines.
    pub kind: &'static str,
    /// Lines of an area.
    pub rows: u8,
    /// Longest value.
    pub max: usize,
    /// Whether the form is refused without it.
    pub required: bool,
    /// What a browser may fill in.
    pub autocomplete: &'static str,
    /// What stands in it; never a password.
    pub value: String,
    /// What is wrong with it; empty when nothing is.
    pub error: String,
}

impl Field {
    /// An input of the letter form.
    #[must_use]
    pub fn of_letter(input: &Input, value: String, errors: &[FieldError]) -> Self {
        Self {
            id: input.id,
            name: input.name,
            label: input.label,
            hint: input.hint,
            kind: if input.rows == 1 { "text" } else { "area" },
            rows: input.rows,
            max: input.max,
            required: input.required,
            autocomplete: input.autocomplete,
            value,
            error: String::new(),
        }
        .with_error(errors)
    }

    /// The username.
    #[must_use]
    pub fn username(value: &str) -> Self {
        Self {
            id: "username",
            name: "username",
            label: "Username",
            kind: "text",
            max: 64,
            required: true,
            autocomplete: "username",
            value: value.to_owned(),
            ..Self::default()
        }
    }

    /// The e-mail address.
    #[must_use]
    pub fn email(value: &str) -> Self {
        Self {
            id: "email",
            name: "email",
            label: "E-mail",
            kind: "email",
            max: 254,
            required: true,
            autocomplete: "email",
            value: value.to_owned(),
            ..Self::default()
        }
    }

    /// A password; `autocomplete` tells password managers whether it is a new one.
    #[must_use]
    pub fn password(hint: &'static str, autocomplete: &'static str) -> Self {
        Self {
            id: "password",
            name: "password",
            label: "Password",
            hint,
            kind: "password",
            max: 128,
            required: true,
            autocomplete,
            ..Self::default()
        }
    }

    /// The same with its error among these.
    #[must_use]
    pub fn with_error(self, errors: &[FieldError]) -> Self {
        let error = errors.iter().find(|error| error.field == self.id);
        Self { error: error.map(|error| error.message.clone()).unwrap_or_default(), ..self }
    }

    /// Ids of what describes it, for `aria-describedby`.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}
