//! The inference part of an app: which model, how many letters at a time, how many pods.

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretKeyRef;
use super::pod::PodSettings;

/// The pods that write letters.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inference {
    /// Where the model comes from.
    #[serde(default)]
    pub model: ModelSource,
    /// What computes: `Auto` takes the fastest backend that knows the model.
    #[serde(default)]
    pub backend: Backend,
    /// Letters that one pod writes at the same time.
    #[serde(default = "Inference::default_slots")]
    #[schemars(range(min = 1, max = 64))]
    pub slots: i32,
    /// How tokens are chosen.
    #[serde(default)]
    pub generation: Generation,
    /// A fixed number of pods. Switches automatic scaling off; `kubectl scale` writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000))]
    pub replicas: Option<i32>,
    /// Automatic scaling with the queue.
    #[serde(default)]
    pub scaling: Scaling,
    /// Settings of the pods.
    #[serde(flatten)]
    pub pod: PodSettings,
}

impl Inference {
    fn default_slots() -> i32 {
        8
    }
}

impl Default for Inference {
    fn default() -> Self {
        Self {
            model: ModelSource::default(),
            backend: Backend::default(),
            slots: Self::default_slots(),
            generation: Generation::default(),
            replicas: None,
            scaling: Scaling::default(),
            pod: PodSettings::default(),
        }
    }
}

/// Where the model comes from: exactly one of the fields.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("[has(self.builtIn), has(self.huggingFace), has(self.volume), has(self.image), has(self.mlflow)].filter(given, given).size() == 1")
    .message("model needs exactly one of builtIn, huggingFace, volume, image and mlflow"))]
pub struct ModelSource {
    /// The small model that comes with the image; nothing is downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub built_in: Option<BuiltInModel>,
    /// A repository of the Hugging Face hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hugging_face: Option<HuggingFaceModel>,
    /// A folder of a PersistentVolumeClaim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<VolumeModel>,
    /// An OCI image that holds the model's files at its root, mounted as an image volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageModel>,
    /// A version in an MLflow model registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mlflow: Option<MlflowModel>,
}

impl Default for ModelSource {
    fn default() -> Self {
        Self { built_in: Some(BuiltInModel {}), hugging_face: None, volume: None, image: None, mlflow: None }
    }
}

/// The built-in model has no settings.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltInModel {}

/// A model of the Hugging Face hub, pinned to a commit.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HuggingFaceModel {
    /// `owner/name`.
    #[schemars(length(min = 3, max = 200), regex(pattern = r"^[\w.-]+/[\w.-]+$"))]
    pub repository: String,
    /// Full commit hash, so that the model never changes under the app.
    #[schemars(regex(pattern = r"^[0-9a-f]{40}$"))]
    pub revision: String,
    /// Files to fetch. Default: config, tokenizer and safetensors weights.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 255)))]
    pub files: Vec<String>,
    /// Expected SHA-256 by file name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 64))]
    pub sha256: BTreeMap<String, String>,
    /// Secret key with a hub token, for models that need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_secret_ref: Option<SecretKeyRef>,
}

/// A model in a folder of a volume.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeModel {
    /// The claim.
    pub persistent_volume_claim: ClaimName,
    /// Folder in it that holds `config.json`, `tokenizer.json` and the weights.
    #[serde(default)]
    #[schemars(length(max = 1_024))]
    #[x_kube(validation = Rule::new("!self.startsWith('/') && !self.split('/').exists(part, part == '..')").message("path must be relative and must not contain .."))]
    pub path: String,
}

/// Names a PersistentVolumeClaim.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClaimName {
    /// Name of the claim, in the app's namespace.
    #[schemars(length(min = 1, max = 253))]
    pub claim_name: String,
}

/// A model packed as an OCI image.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageModel {
    /// Image reference.
    #[schemars(length(min = 1, max = 512))]
    pub reference: String,
}

/// A version of a registered model in MLflow.
#[derive(KubeSchema, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MlflowModel {
    /// Address of the tracking server.
    #[schemars(length(min = 8, max = 512), regex(pattern = r"^https?://"))]
    pub tracking_uri: String,
    /// Registered model.
    #[schemars(length(min = 1, max = 256))]
    pub name: String,
    /// Version of it.
    #[schemars(length(min = 1, max = 32))]
    pub version: String,
}

/// What computes the model.
#[derive(JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// The fastest that knows the model.
    #[default]
    Auto,
    /// Own CPU kernels.
    Native,
    /// candle-transformers.
    Candle,
}

/// How tokens are chosen. Milli values, since the API has no floats.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Generation {
    /// Longest letter in tokens.
    #[serde(default = "Generation::default_max_new_tokens")]
    #[schemars(range(min = 16, max = 4_096))]
    pub max_new_tokens: i32,
    /// Sampling temperature in thousandths; 0 always takes the most likely token.
    #[serde(default = "Generation::default_temperature_milli")]
    #[schemars(range(min = 0, max = 2_000))]
    pub temperature_milli: i32,
    /// Nucleus sampling: smallest set of tokens with this probability, in thousandths.
    #[serde(default = "Generation::default_top_p_milli")]
    #[schemars(range(min = 1, max = 1_000))]
    pub top_p_milli: i32,
    /// Pace of one letter, for shared machines. Default: as fast as it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000))]
    pub max_tokens_per_second: Option<i32>,
}

impl Generation {
    fn default_max_new_tokens() -> i32 {
        600
    }
    fn default_temperature_milli() -> i32 {
        700
    }
    fn default_top_p_milli() -> i32 {
        900
    }
}

impl Default for Generation {
    fn default() -> Self {
        Self {
            max_new_tokens: Self::default_max_new_tokens(),
            temperature_milli: Self::default_temperature_milli(),
            top_p_milli: Self::default_top_p_milli(),
            max_tokens_per_second: None,
        }
    }
}

/// Bounds and goal of automatic scaling.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.minReplicas <= self.maxReplicas").message("minReplicas must not exceed maxReplicas"))]
pub struct Scaling {
    /// Fewest pods.
    #[serde(default = "Scaling::default_min_replicas")]
    #[schemars(range(min = 0, max = 1_000))]
    pub min_replicas: i32,
    /// Most pods.
    #[serde(default = "Scaling::default_max_replicas")]
    #[schemars(range(min = 1, max = 1_000))]
    pub max_replicas: i32,
    /// How long a letter may wait before more pods are worth their start.
    #[serde(default = "Scaling::default_target_wait_seconds")]
    #[schemars(range(min = 1, max = 3_600))]
    pub target_wait_seconds: i32,
    /// With `minReplicas: 0`, the last pod ends after this long without work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    pub scale_to_zero_after_seconds: Option<i32>,
}

impl Scaling {
    fn default_min_replicas() -> i32 {
        1
    }
    fn default_max_replicas() -> i32 {
        8
    }
    fn default_target_wait_seconds() -> i32 {
        30
    }
}

impl Default for Scaling {
    fn default() -> Self {
        Self {
            min_replicas: Self::default_min_replicas(),
            max_replicas: Self::default_max_replicas(),
            target_wait_seconds: Self::default_target_wait_seconds(),
            scale_to_zero_after_seconds: None,
        }
    }
}
