//! What became of a request.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, MicroTime, Time};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;

/// Where a request stands. Written only through [`crate::life`].
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverLetterRequestStatus {
    /// Queued, Running, Succeeded, Failed or Cancelled. Absent means Queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// `Succeeded`: Unknown while active, then True or False for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_string()]))]
    pub conditions: Vec<Condition>,
    /// How often this request was claimed. Only grows, also over releases, so that a stale worker is always found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub attempt: Option<i32>,
    /// Who is writing, or wrote, the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// How earlier attempts ended, oldest first, at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::ATTEMPTS_MAX))]
    pub attempts: Vec<Attempt>,
    /// No worker claims the request before this time (backoff after a failed attempt).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_time: Option<Time>,
    /// The letter, ready to send.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = limits::LETTER_MAX))]
    pub letter: Option<String>,
    /// Who wrote the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// What was checked about the letter. A failed check is a hint for the reader; the letter is never changed for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::CHECKS_MAX))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".to_string()]))]
    pub checks: Vec<Check>,
    /// Tokens read and written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The model that wrote the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Where the time went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timings: Option<Timings>,
    /// When the request was first queued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued_time: Option<Time>,
    /// When the current or last attempt began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Time>,
    /// When the request reached its final state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_time: Option<Time>,
}

/// Where a request stands, in one word.
#[derive(JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker writes the letter.
    Running,
    /// The letter is there.
    Succeeded,
    /// There will be no letter; the condition says why.
    Failed,
    /// Stopped because somebody asked for it.
    Cancelled,
}

/// Who wrote the letter: Model, or Plain when the model could not and the program states the given facts instead.
#[derive(JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    /// The language model.
    Model,
    /// The program: a plain letter that states the given facts, for what the model cannot serve.
    Plain,
}

impl State {
    /// Every state, in the order of a request's life.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled];

    /// The state as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Whether nothing will change a request in this state any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// A worker's hold on a request, written by the operator, or by the worker itself while no operator does it. Words follow `coordination.k8s.io/Lease`.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// Name of the pod that holds the claim; also the name of its Lease.
    #[schemars(length(min = 1, max = 253))]
    pub worker: String,
    /// Uid of that pod: only it may finish the request.
    #[serde(rename = "podUID")]
    #[schemars(length(min = 1, max = 64))]
    pub pod_uid: String,
    /// Changes when the process restarts; a claim of an earlier boot is dead.
    #[serde(rename = "bootID")]
    #[schemars(length(min = 1, max = 64))]
    pub boot_id: String,
    /// Number of this attempt, from 1; the fencing token.
    #[schemars(range(min = 1))]
    pub attempt: i32,
    /// When the claim was made.
    pub acquire_time: MicroTime,
    /// `host:port` where the text can be followed while it is written.
    #[schemars(length(min = 1, max = 270))]
    pub endpoint: String,
}

/// How one attempt ended.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Number of the attempt, from 1.
    #[schemars(range(min = 1))]
    pub number: i32,
    /// Name of the pod that made it.
    #[schemars(length(max = 253))]
    pub worker: String,
    /// When it began.
    pub start_time: Time,
    /// When it ended.
    pub end_time: Time,
    /// How it ended.
    pub outcome: Outcome,
    /// One sentence for a person.
    #[schemars(length(max = limits::MESSAGE_MAX))]
    pub message: String,
}

/// How an attempt ended.
#[derive(JsonSchema, Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The worker gave it back while shutting down; does not count against `maxAttempts`.
    Released,
    /// The worker died or went silent; counts.
    Lost,
    /// The worker could not write the letter; counts.
    Failed,
}

/// One deterministic check of a finished letter.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// CamelCase name of the rule.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// Whether the letter keeps the rule.
    pub passed: bool,
    /// What to look at, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = limits::MESSAGE_MAX))]
    pub message: String,
    /// The offending words of `status.letter`, in its order, at most 16. A letter that misses something has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = limits::MARKS_MAX))]
    pub marks: Vec<Mark>,
}

/// A stretch of `status.letter`, counted in Unicode scalar values (not bytes, not UTF-16 units) from its beginning.
#[derive(KubeSchema, Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Offset of the first character.
    #[schemars(range(min = 0))]
    pub start: i32,
    /// Offset behind the last character.
    #[schemars(range(min = 0))]
    pub end: i32,
}

/// Tokens that a letter took.
#[derive(KubeSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens of the prompt.
    #[schemars(range(min = 0))]
    pub prompt_tokens: i32,
    /// Tokens written by the model.
    #[schemars(range(min = 0))]
    pub completion_tokens: i32,
}

/// The model that wrote a letter.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Name as the app's spec gives it.
    #[schemars(length(max = 253))]
    pub name: String,
    /// SHA-256 of the weights, hexadecimal.
    #[schemars(length(max = 64))]
    pub sha256: String,
}

/// Where the time of a letter went, in milliseconds.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timings {
    /// From creation to the last claim.
    #[schemars(range(min = 0))]
    pub queued: i64,
    /// From the claim to the first token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub first_token: Option<i64>,
    /// From creation to completion.
    #[schemars(range(min = 0))]
    pub total: i64,
    /// `total` for people, for example `1.4s`.
    #[schemars(length(max = 32))]
    pub took: String,
}

/// A measured stretch of time, in milliseconds, not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub i64);

impl std::fmt::Display for Span {
    /// `840ms`, `1.4s`, `2m05s`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.max(0) {
            ms @ 0..1_000 => write!(f, "{ms}ms"),
            ms @ 1_000..60_000 => write!(f, "{}.{}s", ms / 1_000, ms % 1_000 / 100),
            ms => write!(f, "{}m{:02}s", ms / 60_000, ms % 60_000 / 1_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_that_were_stored_without_marks_stay_readable_and_empty_marks_are_not_stored() {
        let stored = r#"{"name":"Figures","passed":false,"message":"Nobody gave these figures: \"300\"."}"#;
        let check: Check = serde_json::from_str(stored).expect("an older check is read");
        assert_eq!(check.marks, []);
        assert_eq!(serde_json::to_string(&check).expect("a check is written"), stored);
    }

    #[test]
    fn marks_are_pairs_of_offsets() {
        let marks = vec![Mark { start: 3, end: 7 }];
        let check = Check { name: "Figures".to_owned(), passed: false, message: String::new(), marks };
        let stored = r#"{"name":"Figures","passed":false,"marks":[{"start":3,"end":7}]}"#;
        assert_eq!(serde_json::to_string(&check).expect("a check is written"), stored);
        assert_eq!(serde_json::from_str::<Check>(stored).expect("a check is read"), check);
    }
}
