//! The faults of a spec, collected so that its author can mend all of them at once.

/// One thing that is wrong with a spec, as a sentence for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(pub String);

/// Everything that was found so far. Each `parse` of this folder adds to it, and returns what the others can go on
/// with; the app is valid only when nothing was added in the end.
#[derive(Debug, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Adds a sentence.
    pub fn add(&mut self, sentence: impl Into<String>) {
        self.0.push(Violation(sentence.into()));
    }

    /// Passes `value` on; adds the sentence when there is none.
    pub fn require<T>(&mut self, value: Option<T>, sentence: impl FnOnce() -> String) -> Option<T> {
        if value.is_none() {
            self.add(sentence());
        }
        value
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that was found, in the order in which it was found.
    pub fn into_vec(self) -> Vec<Violation> {
        self.0
    }
}
