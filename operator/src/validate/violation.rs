//! The faults of a spec, collected so that its author can mend all of them at once.

/// One thing that is wrong with a spec, as a sentence for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

/// Everything that was found so far. Each `parse` of this folder adds to it, and returns what the others can go on
/// with; the app is valid only when nothing was added in the end.
#[derive(Debug, Default)]
pub struct Violations {
    fatal: Vec<Violation>,
    partial: Vec<Violation>,
}

impl Violations {
    /// Adds a sentence.
    pub fn add(&mut self, sentence: impl Into<String>) {
        self.fatal.push(Violation(sentence.into()));
    }

    /// Adds a sentence about a field that cannot be followed, while all the rest can.
    pub fn add_partial(&mut self, sentence: impl Into<String>) {
        self.partial.push(Violation(sentence.into()));
    }

    /// Takes the sentences about fields that cannot be followed.
    pub fn take_partial(&mut self) -> Vec<Violation> {
        std::mem::take(&mut self.partial)
    }

    /// Passes `value` on; adds the sentence when there is none.
    pub fn require<T>(&mut self, value: Option<T>, sentence: impl FnOnce() -> String) -> Option<T> {
        if value.is_none() {
            self.add(sentence());
        }
        value
    }

    /// Whether the app can be built.
    pub fn is_empty(&self) -> bool {
        self.fatal.is_empty()
    }

    /// Everything that was found, in the order in which it was found.
    pub fn into_vec(self) -> Vec<Violation> {
        self.fatal.into_iter().chain(self.partial).collect()
    }
}
