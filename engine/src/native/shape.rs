//! The sizes of a network.

use super::kernels::lanes::LANES;
use super::kernels::operand::BLOCK;
use crate::config::{ModelConfig, RopeScaling};

/// The architectures, as `model_type` names them.
pub const KNOWN: [&str; 4] = ["qwen2", "qwen3", "llama", "mistral"];

/// Widest head that is supported.
pub const MAX_HEAD_DIM: usize = 256;

/// The sizes of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Width of the residual stream.
    pub hidden: usize,
    /// Width of the feed-forward layers.
    pub feed_forward: usize,
    /// Number of layers.
    pub layers: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; divides `heads`.
    pub kv_heads: usize,
    /// Values of one head, a multiple of 16.
    pub head_dim: usize,
    /// Tokens that exist.
    pub vocabulary: usize,
    /// Tokens that a row can hold.
    pub context: usize,
    /// Added to the mean square in norms.
    pub epsilon: f32,
    /// Angle by which each pair of values of a head turns from one position to the next.
    pub frequencies: Vec<f32>,
    /// Whether queries, keys and values have biases.
    pub has_biases: bool,
    /// Whether each head of queries and keys is normed.
    pub has_head_norms: bool,
}

impl Shape {
    /// The sizes that a configuration states, for rows of at most `context` tokens; or why this backend cannot compute them.
    ///
    /// # Errors
    /// A half sentence that begins with what the model has.
    pub fn of(config: &ModelConfig, context: usize) -> Result<Self, String> {
        let (heads, kv_heads) = (config.num_attention_heads, config.key_value_heads());
        if !KNOWN.contains(&config.model_type.as_str()) {
            let (found, known) = (&config.model_type, KNOWN.join(", "));
            return Err(format!("it is a `{found}` model, and this backend computes {known}"));
        }
        if let Some(window) = config.window(context) {
            return Err(format!(
                "it attends through a sliding window of {window} tokens (`use_sliding_window`); rows of at most as many \
                 can be computed"
            ));
        }
        if config.mlp_bias {
            return Err("it has `mlp_bias`, and feed-forward layers are computed without biases".to_owned());
        }
        if let Some(other) = config.hidden_act.as_deref().filter(|activation| *activation != "silu") {
            return Err(format!("its activation is `{other}`, not `silu`"));
        }
        if heads == 0 || kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
            return Err(format!("it has {heads} query heads for {kv_heads} key heads"));
        }
        let head_dim = config.head_dim();
        if head_dim == 0
            || !head_dim.is_multiple_of(LANES)
            || head_dim > MAX_HEAD_DIM
            || !(heads * head_dim).is_multiple_of(BLOCK)
        {
            return Err(format!(
                "it has {heads} heads of {head_dim}, and this backend wants multiples of {LANES} up to {MAX_HEAD_DIM}"
            ));
        }
        Ok(Self {
            hidden: config.hidden_size,
            feed_forward: config.intermediate_size,
            layers: config.num_hidden_layers,
            heads,
            kv_heads,
            head_dim,
            vocabulary: config.vocab_size,
            context: context.min(config.max_position_embeddings),
            epsilon: config.rms_norm_eps as f32,
            frequencies: frequencies(config, head_dim)?,
            has_biases: config.model_type == "qwen2" || config.attention_bias,
            has_head_norms: config.model_type == "qwen3",
        })
    }
}

/// The angles of the rotary embedding, in 32 bits as the reference implementations have them: computing them better would
/// differ from what models were trained with.
fn frequencies(config: &ModelConfig, head_dim: usize) -> Result<Vec<f32>, String> {
    let theta = config.rope_theta();
    let plain = (0..head_dim / 2).map(|index| (1.0 / theta.powf(2.0 * index as f64 / head_dim as f64)) as f32);
    Ok(match config.rope_scaling()? {
        RopeScaling::None => plain.collect(),
        RopeScaling::Linear { factor } => plain.map(|frequency| frequency / factor as f32).collect(),
        RopeScaling::Llama3 { factor, low, high, original } => {
            let [factor, low, high, original] = [factor, low, high, original].map(|number| number as f32);
            plain.map(|frequency| llama3(frequency, factor, low, high, original)).collect()
        }
        RopeScaling::Factors(factors) => {
            let plain: Vec<f32> = plain.collect();
            if factors.len() != plain.len() || factors.iter().any(|factor| !factor.is_normal()) {
                return Err(format!("its positions are stretched by {} factors, not {}", factors.len(), plain.len()));
            }
            plain.into_iter().zip(factors).map(|(frequency, factor)| frequency / factor).collect()
        }
    })
}

/// The rule of Llama 3: what turns less than `low` times within the original length is slowed down by `factor`, what turns
/// more than `high` times stays, and in between the two are mixed.
fn llama3(frequency: f32, factor: f32, low: f32, high: f32, original: f32) -> f32 {
    let length = 2.0 * std::f32::consts::PI / frequency;
    if length < original / high {
        frequency
    } else if length > original / low {
        frequency / factor
    } else {
        let share = (original / length - low) / (high - low);
        (1.0 - share) * frequency / factor + share * frequency
    }
}
