//! What `config.json` and `generation_config.json` say about a model.

use candle_nn::Activation;
use candle_transformers::models::qwen2;
use serde::Deserialize;

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
    #[serde(default)]
    hidden_act: Option<Activation>,
    /// Tokens that end a completion.
    #[serde(default)]
    pub eos_token_id: Option<TokenIds>,
    /// Fields that the engine has no use for, for who has.
    #[serde(flatten)]
    pub other: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, Deserialize)]
struct RopeParameters {
    #[serde(default, alias = "type")]
    rope_type: Option<String>,
    #[serde(default)]
    rope_theta: Option<f64>,
}

/// The one part of `generation_config.json` that is used; sampling is the app's choice.
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
    /// Base of the rotary embedding, wherever the file keeps it.
    #[must_use]
    pub fn rope_theta(&self) -> f64 {
        // 10,000 is what the original implementations assume when nothing is said.
        self.rope_theta.or(self.rope_parameters.as_ref().and_then(|rope| rope.rope_theta)).unwrap_or(10_000.0)
    }

    /// How positions are stretched beyond the lengths that the model was trained with, as in `yarn`; `None` when they are not.
    #[must_use]
    pub fn rope_scaling(&self) -> Option<&str> {
        let kinds = [&self.rope_scaling, &self.rope_parameters].into_iter().flatten();
        kinds.filter_map(|rope| rope.rope_type.as_deref()).find(|kind| *kind != "default")
    }

    /// The configuration that candle's Qwen2 wants.
    #[must_use]
    pub fn qwen2(&self) -> qwen2::Config {
        qwen2::Config {
            vocab_size: self.vocab_size,
            hidden_size: self.hidden_size,
            intermediate_size: self.intermediate_size,
            num_hidden_layers: self.num_hidden_layers,
            num_attention_heads: self.num_attention_heads,
            num_key_value_heads: self.num_key_value_heads.unwrap_or(self.num_attention_heads),
            max_position_embeddings: self.max_position_embeddings,
            // A window as long as the context is no window.
            sliding_window: self
                .sliding_window
                .filter(|_| self.use_sliding_window)
                .unwrap_or(self.max_position_embeddings),
            max_window_layers: self.num_hidden_layers,
            tie_word_embeddings: self.tie_word_embeddings,
            rope_theta: self.rope_theta(),
            rms_norm_eps: self.rms_norm_eps,
            use_sliding_window: self.use_sliding_window,
            hidden_act: self.hidden_act.unwrap_or(Activation::Silu),
        }
    }
}

#[cfg(test)]
mod tests;
