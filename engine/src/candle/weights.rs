//! Weights as candle's networks take them: 32 bits a value, the fastest type that candle has on a CPU without bf16.
//!
//! Quantised tensors are widened as well: candle's own quantised models keep one KV cache inside a value that cannot be
//! cloned, so they would be needed once per row.

use std::collections::HashMap;

use candle_core::{Device, Error, Tensor};

use crate::tensor::{self, Tensors};

/// Copies the tensors, each of which is let go as soon as it is copied.
pub fn tensors(sources: Tensors<'_>) -> candle_core::Result<HashMap<String, Tensor>> {
    sources.into_iter().map(|(name, source)| Ok((name, tensor(&source)?))).collect()
}

fn tensor(source: &tensor::Tensor<'_>) -> candle_core::Result<Tensor> {
    Tensor::from_vec(source.values().map_err(Error::msg)?, source.dims.as_slice(), &Device::Cpu)
}
