//! The kinds of prompt that models expect.

use serde::{Deserialize, Serialize};

/// The kind of prompt that a model expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// With a plan, as only the built-in model understands it.
    BuiltIn,
    /// With instructions in words, for any model that follows instructions.
    #[default]
    Chat,
}

impl Style {
    /// Candidates to choose a letter from: as many as a model of this kind writes in about a second.
    #[must_use]
    pub const fn candidates(self) -> usize {
        match self {
            Self::BuiltIn => 8,
            Self::Chat => 1,
        }
    }
}
