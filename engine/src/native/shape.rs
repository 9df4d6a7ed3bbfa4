//! The sizes of a network.

use super::kernels::lanes::LANES;
use super::kernels::operand::BLOCK;
use crate::config::ModelConfig;

/// Widest head that is supported.
pub const MAX_HEAD_DIM: usize = 256;

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// Base of the rotary embedding.
    pub theta: f64,
}

impl Shape {
    /// The sizes that a configuration states, for rows of at most `context` tokens; or why this backend cannot compute them.
    ///
    /// # Errors
    /// A half sentence that begins with what the model has.
    pub fn of(config: &ModelConfig, context: usize) -> Result<Self, String> {
        let (heads, kv_heads) = (config.num_attention_heads, config.key_value_heads());
        if config.model_type != "qwen2" {
            return Err(format!("it is a `{}` model, and this backend computes `qwen2` only", config.model_type));
        }
        if config.window().is_some() {
            return Err("it attends through a sliding window".to_owned());
        }
        if let Some(kind) = config.rope_scaling() {
            return Err(format!("its positions are stretched by `{kind}`"));
        }
        if let Some(other) = config.hidden_act.as_deref().filter(|activation| *activation != "silu") {
            return Err(format!("its activation is `{other}`, not `silu`"));
        }
        if heads == 0 || kv_heads == 0 || !heads.is_multiple_of(kv_heads) {
            return Err(format!("it has {heads} query heads for {kv_heads} key heads"));
        }
        let head_dim = config.hidden_size / heads;
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
            theta: config.rope_theta(),
        })
    }
}
