//! The networks of all architectures behind one trait.

use candle_core::{Device, Tensor};

/// One network with one KV cache.
pub(super) trait Network: Send {
    /// Reads `tokens` behind the `position` tokens read so far; the logits after the last one, in any shape.
    fn read(&mut self, tokens: &[u32], position: usize) -> candle_core::Result<Tensor>;

    /// A network that has read the same, and goes on by itself.
    fn fork(&self) -> candle_core::Result<Box<dyn Network>>;
}

/// Tokens as candle wants them: one row of a batch of one.
pub(super) fn input(tokens: &[u32]) -> candle_core::Result<Tensor> {
    Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)
}
