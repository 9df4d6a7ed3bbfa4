//! What the model is asked, built from a request without looking at anything else.

use serde::{Deserialize, Serialize};

/// How a model wants to be asked for a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// A plan, which [`crate::plan`] draws up.
    BuiltIn,
    /// Instructions in words, for any model that follows instructions.
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

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules.
    System,
    /// The request.
    User,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said: plain text, in which nothing is a control token.
    pub content: String,
}
