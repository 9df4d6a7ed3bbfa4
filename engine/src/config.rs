//! What `config.json` and `generation_config.json` say about a model.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The largest size of anything in a network; the largest vocabularies have a quarter of a million tokens, the longest
/// contexts ten million.
const LARGEST: usize = 1 << 24;

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
    /// Values of one head, where that is not the share of a head in `hidden_size`.
    #[serde(default)]
    head_dim: Option<usize>,
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
    use_sliding_window: Option<bool>,
    #[serde(default)]
    sliding_window: Option<usize>,
    /// Activation of the feed-forward layers; `silu` when absent.
    #[serde(default)]
    pub hidden_act: Option<String>,
    /// Whether queries, keys and values have biases, where the architecture leaves it open.
    #[serde(default)]
    pub attention_bias: bool,
    /// Whether feed-forward layers have biases.
    #[serde(default)]
    pub mlp_bias: bool,
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
    #[serde(default)]
    factor: Option<f64>,
    #[serde(default)]
    low_freq_factor: Option<f64>,
    #[serde(default)]
    high_freq_factor: Option<f64>,
    #[serde(default)]
    original_max_position_embeddings: Option<f64>,
    #[serde(default)]
    factors: Option<Vec<f32>>,
}

/// How positions are stretched beyond the lengths that a model was first trained with.
#[derive(Clone, Debug, PartialEq)]
pub enum RopeScaling {
    /// Not at all.
    None,
    /// All alike.
    Linear {
        /// How much longer.
        factor: f64,
    },
    /// By the rule of Llama 3: slow rotations are stretched, fast ones not.
    Llama3 {
        /// How much the slow ones are stretched.
        factor: f64,
        /// Rotations within the original length, below which all of `factor` counts.
        low: f64,
        /// Rotations from which on nothing is stretched.
        high: f64,
        /// The original length.
        original: f64,
    },
    /// Each rotation by a factor of its own, as GGUF files have it.
    Factors(Vec<f32>),
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

    /// Refuses sizes that no network has, so that arithmetic with them is safe.
    ///
    /// # Errors
    /// Names the field.
    pub fn check(&self) -> Result<(), String> {
        let fields = [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("intermediate_size", self.intermediate_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("num_key_value_heads", self.key_value_heads()),
            ("max_position_embeddings", self.max_position_embeddings),
            ("head_dim", self.head_dim()),
            ("sliding_window", self.sliding_window.unwrap_or(1)),
        ];
        match fields.into_iter().find(|(_, value)| !(1..=LARGEST).contains(value)) {
            Some((field, value)) => Err(format!("`{field}` is {value}, and must be from 1 to {LARGEST}")),
            None => Ok(()),
        }
    }

    /// Base of the rotary embedding, wherever the file keeps it.
    #[must_use]
    pub fn rope_theta(&self) -> f64 {
        // 10,000 is the default of the original implementations.
        self.rope_theta.or(self.rope_parameters.as_ref().and_then(|rope| rope.rope_theta)).unwrap_or(10_000.0)
    }

    /// How positions are stretched beyond the lengths that the model was trained with.
    ///
    /// # Errors
    /// Half a sentence about a rule that is unknown or lacks a number.
    pub fn rope_scaling(&self) -> Result<RopeScaling, String> {
        let mut rules = [&self.rope_scaling, &self.rope_parameters].into_iter().flatten();
        let named = rules.find_map(|rule| Some((rule.rope_type.as_deref()?, rule)));
        let Some((kind, rule)) = named else {
            return Ok(RopeScaling::None);
        };
        let number = |name: &str, value: Option<f64>| {
            let usable = value.filter(|value| value.is_finite() && *value > 0.0);
            usable.ok_or_else(|| format!("it has an incomplete rope scaling (`{kind}` without a usable `{name}`)"))
        };
        Ok(match kind {
            "default" => RopeScaling::None,
            "linear" => RopeScaling::Linear { factor: number("factor", rule.factor)? },
            "llama3" => RopeScaling::Llama3 {
                factor: number("factor", rule.factor)?,
                low: number("low_freq_factor", rule.low_freq_factor)?,
                high: number("high_freq_factor", rule.high_freq_factor)?,
                original: number("original_max_position_embeddings", rule.original_max_position_embeddings)?,
            },
            "factors" => match &rule.factors {
                Some(factors) => RopeScaling::Factors(factors.clone()),
                None => return Err("it has an incomplete rope scaling (`factors` without a list)".to_owned()),
            },
            other => return Err(format!("its positions are stretched by `{other}`")),
        })
    }

    /// Values of one head.
    #[must_use]
    pub fn head_dim(&self) -> usize {
        self.head_dim.unwrap_or(self.hidden_size / self.num_attention_heads.max(1))
    }

    /// Number of key and value heads.
    #[must_use]
    pub fn key_value_heads(&self) -> usize {
        self.num_key_value_heads.unwrap_or(self.num_attention_heads)
    }

    /// Tokens that attention looks back at, where that is less than the `context` tokens that a row may hold.
    #[must_use]
    pub fn window(&self, context: usize) -> Option<usize> {
        // The files of Mistral do not say that their window is in use.
        let is_used = self.use_sliding_window.unwrap_or(self.model_type == "mistral");
        self.sliding_window.filter(|window| is_used && *window < context.min(self.max_position_embeddings))
    }
}

#[cfg(test)]
mod tests;
