//! Attention of one token: the query heads that share a key head, over all positions so far.
//!
//! The softmax is computed online (Milakov and Gimelshein, 2018): positions are taken 128 at a time, always counted from the
//! beginning of the row, so a token attends the same way whether it was read in a chunk or written alone.

use super::dispatch::for_each_isa;
use super::isa::Isa;
use super::lanes::{LANES, Simd, Vector as _, exp, lanes, largest, sum};

/// Positions whose keys lie side by side, so that one register holds the same dimension of all of them.
pub const POSITIONS: usize = 16;
/// Positions between two corrections of the running maximum.
const SPAN: usize = 128;
/// 16-bit floats of a cache line.
const LINE: usize = 32;
/// Query heads that one pass over the keys serves at most.
pub const TILE: usize = 8;

/// Keys and values of one key head, from position 0.
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    /// `[position / 16][head_dim][16]`, 16-bit floats.
    pub keys: &'a [u16],
    /// `[position][head_dim]`, 16-bit floats.
    pub values: &'a [u16],
    /// Positions to attend to.
    pub positions: usize,
    /// Values of one head at one position, a multiple of 16.
    pub head_dim: usize,
}

/// Attends with the rotated and scaled `queries` `[heads][head_dim]` of at most [`TILE`] heads; `out` has the same shape.
///
/// # Panics
/// With more heads. This is a bug.
pub fn attend(isa: Isa, queries: &[f32], memory: Memory, out: &mut [f32]) {
    match queries.len() / memory.head_dim {
        1 => attend_of::<1>(isa, queries, memory, out),
        2 => attend_of::<2>(isa, queries, memory, out),
        3 => attend_of::<3>(isa, queries, memory, out),
        4 => attend_of::<4>(isa, queries, memory, out),
        5 => attend_of::<5>(isa, queries, memory, out),
        6 => attend_of::<6>(isa, queries, memory, out),
        7 => attend_of::<7>(isa, queries, memory, out),
        8 => attend_of::<8>(isa, queries, memory, out),
        heads => unreachable!("{heads} heads are more than a tile"),
    }
}

for_each_isa! {
    fn attend_of<S, const G: usize>(simd; queries: &[f32], memory: Memory, out: &mut [f32]) {
        let mut greatest = [f32::NEG_INFINITY; G];
        let mut totals = [0f32; G];
        out.fill(0.0);
        for start in (0..memory.positions).step_by(SPAN) {
            let count = SPAN.min(memory.positions - start);
            let mut weights = scores::<_, G>(simd, queries, memory, start, count);
            for head in 0..G {
                let correction = soften(simd, &mut weights[head], count, &mut greatest[head], &mut totals[head]);
                scale(simd, &mut out[head * memory.head_dim..(head + 1) * memory.head_dim], correction);
            }
            gather::<_, G>(simd, &weights, memory, start, count, out);
        }
        for head in 0..G {
            scale(simd, &mut out[head * memory.head_dim..(head + 1) * memory.head_dim], 1.0 / totals[head]);
        }
    }
}

/// Scores, then weights, of the positions of one span.
type Span = [[f32; LANES]; SPAN / LANES];

