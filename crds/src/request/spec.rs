//! What a request asks for.

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;

/// Names the `CoverLetterApp` that serves a request.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppRef {
    /// Name of a `CoverLetterApp` in the same namespace.
    #[schemars(length(min = 1, max = limits::APP_NAME_MAX))]
    pub name: String,
}

/// The job that the letter applies for.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Job title, as the letter should write it.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub title: String,
    /// Hiring company, as the letter should write it.
    #[schemars(length(min = 1, max = limits::LINE_MAX))]
    pub company: String,
    /// What the employer prefers. Never claimed as the applicant's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT_MAX))]
    pub preferred_qualifications: String,
    /// The pasted job advert.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::ADVERT_MAX))]
    pub description: String,
}

/// The person who applies.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applicant {
    /// Name under the letter. The program signs; the model never sees it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::LINE_MAX))]
    pub name: String,
    /// What the applicant does now, for example `Analyst at Trello`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT_MAX))]
    pub current_experience: String,
    /// What the applicant did before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT_MAX))]
    pub past_experience: String,
    /// Skills, separated by commas.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT_MAX))]
    pub skills: String,
    /// Degrees, certificates, licences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::TEXT_MAX))]
    pub qualifications: String,
    /// Why the applicant wants to work for this employer, in their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::REASON_MAX))]
    pub reason: String,
}

/// How the letter should sound and how long it should be.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default = "LetterOptions::default")]
pub struct LetterOptions {
    /// Tone of the letter.
    pub tone: Tone,
    /// Length of the letter.
    pub length: Length,
    /// BCP 47 language tag. The built-in model writes English.
    #[schemars(length(min = 2, max = 35))]
    pub language: String,
}

impl Default for LetterOptions {
    fn default() -> Self {
        Self { tone: Tone::default(), length: Length::default(), language: "en-GB".to_owned() }
    }
}

/// Tone of a letter.
#[derive(JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tone {
    /// Polite and neutral.
    #[default]
    Professional,
    /// Friendly and personal.
    Warm,
    /// Short sentences, straight to the point.
    Direct,
}

/// Length of a letter.
#[derive(JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Length {
    /// About 150 to 200 words.
    Short,
    /// About 200 to 300 words.
    #[default]
    Standard,
    /// About 300 to 400 words.
    Long,
}
