//! What an app looks like now.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use serde::{Deserialize, Serialize};

/// What the operator saw and did last.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverLetterAppStatus {
    /// Generation of the spec that this status answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Ready, DatabaseAvailable, WebAvailable, InferenceAvailable, Paused, Reconciling, Stalled; with backups also
    /// BackedUp, with `restoreFrom` Restored, and with `rotateSecrets` `SecretsRotated`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".to_string()]))]
    pub conditions: Vec<Condition>,
    /// Where the site answers, as far as the operator can know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub url: Option<String>,
    /// The model that writes the letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelStatus>,
    /// The last backup of the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupStatus>,
    /// Requests that wait or run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueStatus>,
    /// Inference pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference: Option<InferenceStatus>,
    /// Inputs and outcome of the last scaling decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingStatus>,
}

/// The model that writes the letters.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelStatus {
    /// Name as letters carry it.
    #[schemars(length(max = 253))]
    pub name: String,
    /// SHA-256 of its weights, as the last finished letter reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub sha256: Option<String>,
}

/// The last backup of the database that succeeded.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupStatus {
    /// When it was finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// Its name, for `restoreFrom`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub name: Option<String>,
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<i64>,
    /// How many backups are on the volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<i32>,
}

/// Requests that wait or run.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueStatus {
    /// Requests that wait for a worker.
    pub queued: i32,
    /// Requests that a worker holds.
    pub running: i32,
    /// Age of the oldest waiting request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest_queued_seconds: Option<i64>,
}

/// Inference pods.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InferenceStatus {
    /// Pods that exist.
    pub replicas: i32,
    /// Pods that can write.
    pub ready_replicas: i32,
    /// Pods that the last decision asked for.
    pub desired_replicas: i32,
    /// Label selector of the pods, for `kubectl scale` and autoscalers.
    #[schemars(length(max = 512))]
    pub selector: String,
}

/// Inputs and outcome of the last scaling decision. The operator's page `/decisions` has every input of the newest ones.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingStatus {
    /// Requests that waited.
    pub queued: i32,
    /// Requests that ran.
    pub running: i32,
    /// Letters per pod.
    pub slots: i32,
    /// Pods asked for before.
    pub current_replicas: i32,
    /// Pods that held at least one request.
    pub busy_replicas: i32,
    /// Pods that could not write yet.
    #[serde(default)]
    pub starting_replicas: i32,
    /// Pods that were asked to take nothing new, to end once they hold nothing.
    #[serde(default)]
    pub retiring_replicas: i32,
    /// Pods that the recent past needed.
    #[serde(default)]
    pub kept_replicas: i32,
    /// How long a letter takes once it is claimed, as measured.
    #[serde(default)]
    pub service_milliseconds: i64,
    /// How long a pod takes from its creation until it can write, as measured.
    #[serde(default)]
    pub cold_start_milliseconds: i64,
    /// Letters that the arrivals of the last 30 s keep being written at the same time, in thousandths.
    #[serde(default)]
    pub load_milli: i64,
    /// Pods that the operator asks for.
    pub desired_replicas: i32,
    /// Why, in one sentence.
    #[schemars(length(max = 512))]
    pub reason: String,
}
