//! Qwen2 on the CPU with kernels of our own.
//!
//! ```text
//! load ─▶ files ─▶ tensor ─▶ plan ─▶ pack ─▶ store ─▶ network ─▶ scratch ─▶ matmul, attention, layers, rope, cache, head
//!                                                                 backend: the network behind the trait of all models
//! ```

#![expect(
    clippy::inline_always,
    reason = "code that is generic over vectors must end up in functions compiled for them"
)]
#![expect(clippy::needless_range_loop, reason = "kernels walk several arrays side by side")]
#![cfg_attr(test, expect(clippy::float_cmp, reason = "what is promised is the same bits"))]

pub mod attention;
pub mod backend;
pub mod cache;
mod files;
pub mod head;
pub mod isa;
pub mod lanes;
pub mod layers;
mod leftovers;
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
