//! The arithmetic of a network.

#![expect(
    clippy::inline_always,
    reason = "code that is generic over vectors must end up in functions compiled for them"
)]
#![expect(clippy::needless_range_loop, reason = "kernels walk several arrays side by side")]
#![cfg_attr(test, expect(clippy::float_cmp, reason = "what is promised is the same bits"))]

pub mod attention;
pub mod isa;
pub mod lanes;
pub mod layers;
pub mod matmul;
pub mod operand;
pub mod pool;
pub mod rope;
pub mod weight;
