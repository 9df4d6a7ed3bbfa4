//! Weights as candle's networks take them: 32 bits a value, the fastest type that candle has on a CPU without bf16.
//!
//! Quantised tensors are widened as well: candle's own quantised models keep one KV cache inside a value that cannot be
//! cloned, so they would be needed once per row.

use std::collections::HashMap;

use candle_core::quantized::GgmlDType;
use candle_core::quantized::ggml_file::qtensor_from_ggml;
use candle_core::{DType, Device, Tensor};

use crate::weights::{self, TensorKind, Tensors};

/// Copies the tensors, each of which is let go as soon as it is copied.
pub fn tensors(sources: Tensors<'_>) -> candle_core::Result<HashMap<String, Tensor>> {
    sources.into_iter().map(|(name, source)| Ok((name, tensor(&source)?))).collect()
}

fn tensor(source: &weights::Tensor<'_>) -> candle_core::Result<Tensor> {
    let floats =
        |dtype| Tensor::from_raw_buffer(&source.bytes, dtype, &source.dims, &Device::Cpu)?.to_dtype(DType::F32);
    let blocks =
        |dtype| qtensor_from_ggml(dtype, &source.bytes, source.dims.clone(), &Device::Cpu)?.dequantize(&Device::Cpu);
    match source.kind {
        TensorKind::F32 => floats(DType::F32),
        TensorKind::F16 => floats(DType::F16),
        TensorKind::BF16 => floats(DType::BF16),
        TensorKind::Q4_0 => blocks(GgmlDType::Q4_0),
        TensorKind::Q8_0 => blocks(GgmlDType::Q8_0),
    }
}
