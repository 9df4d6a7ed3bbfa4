//! `CoverLetterRequest`: one letter to be written, and what became of it.

mod spec;
mod status;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use crate::names::{APP_LABEL, ARCHIVED_LABEL, ERASE_ANNOTATION, OWN_PREFIX};
use crate::reason::RequestReason;
use crate::{condition, limits};

pub use spec::{AppRef, Applicant, Job, Length, LetterOptions, Tone};
pub use status::{
    Attempt, Check, Claim, CoverLetterRequestStatus, Form, Mark, Model, Outcome, Span, State, Timings, Usage,
};

/// The one condition type of a request.
pub const SUCCEEDED: &str = "Succeeded";

/// A wish for one cover letter. Everything but `cancelRequested` is immutable; the letter arrives in `status.letter`.
#[derive(CustomResource, KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "coverletter.dev",
    version = "v1alpha1",
    kind = "CoverLetterRequest",
    namespaced,
    status = "CoverLetterRequestStatus",
    derive = "PartialEq",
    shortname = "clr",
    category = "coverletter",
    doc = "One cover letter to be written. Create it with spec.appRef, spec.job and spec.applicant; read status.letter.",
    selectable = ".spec.appRef.name",
    selectable = ".status.state",
    selectable = ".status.claim.worker",
    printcolumn(name = "State", type_ = "string", json_path = ".status.state", description = "Queued, Running, Succeeded, Failed or Cancelled"),
    printcolumn(name = "Company", type_ = "string", json_path = ".spec.job.company"),
    printcolumn(name = "Title", type_ = "string", json_path = ".spec.job.title"),
    printcolumn(name = "Worker", type_ = "string", json_path = ".status.claim.worker", description = "Pod that holds or last held the claim"),
    printcolumn(name = "Tokens", type_ = "integer", json_path = ".status.usage.completionTokens", description = "Tokens written"),
    printcolumn(name = "Took", type_ = "string", json_path = ".status.timings.took", description = "From creation to completion"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Succeeded\")].reason", priority = "1"),
    printcolumn(name = "Attempt", type_ = "integer", json_path = ".status.attempt", priority = "1"),
    printcolumn(name = "Model", type_ = "string", json_path = ".status.model.name", priority = "1"),
    // Transition rules stand at the root: a rule under `status` is skipped when `status` is removed or was never there.
    validation = Rule::new("!has(oldSelf.status) || !has(oldSelf.status.state) || !(oldSelf.status.state in ['Succeeded', 'Failed', 'Cancelled']) || (has(self.status) && self.status == oldSelf.status)")
        .message("a finished request is frozen: create a new CoverLetterRequest instead"),
    validation = Rule::new("!has(oldSelf.status) || !has(oldSelf.status.attempt) || (has(self.status) && has(self.status.attempt) && self.status.attempt >= oldSelf.status.attempt && self.status.attempt <= oldSelf.status.attempt + 1)")
        .message("status.attempt must stay or grow by one"),
    validation = Rule::new("(has(oldSelf.status) && has(oldSelf.status.attempt)) || !has(self.status) || !has(self.status.attempt) || self.status.attempt <= 1")
        .message("status.attempt must start at one"),
    validation = Rule::new("!has(self.status) || !has(self.status.claim) || (has(self.status.attempt) && self.status.claim.attempt == self.status.attempt)")
        .message("status.claim.attempt must be status.attempt"),
    validation = Rule::new("!has(self.status) || !has(self.status.claim) || (has(oldSelf.status) && has(oldSelf.status.claim) && self.status.claim == oldSelf.status.claim) || (has(self.status.attempt) && self.status.attempt == (has(oldSelf.status) && has(oldSelf.status.attempt) ? oldSelf.status.attempt : 0) + 1)")
        .message("a new claim must be a new attempt"),
    validation = Rule::new("!has(self.status) || !has(self.status.claim) || (has(oldSelf.status) && has(oldSelf.status.claim) && self.status.claim == oldSelf.status.claim) || !has(oldSelf.status) || !has(oldSelf.status.claim)")
        .message("a claimed request must be released before somebody else claims it"),
    validation = Rule::new("!has(self.status) || !has(self.status.state) || self.status.state != 'Succeeded' || (has(self.status.claim) && has(self.status.letter) && self.status.letter != '' && has(oldSelf.status) && has(oldSelf.status.claim) && oldSelf.status.claim == self.status.claim)")
        .message("only the claimed attempt may complete a request, and only with a letter"),
    validation = Rule::new("!has(self.status) || !has(self.status.state) || (self.status.state != 'Running' || has(self.status.claim)) && (self.status.state != 'Queued' || !has(self.status.claim))")
        .message("Running needs a claim and Queued must not have one"),
    validation = Rule::new(format!("self.metadata.name.size() <= {}", limits::REQUEST_NAME_MAX))
        .message(format!("metadata.name must be at most {} characters", limits::REQUEST_NAME_MAX).as_str())
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.appRef == oldSelf.appRef && self.job == oldSelf.job && self.applicant == oldSelf.applicant && self.letter == oldSelf.letter && has(self.seed) == has(oldSelf.seed) && (!has(self.seed) || self.seed == oldSelf.seed) && has(self.requestedBy) == has(oldSelf.requestedBy) && (!has(self.requestedBy) || self.requestedBy == oldSelf.requestedBy)")
        .message("spec is immutable, except cancelRequested: create a new CoverLetterRequest instead"),
    validation = Rule::new("!oldSelf.cancelRequested || self.cancelRequested").message("cancelRequested must not be taken back")
)]
pub struct CoverLetterRequestSpec {
    /// The app, in the same namespace, whose inference pods write the letter.
    pub app_ref: AppRef,
    /// What the letter applies for.
    pub job: Job,
    /// Who applies. Everything is optional; what is left out is not mentioned.
    #[serde(default)]
    pub applicant: Applicant,
    /// Tone, length and language.
    #[serde(default)]
    pub letter: LetterOptions,
    /// Seed of the sampler. The same model, seed and request write the same letter. Default: derived from the uid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub seed: Option<i64>,
    /// Opaque id of whoever asked; never a user name or an e-mail address. Requesters of one app take turns, each with its
    /// oldest request; requests without this field are those of one requester.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub requested_by: Option<String>,
    /// Set to true to stop the work; cannot be taken back.
    #[serde(default)]
    pub cancel_requested: bool,
}

