//! Runs a language model: tokens in, tokens out, many completions at a time.
//!
//! ```text
//!   folder ──▶ load ──▶ Engine ──▶ chat template ──▶ scheduler (one thread, all rows step together) ──▶ Completion
//!                                         messages to       sampling, detokenizing                          read, wrote,
//!                                         tokens                                                            done
//! ```
//!
//! A completion depends on its prompt, its options and the model, never on what else is being computed. Start reading at
//! [`Engine`]; the crate's `README.md` says what is computed, how fast, and what is promised.

mod backend;
mod candle;
mod config;
mod engine;
mod error;
mod folder;
mod gguf;
mod load;
mod native;
mod options;
mod tensor;
mod weights;

pub mod chat;
pub mod constraint;
pub mod sampling;
pub mod schedule;
pub mod tokens;

/// Internals for this repository's benchmarks and tests; anything may change at any time.
#[doc(hidden)]
pub mod bench {
    pub use crate::native::kernels::attention::{Memory, attend};
    pub use crate::native::kernels::isa::Isa;
    pub use crate::native::kernels::lanes::LANES;
    pub use crate::native::kernels::matmul::{Operands, Weights, multiply};
    pub use crate::native::kernels::operand::{BLOCK, Quantized, quantize};
    pub use crate::native::kernels::pool::Pool;
    pub use crate::native::kernels::weight::{Q4Block, Q4MinBlock, Q8Block, WeightBlock};
}

pub use backend::{Backend, BackendError, RowId, Span, Wants};
pub use engine::{CompleteError, Completion, Engine};
pub use error::LoadError;
pub use load::{Loaded, load};
pub use options::{BackendKind, LoadOptions, Quantization, UnknownName};
pub use schedule::Options;
