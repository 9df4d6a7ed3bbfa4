//! What `config.json` and `generation_config.json` say about a model.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The parts of `config.json` that matter here. Field names are those of the file.
#[derive(Clone, Debug, Deserialize)]
pub struct ModelConfig {
    /// Architecture, as in `qwen2`.
    pub model_type: String,
    /// Rows of the embedding.
    pub vocab_size: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width of the feed-forward layers.
    pub intermediate_size: usize,
    /// Number of layers.
    pub num_hidden_layers: usize,
    /// Number of query heads.
    pub num_attention_heads: usize,
    /// Number of key and value heads; as many as query heads when absent.
    #[serde(default)]
    pub num_key_value_heads: Option<usize>,
    /// Tokens that a row can hold.
    pub max_position_embeddings: usize,
    /// Whether the output layer is the embedding.
    #[serde(default)]
    pub tie_word_embeddings: bool,
    /// Epsilon of the norms.
    pub rms_norm_eps: f64,
    /// Base of the rotary embedding; newer files keep it in `rope_parameters`.
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default)]
    rope_parameters: Option<RopeParameters>,
    #[serde(default)]
    rope_scaling: Option<RopeParameters>,
    #[serde(default)]
    use_sliding_window: bool,
    #[serde(default)]
    sliding_window: Option<usize>,
    /// Activation of the feed-forward layers; `silu` when absent.
    #[serde(default)]
    pub hidden_act: Option<String>,
    /// Tokens that end a completion.
    #[serde(default)]
    pub eos_token_id: Option<TokenIds>,
    /// The whole file, for fields that only some architectures have.
    #[serde(skip)]
    pub json: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
struct RopeParameters {
    #[serde(default, alias = "type")]
    rope_type: Option<String>,
    #[serde(default)]
    rope_theta: Option<f64>,
}

/// The one part of `generation_config.json` that is used; sampling is the caller's choice.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct GenerationConfig {
    /// Tokens that end a completion.
    #[serde(default)]
    pub eos_token_id: Option<TokenIds>,
}

/// One token id or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum TokenIds {
    /// A single id.
    One(u32),
    /// Several ids.
    Many(Vec<u32>),
}

impl TokenIds {
    /// All ids.
    #[must_use]
    pub fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }
}

impl ModelConfig {
    /// Reads the fields of a `config.json`.
    ///
    /// # Errors
    /// When one is missing or of another type.
    pub fn new(json: Map<String, Value>) -> serde_json::Result<Self> {
        let fields: Self = serde_json::from_value(Value::Object(json.clone()))?;
        Ok(Self { json, ..fields })
    }

    /// Base of the rotary embedding, wherever the file keeps it.
    #[must_use]
    pub fn rope_theta(&self) -> f64 {
        // 10,000 is the default of the original implementations.
        self.rope_theta.or(self.rope_parameters.as_ref().and_then(|rope| rope.rope_theta)).unwrap_or(10_000.0)
    }

    /// How positions are stretched beyond the lengths that the model was trained with, as in `yarn`; `None` when they are not.
    #[must_use]
    pub fn rope_scaling(&self) -> Option<&str> {
        let kinds = [&self.rope_scaling, &self.rope_parameters].into_iter().flatten();
        kinds.filter_map(|rope| rope.rope_type.as_deref()).find(|kind| *kind != "default")
    }

    /// Number of key and value heads.
    #[must_use]
    pub fn key_value_heads(&self) -> usize {
        self.num_key_value_heads.unwrap_or(self.num_attention_heads)
    }

    /// Tokens that attention looks back at, where that is less than a row can hold.
    #[must_use]
    pub fn window(&self) -> Option<usize> {
        self.sliding_window.filter(|window| self.use_sliding_window && *window < self.max_position_embeddings)
    }
}

#[cfg(test)]
mod tests;
