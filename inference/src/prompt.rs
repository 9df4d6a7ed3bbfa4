//! What the model is asked, built from a request without looking at anything else.

mod built_in;
pub mod chat;
mod instructions;

use crds::CoverLetterRequestSpec;
use serde::{Deserialize, Serialize};

/// How a model wants to be asked for a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// The labelled lines that the built-in model was trained on.
    BuiltIn,
    /// Instructions in words, for any model that follows instructions.
    #[default]
    Chat,
}

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The rules.
    System,
    /// The request.
    User,
}

impl Role {
    /// The name that chat templates know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said: plain text, in which nothing is a control token.
    pub content: String,
}

/// The conversation that asks for the letter of `spec`. The constant part comes first, and the applicant's name is not in
/// it: the program signs.
#[must_use]
pub fn messages(spec: &CoverLetterRequestSpec, style: Style) -> Vec<Message> {
    match style {
        Style::BuiltIn => built_in::messages(spec),
        Style::Chat => instructions::messages(spec),
    }
}

/// One line of `text`: white space runs become one space, so that a value cannot begin a line of its own.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a field says in words that there is nothing.
pub(crate) fn says_nothing(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation() || "–—".contains(c));
    ["", "none", "n/a", "na", "nil", "null", "nothing", "not applicable", "no"].contains(&bare.to_lowercase().as_str())
}

#[cfg(test)]
mod tests;