/// Products of queries and keys. Those beyond `count` mean nothing.
#[inline(always)]
fn scores<S: Simd, const G: usize>(simd: S, queries: &[f32], memory: Memory, start: usize, count: usize) -> [Span; G] {
    let mut scores = [[[0f32; LANES]; SPAN / LANES]; G];
    let queries: [&[f32]; G] =
        std::array::from_fn(|head| &queries[head * memory.head_dim..(head + 1) * memory.head_dim]);
    let values = memory.values.as_ptr().wrapping_add(start * memory.head_dim);
    let next_keys = memory.keys.as_ptr().wrapping_add((start + SPAN) * memory.head_dim);
    // Two blocks of keys at a time, so that a query is read once for both.
    let blocks = count.div_ceil(POSITIONS);
    for first in (0..blocks).step_by(2) {
        // Of an odd number the last is taken twice.
        let pair = [first, (first + 1).min(blocks - 1)];
        let keys = pair.map(|block| {
            let from = (start + block * POSITIONS) * memory.head_dim;
            memory.keys[from..from + POSITIONS * memory.head_dim].as_chunks::<LANES>().0
        });
        let mut sums = [[simd.splat(0.0); 2]; G];
        for dim in 0..memory.head_dim {
            // Lines of the values that come next and of the next keys: the processor does not look beyond a page.
            let line = (first / 2 * memory.head_dim + dim) * LINE;
            simd.prefetch(values.wrapping_add(line));
            simd.prefetch(next_keys.wrapping_add(line));
            let [left, right] = [simd.load_f16(&keys[0][dim]), simd.load_f16(&keys[1][dim])];
            for head in 0..G {
                let query = simd.splat(queries[head][dim]);
                sums[head] = [left.mul_add(query, sums[head][0]), right.mul_add(query, sums[head][1])];
            }
        }
        for (sums, scores) in sums.iter().zip(&mut scores) {
            for (sums, block) in sums.iter().zip(pair) {
                sums.store(&mut scores[block]);
            }
        }
    }
    scores
}

/// Turns scores into weights relative to the running maximum; returns what older weights must be multiplied with.
#[inline(always)]
fn soften<S: Simd>(simd: S, scores: &mut Span, count: usize, greatest: &mut f32, total: &mut f32) -> f32 {
    scores.as_flattened_mut()[count..].fill(f32::NEG_INFINITY);
    let scores = &mut scores[..count.div_ceil(LANES)];
    let mut most = simd.splat(*greatest);
    for scores in scores.iter() {
        most = most.max(simd.load(scores));
    }
    let before = std::mem::replace(greatest, largest(lanes(most)));
    let mut sums = simd.splat(0.0);
    for (block, scores) in scores.iter_mut().enumerate() {
        exp(simd, simd.load(scores).sub(simd.splat(*greatest))).store(scores);
        // Nothing is left of what lies beyond the row, where `exp` gives its least.
        scores[count.saturating_sub(block * LANES).min(LANES)..].fill(0.0);
        sums = sums.add(simd.load(scores));
    }
    let correction = lanes(exp(simd, simd.splat(before - *greatest)))[0];
    *total = total.mul_add(correction, sum(lanes(sums)));
    correction
}

/// Adds the weighted values.
#[inline(always)]
fn gather<S: Simd, const G: usize>(
    simd: S,
    weights: &[Span; G],
    memory: Memory,
    start: usize,
    count: usize,
    out: &mut [f32],
) {
    let values = &memory.values[start * memory.head_dim..(start + count) * memory.head_dim];
    let dims = memory.head_dim / LANES;
    let (values, _) = values.as_chunks::<LANES>();
    let (out, _) = out.as_chunks_mut::<LANES>();
    // Two of them at a time, so that a weight is read once for both.
    for first in (0..dims).step_by(2) {
        // Of an odd number the last is taken twice.
        let pair = [first, (first + 1).min(dims - 1)];
        let mut sums = [[simd.splat(0.0); 2]; G];
        for head in 0..G {
            sums[head] = [simd.load(&out[head * dims + pair[0]]), simd.load(&out[head * dims + pair[1]])];
        }
        for position in 0..count {
            let [left, right] = [0, 1].map(|side| position * dims + pair[side]);
            let (left, right) = (simd.load_f16(&values[left]), simd.load_f16(&values[right]));
            for head in 0..G {
                let weight = simd.splat(weights[head].as_flattened()[position]);
                sums[head] = [left.mul_add(weight, sums[head][0]), right.mul_add(weight, sums[head][1])];
            }
        }
        for head in 0..G {
            for (sums, dim) in sums[head].iter().zip(pair) {
                sums.store(&mut out[head * dims + dim]);
            }
        }
    }
}

#[inline(always)]
fn scale<S: Simd>(simd: S, values: &mut [f32], factor: f32) {
    for values in values.as_chunks_mut::<LANES>().0 {
        simd.load(values).mul(simd.splat(factor)).store(values);
    }
}

#[cfg(test)]
mod tests;