impl CoverLetterRequest {
    /// State of the request; one without a status waits like any other.
    #[must_use]
    pub fn state(&self) -> State {
        self.status.as_ref().and_then(|status| status.state).unwrap_or(State::Queued)
    }

    /// The condition that says why the request is where it is. `None` before anything was said about it.
    #[must_use]
    pub fn condition(&self) -> Option<&Condition> {
        condition::find(&self.status.as_ref()?.conditions, SUCCEEDED)
    }

    /// Reason of that condition. `None` also for a reason of another version.
    #[must_use]
    pub fn reason(&self) -> Option<RequestReason> {
        self.condition()?.reason.parse().ok()
    }

    /// Whether nothing will change this request any more.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        self.state().is_terminal()
    }

    /// Whether a worker may claim this request at `now`: it waits, its backoff is over and no stop was requested.
    #[must_use]
    pub fn is_claimable(&self, now: Timestamp) -> bool {
        let backoff_over =
            self.status.as_ref().and_then(|status| status.next_attempt_time.as_ref()).is_none_or(|next| next.0 <= now);
        self.state() == State::Queued
            && backoff_over
            && !self.spec.cancel_requested
            && self.metadata.deletion_timestamp.is_none()
    }

    /// Whether its letter is safe elsewhere.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.metadata.labels.as_ref().and_then(|labels| labels.get(ARCHIVED_LABEL)).is_some_and(|value| value == "true")
    }

    /// Whether its owner wants it gone.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        let annotations = self.metadata.annotations.as_ref();
        annotations.and_then(|annotations| annotations.get(ERASE_ANNOTATION)).is_some_and(|value| value == "true")
    }

    /// Whether the site made it, which copies its end into a database of its own.
    #[must_use]
    pub fn is_of_site(&self) -> bool {
        self.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(APP_LABEL))
    }

    /// Drops what people and models wrote, and what tools noted, so that what is left has a small size: who asks, and where
    /// the request stands. For programs that keep many requests in memory.
    pub fn drop_texts(&mut self) {
        self.spec.job = Job::default();
        self.spec.applicant = Applicant::default();
        if let Some(status) = &mut self.status {
            status.letter = None;
            status.checks = Vec::new();
        }
        let metadata = &mut self.metadata;
        metadata.managed_fields = None;
        metadata.finalizers = None;
        metadata.owner_references = None;
        for notes in [&mut metadata.labels, &mut metadata.annotations].into_iter().flatten() {
            // kubectl repeats the whole request in an annotation.
            notes.retain(|key, _| key.starts_with(OWN_PREFIX));
        }
    }

    /// When the API server first saw this request. `None` only for objects that were never stored.
    #[must_use]
    pub fn created(&self) -> Option<Timestamp> {
        self.metadata.creation_timestamp.as_ref().map(|time| time.0)
    }

    /// Seed of the sampler: the one asked for, or one derived from the uid (FNV-1a), so that a retry writes the same text.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let uid = self.metadata.uid.as_deref().unwrap_or_default();
        self.spec.seed.map_or_else(
            || {
                uid.bytes()
                    .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
            },
            |seed| seed as u64,
        )
    }
}
