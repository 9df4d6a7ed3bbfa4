//! Kernels for 16-bit and 32-bit weights.

use super::tiles;
use crate::model::native::isa::for_each_isa;
use crate::model::native::lanes::{LANES, Lanes, from_f16, multiply_add};
use crate::model::native::operand::Plain;
use crate::model::native::weight::{F16Block, F32Block};

for_each_isa! {
    /// Multiplies one group of rows: `out` has 16 values for every token.
    pub fn f32(weights: &[F32Block], operands: &[Plain], out: &mut [f32]) {
        tiles!(4, weights, operands, out, f32_tile, [1, 2, 3, 4]);
    }
}

for_each_isa! {
    /// As [`f32()`], for 16-bit weights.
    pub fn f16(weights: &[F16Block], operands: &[Plain], out: &mut [f32]) {
        tiles!(4, weights, operands, out, f16_tile, [1, 2, 3, 4]);
    }
}

#[inline(always)]
fn f32_tile<const T: usize>(weights: &[F32Block], tokens: [&[Plain]; T], out: &mut [f32]) {
    tile(weights, tokens, out, |block, column| block.0[column]);
}

#[inline(always)]
fn f16_tile<const T: usize>(weights: &[F16Block], tokens: [&[Plain]; T], out: &mut [f32]) {
    tile(weights, tokens, out, |block, column| block.0[column].map(from_f16));
}

#[inline(always)]
fn tile<B, const T: usize>(weights: &[B], tokens: [&[Plain]; T], out: &mut [f32], column_of: impl Fn(&B, usize) -> Lanes) {
    let mut sums = [[0f32; LANES]; T];
    for (index, block) in weights.iter().enumerate() {
        for column in 0..super::BLOCK {
            let weights = column_of(block, column);
            for token in 0..T {
                sums[token] = multiply_add(weights, tokens[token][index].0[column], sums[token]);
            }
        }
    }
    for (sum, lanes) in sums.iter().zip(out.as_chunks_mut::<LANES>().0) {
        *lanes = *sum;
    }
}
