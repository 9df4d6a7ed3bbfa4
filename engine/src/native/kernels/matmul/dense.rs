//! Kernels for 16-bit and 32-bit weights.

use super::tiles::tiles;
use crate::native::kernels::dispatch::for_each_isa;
use crate::native::kernels::lanes::{LANES, Simd, Vector as _};
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::weight::{F16Block, F32Block};

for_each_isa! {
    /// Multiplies one group of rows: `out` has 16 values for every token.
    pub fn f32<S>(simd; weights: &[F32Block], operands: &[[f32; BLOCK]], out: &mut [f32]) {
        tiles!(4, weights, operands, out, tile, [_], [simd], [1, 2, 3, 4]);
    }
}

for_each_isa! {
    /// As [`f32()`], for 16-bit weights.
    pub fn f16<S>(simd; weights: &[F16Block], operands: &[[f32; BLOCK]], out: &mut [f32]) {
        tiles!(4, weights, operands, out, tile, [_], [simd], [1, 2, 3, 4]);
    }
}

/// Weights of sixteen rows that need no arithmetic.
trait Dense {
    fn column<S: Simd>(&self, simd: S, column: usize) -> S::Vector;
}

impl Dense for F32Block {
    #[inline(always)]
    fn column<S: Simd>(&self, simd: S, column: usize) -> S::Vector {
        simd.load(&self.0[column])
    }
}

impl Dense for F16Block {
    #[inline(always)]
    fn column<S: Simd>(&self, simd: S, column: usize) -> S::Vector {
        simd.load_f16(&self.0[column])
    }
}

#[inline(always)]
fn tile<S: Simd, const T: usize>(simd: S, weights: &[impl Dense], tokens: [&[[f32; BLOCK]]; T], out: &mut [f32]) {
    let mut sums = [simd.splat(0.0); T];
    for (index, block) in weights.iter().enumerate() {
        for column in 0..BLOCK {
            let weights = block.column(simd, column);
            for token in 0..T {
                sums[token] = weights.mul_add(simd.splat(tokens[token][index][column]), sums[token]);
            }
        }
    }
    for (sum, lanes) in sums.into_iter().zip(out.as_chunks_mut::<LANES>().0) {
        sum.store(lanes);
    }
}
