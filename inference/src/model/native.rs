//! Qwen2 on the CPU with kernels of our own.
//!
//! ```text
//! load ─▶ files ─▶ tensor ─▶ plan ─▶ pack ─▶ store ─▶ network ─▶ scratch ─▶ matmul, attention, layers, rope, cache
//!                                                                 backend: the network behind the trait of all models
//! ```

pub mod attention;
pub mod backend;
pub mod cache;
mod files;
pub mod isa;
pub mod lanes;
pub mod layers;
pub mod load;
pub mod matmul;
pub mod network;
pub mod operand;
pub mod pack;
pub mod plan;
pub mod pool;
pub mod rope;
pub mod scratch;
pub mod store;
pub mod tensor;
pub mod weight;
