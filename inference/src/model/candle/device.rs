//! Where candle computes: the CPU, or with the feature `cuda` the first GPU.

use std::collections::HashMap;

use candle_core::{Device, Tensor};

/// The device of this build.
pub(super) fn pick() -> candle_core::Result<Device> {
    if cfg!(feature = "cuda") { Device::new_cuda(0) } else { Ok(Device::Cpu) }
}

/// The same tensors on `device`.
pub(super) fn move_to(
    device: &Device,
    tensors: HashMap<String, Tensor>,
) -> candle_core::Result<HashMap<String, Tensor>> {
    if device.is_cpu() {
        return Ok(tensors);
    }
    tensors.into_iter().map(|(name, tensor)| Ok((name, tensor.to_device(device)?))).collect()
}
