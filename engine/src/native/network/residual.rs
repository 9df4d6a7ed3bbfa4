//! The residual stream: what every layer reads through a norm and adds to.

use super::activations::{Inputs, Product, is_quantized, room};
use super::token::Token;
use crate::native::format::store::Matrix;
use crate::native::kernels::Machine;
use crate::native::kernels::isa::Isa;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::layers::{add, norm};
use crate::native::kernels::matmul::{Operands, Weights};
use crate::native::kernels::operand::{BLOCK, quantize};
use crate::native::kernels::weight::{Q8Block, WeightBlock, WeightKind};

/// The values of all tokens of a pass.
pub struct Residual {
    /// `[token][width]`.
    values: Vec<f32>,
    /// Values of a token.
    hidden: usize,
    /// The same, padded with zeros to a multiple of 32.
    width: usize,
    tokens: usize,
    /// Added to the mean square in norms.
    epsilon: f32,
}

impl Residual {
    /// Room for `tokens` tokens.
    pub fn with_capacity(tokens: usize, hidden: usize, epsilon: f32) -> Self {
        let width = hidden.next_multiple_of(BLOCK);
        Self { values: Vec::with_capacity(tokens * width), hidden, width, tokens: 0, epsilon }
    }

    /// Begins a pass with the embeddings of `tokens`.
    pub fn embed(&mut self, embedding: &Matrix, tokens: &[Token]) {
        self.tokens = tokens.len();
        let rows = room(&mut self.values, tokens.len() * self.width).chunks_mut(self.width);
        for (token, row) in tokens.iter().zip(rows) {
            look_up(embedding, token.id as usize, row);
        }
    }

    /// Adds `sums`, the output of the layer before, and makes the norm of the whole the operands of weights of `kind`.
    pub fn norm<'a>(
        &mut self,
        machine: &mut Machine,
        sums: Option<Product>,
        gains: &[f32],
        kind: WeightKind,
        inputs: &'a mut Inputs,
    ) -> Operands<'a> {
        let Self { hidden, width, tokens, epsilon, .. } = *self;
        let isa = machine.isa;
        let input = room(&mut inputs.plain, tokens * width).chunks_mut(width);
        let quantized = room(&mut inputs.quantized, tokens * width / BLOCK).chunks_mut(width / BLOCK);
        let rows = self.values[..tokens * width].chunks_mut(width).zip(input).zip(quantized).enumerate();
        machine.pool.for_each(rows, |(token, ((residual, input), quantized))| {
            if let Some(sums) = sums {
                add(isa, residual, sums.values, token, tokens);
            }
            norm(isa, residual, hidden, epsilon, gains, input);
            if is_quantized(kind) {
                quantize(isa, input, quantized);
            }
        });
        inputs.operands(kind, tokens, width)
    }

    /// Adds `sums` and goes on with the tokens numbered `wanted` only.
    pub fn keep(&mut self, sums: Option<Product>, wanted: &[usize]) {
        let width = self.width;
        let mut kept = vec![0f32; wanted.len() * width];
        for (token, row) in wanted.iter().zip(kept.chunks_mut(width)) {
            row.copy_from_slice(&self.values[token * width..(token + 1) * width]);
            if let Some(sums) = sums {
                add(Isa::SCALAR, row, sums.values, *token, sums.tokens);
            }
        }
        self.tokens = wanted.len();
        self.values[..kept.len()].copy_from_slice(&kept);
    }
}

/// Copies one row of a matrix.
fn look_up(matrix: &Matrix, row: usize, out: &mut [f32]) {
    fn copy<B: WeightBlock>(blocks: &[B], lane: usize, out: &mut [f32]) {
        for (block, out) in blocks.iter().zip(out.as_chunks_mut::<BLOCK>().0) {
            *out = block.get(lane);
        }
    }
    let (group, lane) = (row / LANES, row % LANES);
    match matrix.group_weights(group..group + 1) {
        Weights::Q4(blocks) => copy(blocks, lane, out),
        Weights::Q4Min(blocks) => copy(blocks, lane, out),
        Weights::Q5(blocks) => copy(blocks, lane, out),
        Weights::Q8(blocks) => copy(blocks, lane, out),
        Weights::Q8Split(high, low) => {
            for (halves, out) in high.iter().zip(low).zip(out.as_chunks_mut::<BLOCK>().0) {
                *out = Q8Block::join(halves.0, halves.1).get(lane);
            }
        }
        Weights::Q8High(_) => unreachable!("no matrix has only upper halves"),
        Weights::F16(blocks) => copy(blocks, lane, out),
        Weights::F32(blocks) => copy(blocks, lane, out),
    }
}
