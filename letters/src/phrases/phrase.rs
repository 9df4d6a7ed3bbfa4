//! One text.

/// A text for one or more planned sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub(crate) text: String,
    /// How many planned sentences it says.
    pub(crate) says: usize,
}
