//! Qwen2 and Qwen2.5.

use candle_core::{Device, Tensor};
use candle_transformers::models::qwen2::ModelForCausalLM;

use super::source::Source;
use super::{Network, input};
use crate::error::LoadError;

pub(super) fn build(source: &mut Source<'_>) -> Result<Box<dyn Network>, LoadError> {
    source.refuse_rope_scaling()?;
    let mut config = source.config.qwen2();
    // The window is not computed for rows that go beyond it, so no row may.
    source.context = source.context.min(config.sliding_window);
    config.max_position_embeddings = source.context;
    config.sliding_window = source.context;
    let network = ModelForCausalLM::new(&config, source.weights()).map_err(|error| source.damaged(error))?;
    Ok(Box::new(network))
}

impl Network for ModelForCausalLM {
    fn read(&mut self, tokens: &[u32], position: usize, device: &Device) -> candle_core::Result<Tensor> {
        self.forward(&input(tokens, device)?, position)
    }

    /// The cache grows by concatenation, which leaves what others hold untouched.
    fn fork(&self, _: &Device) -> candle_core::Result<Box<dyn Network>> {
        Ok(Box::new(self.clone()))
    }
}
