//! Kernels for 16-bit and 32-bit weights.

use super::tiles;
use crate::native::kernels::isa::for_each_isa;
use crate::native::kernels::lanes::{LANES, Vector};
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::weight::{F16Block, F32Block};

for_each_isa! {
    /// Multiplies one group of rows: `out` has 16 values for every token.
    pub fn f32<V>(weights: &[F32Block], operands: &[[f32; BLOCK]], out: &mut [f32]) {
        tiles!(4, weights, operands, out, tile, [V], [1, 2, 3, 4]);
    }
}

for_each_isa! {
    /// As [`f32()`], for 16-bit weights.
    pub fn f16<V>(weights: &[F16Block], operands: &[[f32; BLOCK]], out: &mut [f32]) {
        tiles!(4, weights, operands, out, tile, [V], [1, 2, 3, 4]);
    }
}

/// Weights of sixteen rows that need no arithmetic.
trait Dense {
    fn column<V: Vector>(&self, column: usize) -> V;
}

impl Dense for F32Block {
    #[inline(always)]
    fn column<V: Vector>(&self, column: usize) -> V {
        V::load(&self.0[column])
    }
}

impl Dense for F16Block {
    #[inline(always)]
    fn column<V: Vector>(&self, column: usize) -> V {
        V::load_f16(&self.0[column])
    }
}

#[inline(always)]
fn tile<V: Vector, const T: usize>(weights: &[impl Dense], tokens: [&[[f32; BLOCK]]; T], out: &mut [f32]) {
    let mut sums = [V::splat(0.0); T];
    for (index, block) in weights.iter().enumerate() {
        for column in 0..BLOCK {
            let weights: V = block.column(column);
            for token in 0..T {
                sums[token] = weights.mul_add(V::splat(tokens[token][index][column]), sums[token]);
            }
        }
    }
    for (sum, lanes) in sums.into_iter().zip(out.as_chunks_mut::<LANES>().0) {
        sum.store(lanes);
    }
}
