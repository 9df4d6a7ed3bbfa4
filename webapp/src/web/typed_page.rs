//! The page that gives a form back which could not be handled, for forms without a page of their own.

use askama::Template;

use crate::web::waiting::{Waiting, is_password};

/// A form as it was typed, with the reason why it comes back.
#[derive(Clone, Debug, Template)]
#[template(path = "typed.html")]
pub struct TypedPage {
    signed_in: bool,
    message: String,
    action: String,
    csrf: String,
    fields: Vec<TypedField>,
}

/// A field of the form.
#[derive(Clone, Debug)]
struct TypedField {
    name: String,
    value: String,
    label: String,
    /// A password must be typed again.
    is_password: bool,
}

impl TypedPage {
    /// The page that gives this form back.
    #[must_use]
    pub fn new(form: Waiting, message: String, csrf: String) -> Self {
        let fields = form.fields.into_iter().map(|(name, value)| TypedField {
            is_password: is_password(&name),
            label: label(&name),
            name,
            value,
        });
        Self { signed_in: !csrf.is_empty(), message, action: form.action, csrf, fields: fields.collect() }
    }
}

/// The name of a field as a label.
fn label(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + &characters.as_str().replace(['_', '-'], " ")
}
