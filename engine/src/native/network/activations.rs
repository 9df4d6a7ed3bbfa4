//! Buffers that all passes reuse, and the two forms in which activations go from step to step.
//!
//! ```text
//! Operands  [token][columns]          what a matrix is multiplied with: floats, or rounded to 8 bits
//! Product   [rows / 16][token][16]    what a multiplication gave
//! ```

use crate::native::format::store::Matrix;
use crate::native::kernels::Machine;
use crate::native::kernels::matmul::{Operands, multiply};
use crate::native::kernels::operand::{BLOCK, Quantized};
use crate::native::kernels::weight::WeightKind;

/// Memory for the operands of one multiplication at a time.
pub struct Inputs {
    /// `[token][columns]`, padded with zeros to multiples of 32 columns.
    pub plain: Vec<f32>,
    /// The same rounded to 8 bits.
    pub quantized: Vec<Quantized>,
}

/// What a matrix was multiplied to, for all tokens of a pass.
#[derive(Clone, Copy)]
pub struct Product<'a> {
    /// `[rows / 16][token][16]`.
    pub values: &'a [f32],
    pub tokens: usize,
}

impl Inputs {
    /// Room for `tokens` tokens of up to `plain` values, or `quantized` rounded ones.
    pub fn with_capacity(tokens: usize, plain: usize, quantized: usize) -> Self {
        Self { plain: Vec::with_capacity(tokens * plain), quantized: Vec::with_capacity(tokens * quantized / BLOCK) }
    }

    /// What was written for `tokens` tokens of `columns` values, in the form that weights of `kind` are multiplied with.
    pub fn operands(&self, kind: WeightKind, tokens: usize, columns: usize) -> Operands<'_> {
        if is_quantized(kind) {
            Operands::Quantized(&self.quantized[..tokens * columns / BLOCK])
        } else {
            Operands::Plain(self.plain[..tokens * columns].as_chunks().0)
        }
    }
}

impl<'a> Product<'a> {
    /// Multiplies `matrix` with the operands of `tokens` tokens, into `buffer`.
    pub fn new(
        machine: &mut Machine,
        matrix: &Matrix,
        operands: Operands,
        tokens: usize,
        buffer: &'a mut Vec<f32>,
    ) -> Self {
        let out = room(buffer, matrix.rows * tokens);
        multiply(&mut machine.pool, machine.isa, matrix.weights(), matrix.columns, operands, out, tokens);
        Self { values: out, tokens }
    }
}

/// Whether weights of `kind` are multiplied with activations of 8 bits.
pub fn is_quantized(kind: WeightKind) -> bool {
    matches!(kind, WeightKind::Q4 | WeightKind::Q4Min | WeightKind::Q5 | WeightKind::Q8 | WeightKind::Q8Split)
}

/// The first `length` values of a buffer that only grows.
pub fn room<T: Default + Clone>(buffer: &mut Vec<T>, length: usize) -> &mut [T] {
    if buffer.len() < length {
        buffer.resize(length, T::default());
    }
    &mut buffer[..length]
}
