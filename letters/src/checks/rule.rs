//! A rule for letters.

use super::finding::Finding;
use super::read_letter::ReadLetter;

/// A rule that every letter is checked against.
pub struct Rule {
    /// The name of its check, in CamelCase.
    pub name: &'static str,
    /// What the rule asks of a letter, in one sentence.
    pub words: &'static str,
    /// Finds what breaks it.
    pub(super) look: fn(&ReadLetter<'_>) -> Option<Finding>,
}
