//! Qwen2 on the CPU with kernels of our own.

pub mod isa;
pub mod lanes;
pub mod matmul;
pub mod operand;
pub mod pool;
pub mod weight;
