//! Qwen2 on the CPU with kernels of our own.
//!
//! ```text
//! load ─▶ files ─▶ tensor ─▶ plan ─▶ pack ─▶ store ─▶ network ─▶ scratch ─▶ matmul, attention, layers, rope, cache, head
//!                                                                 backend: the network behind the trait of all models
//! ```

pub mod backend;
pub mod format;
pub mod kernels;
pub mod network;
