//! `CoverLetterApp`: one private cover letter writer, made of web, Postgres and inference.

mod database;
mod inference;
mod pod;
mod status;
mod telemetry;
mod web;

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::limits;

pub use database::{Backup, Database, ExternalDatabase, ManagedDatabase, RestoreFrom, SecretKeyRef, Storage};
pub use inference::{
    Backend, BuiltInModel, ClaimName, Generation, HuggingFaceModel, ImageModel, Inference, MlflowModel, ModelCache,
    ModelSource, Quantization, Scaling, ServerModel, VolumeModel,
};
pub use pod::{PodSettings, PullSecret, Resources, RunAs, Toleration, TolerationOperator, Variable};
pub use status::{BackupStatus, CoverLetterAppStatus, InferenceStatus, ModelStatus, QueueStatus, ScalingStatus};
pub use telemetry::Telemetry;
pub use web::{Ingress, IpFamilyPolicy, Oidc, ParentRef, Route, Service, ServiceType, TrafficPolicy, Web};

/// Condition types of an app.
pub mod conditions {
    /// Everything that the spec asks for is there.
    pub const READY: &str = "Ready";
    /// Postgres answers.
    pub const DATABASE_AVAILABLE: &str = "DatabaseAvailable";
    /// At least one web pod serves.
    pub const WEB_AVAILABLE: &str = "WebAvailable";
    /// At least one inference pod can write letters, or none is needed.
    pub const INFERENCE_AVAILABLE: &str = "InferenceAvailable";
    /// The last backup of the database succeeded, and none is overdue. Only where the app has backups.
    pub const BACKED_UP: &str = "BackedUp";
    /// The database was made from a backup. Only where the app has `restoreFrom`.
    pub const RESTORED: &str = "Restored";
    /// Passwords and keys were replaced as `spec.rotateSecrets` asks. Only where it does.
    pub const SECRETS_ROTATED: &str = "SecretsRotated";
    /// `spec.paused` holds the operator back.
    pub const PAUSED: &str = "Paused";
    /// The operator is still bringing the cluster to what the spec asks for (kstatus).
    pub const RECONCILING: &str = "Reconciling";
    /// The app will not become ready until a person changes something (kstatus).
    pub const STALLED: &str = "Stalled";
}

/// What a private cover letter writer should look like. `{}` is enough for a small one.
#[derive(CustomResource, KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "coverletter.dev",
    version = "v1alpha1",
    kind = "CoverLetterApp",
    namespaced,
    status = "CoverLetterAppStatus",
    derive = "PartialEq",
    derive = "Default",
    shortname = "cla",
    category = "coverletter",
    doc = "A private cover letter writer: web, Postgres and inference. An empty spec gives a small one with the built-in model.",
    scale(
        spec_replicas_path = ".spec.inference.replicas",
        status_replicas_path = ".status.inference.replicas",
        label_selector_path = ".status.inference.selector"
    ),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason"),
    printcolumn(name = "Model", type_ = "string", json_path = ".status.model.name"),
    printcolumn(name = "Writers", type_ = "integer", json_path = ".status.inference.readyReplicas", description = "Inference pods that are ready"),
    printcolumn(name = "Queued", type_ = "integer", json_path = ".status.queue.queued"),
    printcolumn(name = "Running", type_ = "integer", json_path = ".status.queue.running"),
    printcolumn(name = "Backup", type_ = "date", json_path = ".status.backup.time", description = "Age of the last backup", priority = "1"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Url", type_ = "string", json_path = ".status.url", priority = "1"),
    printcolumn(name = "Scaling", type_ = "string", json_path = ".status.scaling.reason", priority = "1"),
    validation = Rule::new(format!("self.metadata.name.size() <= {}", limits::APP_NAME_MAX)).message(format!("metadata.name must be at most {} characters: pods carry it in their names", limits::APP_NAME_MAX).as_str()),
    // Only at creation: a rule at the root that an older app breaks would refuse every later write of its status.
    validation = Rule::new("oldSelf.hasValue() || self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')").optional_old_self(true).message("metadata.name must consist of a-z, 0-9 and -, start with a letter and end with a letter or digit: Services are named after it")
)]
#[serde(rename_all = "camelCase")]
pub struct CoverLetterAppSpec {
    /// Set to true to make the operator leave the app's objects as they are, for example during maintenance. Requests
    /// still reach their deadline, and are still cancelled and erased.
    #[serde(default)]
    pub paused: bool,
    /// What happens to the database volume and its password when the app is deleted.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
    /// The web application.
    #[serde(default)]
    pub web: Web,
    /// Where accounts and letters are kept.
    #[serde(default)]
    pub database: Database,
    /// The pods that write letters.
    #[serde(default)]
    pub inference: Inference,
    /// How requests are tried, ended and cleaned up.
    #[serde(default)]
    pub requests: Requests,
    /// Any text, such as a date. When it changes, the password of the managed database and the keys that sign sessions
    /// are replaced, while the site goes on and nobody is logged out. The condition `SecretsRotated` tells how far it is.
    #[schemars(length(min = 1, max = 63))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate_secrets: Option<String>,
    /// Where traces go. Default: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telemetry: Option<Telemetry>,
}

/// What happens to data when the app is deleted.
#[derive(JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeletionPolicy {
    /// The database volume and its Secret stay; an app of the same name finds them again.
    #[default]
    Retain,
    /// The database volume and its Secret are removed.
    Delete,
}

/// Limits on requests of this app.
//
// The default is named by its path, here and below: `KubeSchema` copies the attribute to a struct without `Default`.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default = "Requests::default", rename_all = "camelCase")]
pub struct Requests {
    /// A request not finished this long after its creation fails with `DeadlineExceeded`.
    #[schemars(range(min = *limits::ACTIVE_DEADLINE_SECONDS.start(), max = *limits::ACTIVE_DEADLINE_SECONDS.end()))]
    pub active_deadline_seconds: i64,
    /// Attempts before a request fails with `AttemptsExhausted`. A worker that shuts down in good order costs none.
    #[schemars(range(min = *limits::MAX_ATTEMPTS.start(), max = *limits::MAX_ATTEMPTS.end()))]
    pub max_attempts: i32,
    /// Archived requests are deleted this long after they finished; others after 24 times as long.
    #[schemars(range(min = 1, max = 2_592_000))]
    pub ttl_seconds_after_finished: i64,
    /// Beyond this number of finished requests the oldest ones go before their time: archived ones first, then those that
    /// the site did not make.
    #[schemars(range(min = 10, max = 10_000))]
    pub max_resident: i32,
    /// While this number of requests waits, the site makes no further ones: it keeps what was handed in, in order, and
    /// tells each student their place in line.
    #[schemars(range(min = *limits::MAX_QUEUED.start(), max = *limits::MAX_QUEUED.end()))]
    pub max_queued: i32,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            active_deadline_seconds: 900,
            max_attempts: 3,
            ttl_seconds_after_finished: 3_600,
            max_resident: 1_500,
            max_queued: 500,
        }
    }
}
