//! Kernels for AVX-512 with 8-bit dot products: one register holds a column step of sixteen rows.

use std::arch::x86_64::{
    __m256i, __m512, __m512i, _MM_HINT_T1, _mm_prefetch, _mm256_loadu_si256, _mm512_and_si512, _mm512_cvtepi32_ps,
    _mm512_cvtph_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_loadu_si512, _mm512_mask_add_epi8, _mm512_mul_ps,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_setzero_si512, _mm512_slli_epi32,
    _mm512_srli_epi16, _mm512_storeu_ps, _mm512_sub_epi32, _mm512_test_epi8_mask,
};

use super::tiles::tiles;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::operand::Quantized;
use crate::native::kernels::weight::{LowBlock, Q4Block, Q4MinBlock, Q5Block, Q8Block, STEP};

/// Tokens that share one pass over the weights: 8 sums, 8 dot products and 8 weights fill the 32 registers.
const TILE: usize = 8;

/// Blocks between the one that is multiplied and the one that is fetched into the second level cache: longer than memory
/// takes to answer, and over the ends of pages, where the processor's own fetching begins anew. (Few lines can be on their
/// way to the first level at once: fetched there, 32 blocks ahead, the weights of one token came a quarter more slowly.)
const AHEAD: usize = 96;
/// Bytes of a cache line.
const LINE: usize = 64;

