//! What happens between two multiplications: norms, residual sums and activations of one token.

use super::dispatch::for_each_isa;
use super::lanes::{LANES, Vector as _, lanes, silu, sum};

for_each_isa! {
    /// Adds what a multiplication gave (`sums`, `[rows / 16][tokens][16]`) for one token to its residual.
    pub fn add<S>(simd; residual: &mut [f32], sums: &[f32], token: usize, tokens: usize) {
        let (sums, _) = sums.as_chunks::<LANES>();
        for (residual, sums) in residual.as_chunks_mut::<LANES>().0.iter_mut().zip(sums.chunks_exact(tokens)) {
            simd.load(residual).add(simd.load(&sums[token])).store(residual);
        }
    }
}

for_each_isa! {
    /// Root mean square norm (Zhang and Sennrich, 2019) of one token over its first `width` values; gains beyond are zero.
    pub fn norm<S>(simd; residual: &[f32], width: usize, epsilon: f32, gains: &[f32], out: &mut [f32]) {
        let (residual, _) = residual.as_chunks::<LANES>();
        let mut squares = simd.splat(0.0);
        for values in residual {
            let values = simd.load(values);
            squares = values.mul_add(values, squares);
        }
        let inverse = simd.splat(1.0 / (sum(lanes(squares)) / width as f32 + epsilon).sqrt());
        for ((out, values), gains) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(residual).zip(gains.as_chunks::<LANES>().0) {
            simd.load(values).mul(inverse).mul(simd.load(gains)).store(out);
        }
    }
}

for_each_isa! {
    /// `silu(gate) * up` for `tokens` tokens. `sums` holds all gates, then all ups, as [`add`] takes them; `out` is
    /// `[token][gates]`.
    pub fn gate<S>(simd; sums: &[f32], tokens: usize, out: &mut [f32]) {
        let (gates, ups) = sums.as_chunks::<LANES>().0.split_at(sums.len() / LANES / 2);
        let groups = gates.len() / tokens;
        let (out, _) = out.as_chunks_mut::<LANES>();
        // Tokens lie side by side, so that this is the order of memory.
        for (place, (gate, up)) in gates.iter().zip(ups).enumerate() {
            let (group, token) = (place / tokens, place % tokens);
            silu(simd, simd.load(gate)).mul(simd.load(up)).store(&mut out[token * groups + group]);
        }
    }
}

/// Copies `out.len()` values of one token from `row` on out of what a multiplication gave.
pub fn collect(sums: &[f32], row: usize, token: usize, tokens: usize, out: &mut [f32]) {
    for (index, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let from = ((row / LANES + index) * tokens + token) * LANES;
        out.copy_from_slice(&sums[from..from + LANES]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::kernels::isa::Isa;

    fn wave(length: usize, factor: f32) -> Vec<f32> {
        (0..length).map(|i| (i as f32 * factor).sin() * 4.0).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let (residual, gain, sums) = (wave(96, 0.31), wave(96, 0.11), wave(96 * 3 * 2, 0.7));
        let compute = |isa| {
            let mut row = residual.clone();
            add(isa, &mut row, &sums[..96 * 3], 1, 3);
            let mut out = [vec![0.0; 96], vec![0.0; 96 * 3]];
            norm(isa, &row, 96, 1e-6, &gain, &mut out[0]);
            gate(isa, &sums, 3, &mut out[1]);
            out.concat().into_iter().map(f32::to_bits).collect::<Vec<_>>()
        };
        for isa in Isa::available() {
            assert_eq!(compute(isa), compute(Isa::SCALAR), "{isa}");
        }
    }

    #[test]
    fn a_normed_token_has_unit_mean_square() {
        let mut out = vec![0.0; 64];
        norm(Isa::SCALAR, &wave(64, 0.5), 64, 0.0, &[1.0; 64], &mut out);
        let mean = out.iter().map(|value| value * value).sum::<f32>() / 64.0;
        assert!((mean - 1.0).abs() < 1e-5, "{mean}");
    }

    #[test]
    fn collected_values_are_those_of_the_token() {
        let sums: Vec<f32> = (0..2 * 3 * 16).map(|i| i as f32).collect();
        let mut out = vec![0.0; 16];
        collect(&sums, 16, 2, 3, &mut out);
        assert_eq!(out, (80..96).map(|i| i as f32).collect::<Vec<_>>());
    }
}
