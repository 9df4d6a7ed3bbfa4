//! The inference part of an app: which model, how many letters at a time, how many pods.

mod model;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pod::PodSettings;
use crate::limits;

pub use model::{
    BuiltInModel, ClaimName, HuggingFaceModel, ImageModel, MlflowModel, ModelCache, ModelSource, ServerModel,
    VolumeModel,
};

/// The pods that write letters.
#[derive(KubeSchema, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default = "Inference::default", rename_all = "camelCase")]
pub struct Inference {
    /// Where the model comes from.
    pub model: ModelSource,
    /// Where fetched and repacked models are kept. Default: a folder that comes and goes with each pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_cache: Option<ModelCache>,
    /// What computes: `Auto` takes the fastest backend that knows the model.
    pub backend: Backend,
    /// How weights are held in memory: `Auto` keeps what a GGUF file has, and takes 8 bits for safetensors of more
    /// than 100 million parameters.
    pub quantization: Quantization,
    /// Letters that one pod writes at the same time.
    #[schemars(range(min = *limits::SLOTS.start(), max = *limits::SLOTS.end()))]
    pub slots: i32,
    /// How tokens are chosen.
    pub generation: Generation,
    /// A fixed number of pods, or 0 for as many as the queue needs. `kubectl scale` and a `HorizontalPodAutoscaler` write
    /// it; the latter begins once it is at least 1. For no pods at all, set `scaling.maxReplicas` to 0.
    #[schemars(range(min = 0, max = 1_000))]
    pub replicas: i32,
    /// Automatic scaling with the queue.
    pub scaling: Scaling,
    /// Settings of the pods.
    #[serde(flatten)]
    pub pod: PodSettings,
}

impl Default for Inference {
    fn default() -> Self {
        Self {
            model: ModelSource::default(),
            model_cache: None,
            backend: Backend::default(),
            quantization: Quantization::default(),
            slots: 8,
            generation: Generation::default(),
            replicas: 0,
            scaling: Scaling::default(),
            pod: PodSettings::default(),
        }
    }
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

/// How weights are held in memory. Fewer bits are faster and smaller, and cost some accuracy.
#[derive(JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantization {
    /// What a GGUF file has; 8 bits for safetensors of more than 100 million parameters, else as they are.
    #[default]
    Auto,
    /// As they are in the files.
    None,
    /// 8 bits a weight.
    Q8,
    /// 4 bits a weight.
    Q4,
}

/// How tokens are chosen. Milli values, since the API has no floats.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default = "Generation::default", rename_all = "camelCase")]
pub struct Generation {
    /// Longest letter in tokens.
    #[schemars(range(min = *limits::MAX_NEW_TOKENS.start(), max = *limits::MAX_NEW_TOKENS.end()))]
    pub max_new_tokens: i32,
    /// Sampling temperature in thousandths; 0 always takes the most likely token.
    #[schemars(range(min = *limits::TEMPERATURE_MILLI.start(), max = *limits::TEMPERATURE_MILLI.end()))]
    pub temperature_milli: i32,
    /// Nucleus sampling: smallest set of tokens with this probability, in thousandths.
    #[schemars(range(min = *limits::TOP_P_MILLI.start(), max = *limits::TOP_P_MILLI.end()))]
    pub top_p_milli: i32,
    /// Letters written for every request, of which the checks keep the best. Default: 8 for the built-in model, which writes
    /// them in a second; 1 for others, which then show the letter while they write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *limits::CANDIDATES.start(), max = *limits::CANDIDATES.end()))]
    pub candidates: Option<i32>,
    /// Pace at which one letter is shown, for shared machines. Default: as fast as it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *limits::MAX_TOKENS_PER_SECOND.start(), max = *limits::MAX_TOKENS_PER_SECOND.end()))]
    pub max_tokens_per_second: Option<i32>,
}

impl Default for Generation {
    fn default() -> Self {
        Self {
            max_new_tokens: 600,
            temperature_milli: 700,
            top_p_milli: 900,
            candidates: None,
            max_tokens_per_second: None,
        }
    }
}

/// Bounds and goal of automatic scaling.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default = "Scaling::default", rename_all = "camelCase")]
#[x_kube(validation = Rule::new("self.minReplicas <= self.maxReplicas").message("minReplicas must not exceed maxReplicas"))]
pub struct Scaling {
    /// Fewest pods.
    #[schemars(range(min = 0, max = 1_000))]
    pub min_replicas: i32,
    /// Most pods; 0 for none, so that letters wait.
    #[schemars(range(min = 0, max = 1_000))]
    pub max_replicas: i32,
    /// How long a letter may wait before more pods are worth their start.
    #[schemars(range(min = 1, max = 3_600))]
    pub target_wait_seconds: i32,
    /// With `minReplicas: 0`, the last pod ends after this long without work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    pub scale_to_zero_after_seconds: Option<i32>,
}

impl Default for Scaling {
    fn default() -> Self {
        Self { min_replicas: 1, max_replicas: 8, target_wait_seconds: 30, scale_to_zero_after_seconds: None }
    }
}
