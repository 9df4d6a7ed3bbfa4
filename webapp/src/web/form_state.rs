//! A form as data: what was typed into each field, and what must change. Pure.

use crate::web::fields::{Fields, clean, one_line};

#[cfg(test)]
mod tests;

/// The fields of one form. Each form has an enum of its own.
pub trait FormField: Copy + PartialEq + 'static {
    /// Every field, in the order of the page.
    const ALL: &'static [Self];

    /// The input that shows this field.
    fn input(self) -> Input;
}

/// An input of a page, without what was typed into it.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Name that is sent.
    pub name: &'static str,
    /// Id of the element.
    pub id: &'static str,
    /// Text of the label.
    pub label: &'static str,
    /// Help below the label; may be empty.
    pub hint: &'static str,
    /// Kind of element.
    pub kind: InputKind,
    /// Longest value, in characters.
    pub max: usize,
    /// Whether the form is refused without it.
    pub required: bool,
    /// Value of the attribute `autocomplete`.
    pub autocomplete: &'static str,
}

/// Kinds of inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// One line of text.
    Text,
    /// An e-mail address.
    Email,
    /// A password; its value is never kept.
    Password,
    /// Several lines of text; so many are shown.
    Area(u8),
}

/// What was typed into each field of a form, and what must change about it.
#[derive(Clone)]
pub struct FormState<F: 'static> {
    fields: Vec<FieldState<F>>,
    /// An error that no single field causes, and the field that its link leads to.
    form_error: Option<(F, String)>,
}

#[derive(Clone)]
struct FieldState<F> {
    field: F,
    value: String,
    error: Option<String>,
}

impl<F: FormField> Default for FormState<F> {
    /// The empty form.
    fn default() -> Self {
        Self::new(|_| String::new())
    }
}

impl<F: FormField> FormState<F> {
    /// The form as it was sent.
    #[must_use]
    pub fn sent(fields: &Fields) -> Self {
        Self::new(|field| fields.raw(field.input().name).unwrap_or_default())
    }

    /// The form filled with what `value` gives for each field. Passwords stay empty.
    #[must_use]
    pub fn new(value: impl Fn(F) -> String) -> Self {
        let state = |field: F| {
            let value = match field.input().kind {
                InputKind::Text | InputKind::Email => one_line(&clean(&value(field))),
                InputKind::Area(_) => clean(&value(field)),
                InputKind::Password => String::new(),
            };
            FieldState { field, value, error: None }
        };
        Self { fields: F::ALL.iter().copied().map(state).collect(), form_error: None }
    }

    /// What was typed into this field, cleaned; empty for passwords.
    #[must_use]
    pub fn value(&self, field: F) -> &str {
        self.fields.iter().find(|state| state.field == field).map_or("", |state| &state.value)
    }

    /// Puts another text into this field.
    pub fn replace(&mut self, field: F, text: &str) {
        if let Some(state) = self.fields.iter_mut().find(|state| state.field == field) {
            text.clone_into(&mut state.value);
        }
    }

    /// Notes what must change about this field. The first error of a field stays.
    pub fn refuse(&mut self, field: F, message: impl Into<String>) {
        if let Some(state) = self.fields.iter_mut().find(|state| state.field == field) {
            state.error.get_or_insert(message.into());
        }
    }

    /// Notes an error of the form as a whole, whose link in the summary leads to `field`.
    pub fn refuse_form(&mut self, field: F, message: impl Into<String>) {
        self.form_error = Some((field, message.into()));
    }

    /// Refuses what is empty and must not be, and what is longer than it may be.
    pub fn check(&mut self) {
        for field in F::ALL.iter().copied() {
            let Input { label, max, required, .. } = field.input();
            let length = self.value(field).chars().count();
            if required && length == 0 {
                self.refuse(field, format!("{label} must not be empty"));
            } else if length > max {
                let extra = length - max;
                let words = format!("{label} must be at most {max} characters; it has {length}, {extra} too many");
                self.refuse(field, words);
            }
        }
    }

    /// Whether nothing must change.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.form_error.is_none() && self.fields.iter().all(|state| state.error.is_none())
    }

    /// What must change, in the order of the page.
    #[must_use]
    pub fn errors(&self) -> Vec<FieldError> {
        let of_form = self.form_error.iter().map(|(field, message)| (*field, message));
        let of_fields = self.fields.iter().filter_map(|state| Some((state.field, state.error.as_ref()?)));
        let errors = of_form.chain(of_fields);
        errors.map(|(field, message)| FieldError { id: field.input().id, message: message.clone() }).collect()
    }

    /// What must change, in one line, for programs.
    #[must_use]
    pub fn errors_in_one_line(&self) -> String {
        self.errors().into_iter().map(|error| error.message).collect::<Vec<_>>().join(". ")
    }

    /// The inputs of these fields, for a template.
    #[must_use]
    pub fn inputs(&self, fields: &[F]) -> Vec<FilledInput> {
        let states = fields.iter().filter_map(|field| self.fields.iter().find(|state| state.field == *field));
        states.map(FilledInput::new).collect()
    }
}

/// An error as the summary of a page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Id of the input that must change.
    pub id: &'static str,
    /// One sentence, the same in the summary and beside the input.
    pub message: String,
}

/// An input with what was typed into it, as `templates/field.html` draws it.
#[derive(Clone, Debug)]
pub struct FilledInput {
    /// The input.
    pub input: Input,
    /// What was typed; empty for passwords.
    pub value: String,
    /// What must change; empty when nothing must.
    pub error: String,
}

impl FilledInput {
    fn new(state: &FieldState<impl FormField>) -> Self {
        let error = state.error.clone().unwrap_or_default();
        Self { input: state.field.input(), value: state.value.clone(), error }
    }

    /// Lines of a text area; `None` for an input of one line.
    #[must_use]
    pub fn rows(&self) -> Option<u8> {
        match self.input.kind {
            InputKind::Area(rows) => Some(rows),
            InputKind::Text | InputKind::Email | InputKind::Password => None,
        }
    }

    /// Value of the attribute `type` of an input of one line.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.input.kind {
            InputKind::Email => "email",
            InputKind::Password => "password",
            InputKind::Text | InputKind::Area(_) => "text",
        }
    }

    /// Value of the attribute `aria-describedby`: the ids of hint and error.
    #[must_use]
    pub fn described_by(&self) -> String {
        let hint = (!self.input.hint.is_empty()).then(|| format!("{}-hint", self.input.id));
        let error = (!self.error.is_empty()).then(|| format!("{}-error", self.input.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}
