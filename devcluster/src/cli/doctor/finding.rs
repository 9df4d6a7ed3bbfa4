//! The outcome of a check.

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing to do.
    Well,
    /// A cluster can run, with the named restriction.
    Warning,
    /// No cluster can run.
    Failure,
}

/// What a check found.
#[derive(Debug)]
pub struct Finding {
    pub name: &'static str,
    pub level: Level,
    /// What was found and, after a colon, the fix.
    pub text: String,
}

impl Finding {
    pub fn well(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Well, text: text.into() }
    }

    pub fn warning(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Warning, text: text.into() }
    }

    pub fn failure(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, level: Level::Failure, text: text.into() }
    }
}
