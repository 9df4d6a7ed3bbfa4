//! Qwen2 and Qwen2.5.

use candle_core::Tensor;
use candle_nn::Activation;
use candle_transformers::models::qwen2::{Config, ModelForCausalLM};
use serde::Deserialize;

use super::network::{Network, input};
use super::source::Source;
use crate::error::LoadError;

/// What `config.json` says beyond other architectures.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    hidden_act: Option<Activation>,
    #[serde(default)]
    use_sliding_window: bool,
}

pub(super) fn build(source: &mut Source<'_>) -> Result<Box<dyn Network>, LoadError> {
    source.refuse_rope_scaling()?;
    let fields: Fields = source.fields()?;
    let config = source.config;
    // The window is not computed for rows that go beyond it, so no row may.
    source.context = source.context.min(config.window(source.context).unwrap_or(usize::MAX));
    let config = Config {
        vocab_size: config.vocab_size,
        hidden_size: config.hidden_size,
        intermediate_size: config.intermediate_size,
        num_hidden_layers: config.num_hidden_layers,
        num_attention_heads: config.num_attention_heads,
        num_key_value_heads: config.key_value_heads(),
        max_position_embeddings: source.context,
        sliding_window: source.context,
        max_window_layers: config.num_hidden_layers,
        tie_word_embeddings: config.tie_word_embeddings,
        rope_theta: config.rope_theta(),
        rms_norm_eps: config.rms_norm_eps,
        use_sliding_window: fields.use_sliding_window,
        hidden_act: fields.hidden_act.unwrap_or(Activation::Silu),
    };
    let network = ModelForCausalLM::new(&config, source.weights()).map_err(|error| source.damaged(error))?;
    Ok(Box::new(network))
}

impl Network for ModelForCausalLM {
    fn read(&mut self, tokens: &[u32], position: usize) -> candle_core::Result<Tensor> {
        self.forward(&input(tokens)?, position)
    }

    /// The cache grows by concatenation, which leaves what others hold untouched.
    fn fork(&self) -> candle_core::Result<Box<dyn Network>> {
        Ok(Box::new(self.clone()))
    }
}
