//! The fields of a form as they arrived.

/// The fields of a submitted form, in order.
#[derive(Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl std::fmt::Debug for Fields {
    /// Names only: values are personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Fields {
    /// Fields as they arrived.
    #[must_use]
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first field of this name exactly as sent, for passwords and CSRF proofs.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
    }

    /// Every field with its name, exactly as sent.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first field of this name, cleaned; empty when there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        clean(&self.raw(name).unwrap_or_default())
    }
}

/// Text as it is kept: trimmed, lines ending in `\n`, without other control characters but tabs (Postgres refuses NUL).
#[must_use]
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    text.trim().to_owned()
}

/// Text on one line: every run of white space is one space.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Fields, clean, one_line};

    #[test]
    fn text_is_cleaned_and_passwords_are_not() {
        let fields = Fields::new(vec![("a".to_owned(), " x\r\ny\0\u{7} ".to_owned())]);
        assert_eq!(fields.text("a"), "x\ny");
        assert_eq!(fields.raw("a").as_deref(), Some(" x\r\ny\0\u{7} "));
        assert_eq!(fields.text("b"), "");
        assert_eq!(clean("\r"), "");
        assert_eq!(one_line(" a \n\t b "), "a b");
    }

    #[test]
    fn values_are_not_printed() {
        let fields = Fields::new(vec![("password".to_owned(), "Bar2024!".to_owned())]);
        assert_eq!(format!("{fields:?}"), "[\"password\"]");
    }
}