/// Multiplies one group of rows: `out` has 16 values for every token.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
pub fn q4(weights: &[Q4Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(TILE, weights, operands, out, q4_tile, [false], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// As [`q4`], for the upper halves of 8-bit weights.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
pub fn q8_high(weights: &[Q4Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(TILE, weights, operands, out, q4_tile, [true], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// As [`q8`], from halves, a token at a time: few rows of few tokens are multiplied so.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
pub fn q8_split(high: &[Q4Block], low: &[LowBlock], operands: &[Quantized], out: &mut [f32]) {
    for (token, out) in operands.chunks_exact(high.len()).zip(out.chunks_exact_mut(LANES)) {
        let mut sum = _mm512_setzero_ps();
        for ((high, low), operand) in high.iter().zip(low).zip(token) {
            let scales = _mm512_cvtph_ps(load_half(&high.scales));
            let high = dot(&halves(&high.parts), operand, _mm512_set1_epi32(operand.offset));
            let dot = dot(&halves(&low.parts), operand, _mm512_slli_epi32::<4>(high));
            sum = add(sum, dot, scales, operand.scale);
        }
        store([sum], out);
    }
}

/// As [`q4`], for 5-bit weights.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
pub fn q5(weights: &[Q5Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(TILE, weights, operands, out, q5_tile, [], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
#[inline]
fn q5_tile<const T: usize>(weights: &[Q5Block], tokens: [&[Quantized]; T], out: &mut [f32]) {
    let mut sums = [_mm512_setzero_ps(); T];
    for (index, block) in weights.iter().enumerate() {
        prefetch(block);
        let steps = fives(block);
        let scales = _mm512_cvtph_ps(load_half(&block.scales));
        for token in 0..T {
            let operand = &tokens[token][index];
            // The offset counts 8 a step; these weights are biased by 16.
            let offset = _mm512_slli_epi32::<1>(_mm512_set1_epi32(operand.offset));
            sums[token] = add(sums[token], dot(&steps, operand, offset), scales, operand.scale);
        }
    }
    store(sums, out);
}

/// As [`q4`], for 8-bit weights.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
pub fn q8(weights: &[Q8Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(TILE, weights, operands, out, q8_tile, [], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
#[inline]
fn q4_tile<const UPPER: bool, const T: usize>(weights: &[Q4Block], tokens: [&[Quantized]; T], out: &mut [f32]) {
    let mut sums = [_mm512_setzero_ps(); T];
    for (index, block) in weights.iter().enumerate() {
        prefetch(block);
        let steps = halves(&block.parts);
        let scales = _mm512_cvtph_ps(load_half(&block.scales));
        for token in 0..T {
            let operand = &tokens[token][index];
            let offset = _mm512_set1_epi32(operand.offset);
            let mut dot = dot(&steps, operand, offset);
            if UPPER {
                // Sixteen times as much, and 8 for the lower half: 128 - 8 is 15 times the 8 that the offset counts.
                dot = _mm512_sub_epi32(_mm512_slli_epi32::<4>(dot), offset);
            }
            sums[token] = add(sums[token], dot, scales, operand.scale);
        }
    }
    store(sums, out);
}

/// As [`q4`], for weights with a minimum.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
pub fn q4_min(weights: &[Q4MinBlock], operands: &[Quantized], out: &mut [f32]) {
    tiles!(TILE, weights, operands, out, q4_min_tile, [], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
#[inline]
fn q4_min_tile<const T: usize>(weights: &[Q4MinBlock], tokens: [&[Quantized]; T], out: &mut [f32]) {
    let mut sums = [_mm512_setzero_ps(); T];
    for (index, block) in weights.iter().enumerate() {
        prefetch(block);
        let steps = halves(&block.parts);
        let (scales, minima) = (_mm512_cvtph_ps(load_half(&block.scales)), _mm512_cvtph_ps(load_half(&block.minima)));
        for token in 0..T {
            let operand = &tokens[token][index];
            let dot = dot(&steps, operand, _mm512_setzero_si512());
            let sum = add(sums[token], dot, scales, operand.scale);
            sums[token] = _mm512_fmadd_ps(minima, _mm512_set1_ps(operand.sum()), sum);
        }
    }
    store(sums, out);
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
#[inline]
fn q8_tile<const T: usize>(weights: &[Q8Block], tokens: [&[Quantized]; T], out: &mut [f32]) {
    let mut sums = [_mm512_setzero_ps(); T];
    for (index, block) in weights.iter().enumerate() {
        prefetch(block);
        let mut steps = [_mm512_set1_epi8(0); 8];
        for part in 0..8 {
            steps[part] = load(&block.parts[part]);
        }
        let scales = _mm512_cvtph_ps(load_half(&block.scales));
        for token in 0..T {
            let operand = &tokens[token][index];
            // The offset counts 8 a step; these weights are biased by 128.
            let offset = _mm512_slli_epi32::<4>(_mm512_set1_epi32(operand.offset));
            sums[token] = add(sums[token], dot(&steps, operand, offset), scales, operand.scale);
        }
    }
    store(sums, out);
}

/// Asks for the block that is [`AHEAD`] of this one. It never fails, wherever that block would be.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn prefetch<B>(block: &B) {
    ask_for::<_, _MM_HINT_T1>(block, AHEAD);
}

/// As [`prefetch`], for a block that is `ahead` of this one, into the cache of a level.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn ask_for<B, const LEVEL: i32>(block: &B, ahead: usize) {
    let ahead = std::ptr::from_ref(block).wrapping_add(ahead).cast::<i8>();
    for line in (0..size_of::<B>()).step_by(LINE) {
        _mm_prefetch::<LEVEL>(ahead.wrapping_add(line));
    }
}

/// The lower, then the upper halves of all bytes, with their fifth bits.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) fn fives(block: &Q5Block) -> [__m512i; 8] {
    let (mut steps, fifths) = (halves(&block.parts), load(&block.fifths));
    for (part, step) in steps.iter_mut().enumerate() {
        let is_set = _mm512_test_epi8_mask(fifths, _mm512_set1_epi8(1 << part));
        *step = _mm512_mask_add_epi8(*step, is_set, *step, _mm512_set1_epi8(16));
    }
    steps
}

/// The lower, then the upper halves of all bytes.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
pub(super) fn halves(parts: &[[u8; STEP]; 4]) -> [__m512i; 8] {
    let low = _mm512_set1_epi8(0x0f);
    let mut steps = [low; 8];
    for part in 0..4 {
        let bytes = load(&parts[part]);
        steps[part] = _mm512_and_si512(bytes, low);
        steps[part + 4] = _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), low);
    }
    steps
}

/// The 32 products of every row, added to `start`.
#[target_feature(enable = "avx512f,avx512vnni")]
#[inline]
fn dot(steps: &[__m512i; 8], operand: &Quantized, start: __m512i) -> __m512i {
    let mut dot = start;
    for (step, four) in steps.iter().zip(operand.steps.as_chunks::<4>().0) {
        let four = _mm512_set1_epi32(i32::from_le_bytes(four.map(i8::cast_unsigned)));
        dot = _mm512_dpbusd_epi32(dot, *step, four);
    }
    dot
}

#[target_feature(enable = "avx512f")]
#[inline]
fn add(sum: __m512, dot: __m512i, scales: __m512, scale: f32) -> __m512 {
    _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), _mm512_mul_ps(scales, _mm512_set1_ps(scale)), sum)
}

#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "loads a register")]
pub(super) fn load(bytes: &[u8; STEP]) -> __m512i {
    // SAFETY: the array has the 64 bytes that are read; the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "loads a register")]
pub(super) fn load_half(values: &[u16; LANES]) -> __m256i {
    // SAFETY: the array has the 32 bytes that are read; the load needs no alignment.
    unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "stores a register")]
fn store<const T: usize>(sums: [__m512; T], out: &mut [f32]) {
    for (sum, lanes) in sums.into_iter().zip(out.as_chunks_mut::<LANES>().0) {
        // SAFETY: the array has room for the 16 values that are written; the store needs no alignment.
        unsafe { _mm512_storeu_ps(lanes.as_mut_ptr(), sum) }
    }
}
