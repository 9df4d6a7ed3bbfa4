//! Kernels for AVX2: one register holds a column step of eight rows.
//!
//! Products of 4-bit weights and 8-bit activations are at most 15 * 127; eight pairs of them fit into 16 bits, so a block is
//! added up there and widened once. An 8-bit weight is two 4-bit ones; of 5-bit weights, four pairs of products fit.

use std::arch::x86_64::{
    __m128i, __m256, __m256i, _mm_loadu_si128, _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_cmpeq_epi8,
    _mm256_cvtepi32_ps, _mm256_cvtph_ps, _mm256_fmadd_ps, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_mul_ps, _mm256_or_si256, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_ps,
    _mm256_setzero_ps, _mm256_setzero_si256, _mm256_slli_epi32, _mm256_srli_epi16, _mm256_storeu_ps, _mm256_sub_epi32,
};

use super::tiles::tiles;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::operand::Quantized;
use crate::native::kernels::weight::{LowBlock, Q4Block, Q4MinBlock, Q5Block, Q8Block, STEP};

/// Rows of one register.
const HALF: usize = LANES / 2;

/// Multiplies one group of rows: `out` has 16 values for every token.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn q4(weights: &[Q4Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(8, weights, operands, out, q4_tile, [false], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// As [`q4`], for the upper halves of 8-bit weights.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn q8_high(weights: &[Q4Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(8, weights, operands, out, q4_tile, [true], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

/// As [`q8`], from halves, a token at a time: few rows of few tokens are multiplied so.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn q8_split(high: &[Q4Block], low: &[LowBlock], operands: &[Quantized], out: &mut [f32]) {
    for (token, out) in operands.chunks_exact(high.len()).zip(out.chunks_exact_mut(LANES)) {
        for half in 0..2 {
            let mut sum = _mm256_setzero_ps();
            for ((high, low), operand) in high.iter().zip(low).zip(token) {
                let scales = load_scales(&high.scales, half);
                let high = _mm256_add_epi32(dot(&high.parts, half, operand), _mm256_set1_epi32(operand.offset));
                let dot = _mm256_add_epi32(dot(&low.parts, half, operand), _mm256_slli_epi32::<4>(high));
                sum = add(sum, dot, scales, operand.scale);
            }
            store([sum], half, out);
        }
    }
}

/// The 32 products of eight rows.
#[target_feature(enable = "avx2")]
#[inline]
fn dot(parts: &[[u8; STEP]; 4], half: usize, operand: &Quantized) -> __m256i {
    let mut dot = _mm256_setzero_si256();
    for part in 0..4 {
        let (first, second) = halves(load(&parts[part], half));
        dot = _mm256_add_epi16(dot, _mm256_maddubs_epi16(first, four(&operand.steps, part)));
        dot = _mm256_add_epi16(dot, _mm256_maddubs_epi16(second, four(&operand.steps, part + 4)));
    }
    widen(dot)
}

/// As [`q4`], for 5-bit weights.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn q5(weights: &[Q5Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(4, weights, operands, out, q5_tile, [], [], [1, 2, 3, 4]);
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn q5_tile<const T: usize>(weights: &[Q5Block], tokens: [&[Quantized]; T], out: &mut [f32]) {
    for half in 0..2 {
        let mut sums = [_mm256_setzero_ps(); T];
        for (index, block) in weights.iter().enumerate() {
            let fifths = load(&block.fifths, half);
            let (mut first_dots, mut second_dots) = ([_mm256_setzero_si256(); T], [_mm256_setzero_si256(); T]);
            for part in 0..4 {
                let (first, second) = halves(load(&block.parts[part], half));
                let (first, second) = (with_fifth(first, fifths, part), with_fifth(second, fifths, part + 4));
                for token in 0..T {
                    let steps = &tokens[token][index].steps;
                    let products = _mm256_maddubs_epi16(first, four(steps, part));
                    first_dots[token] = _mm256_add_epi16(first_dots[token], products);
                    let products = _mm256_maddubs_epi16(second, four(steps, part + 4));
                    second_dots[token] = _mm256_add_epi16(second_dots[token], products);
                }
            }
            let scales = load_scales(&block.scales, half);
            for token in 0..T {
                let operand = &tokens[token][index];
                let dot = _mm256_add_epi32(widen(first_dots[token]), widen(second_dots[token]));
                // The offset counts 8 a step; these weights are biased by 16.
                let dot = _mm256_add_epi32(dot, _mm256_set1_epi32(2 * operand.offset));
                sums[token] = add(sums[token], dot, scales, operand.scale);
            }
        }
        store(sums, half, out);
    }
}

/// Adds 16 to the bytes whose bit `part` is set in `fifths`.
#[target_feature(enable = "avx2")]
#[inline]
fn with_fifth(low: __m256i, fifths: __m256i, part: usize) -> __m256i {
    let bit = _mm256_set1_epi8(1 << part);
    let is_set = _mm256_cmpeq_epi8(_mm256_and_si256(fifths, bit), bit);
    _mm256_or_si256(low, _mm256_and_si256(is_set, _mm256_set1_epi8(16)))
}

/// As [`q4`], for 8-bit weights.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn q8(weights: &[Q8Block], operands: &[Quantized], out: &mut [f32]) {
    tiles!(4, weights, operands, out, q8_tile, [], [], [1, 2, 3, 4]);
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn q4_tile<const UPPER: bool, const T: usize>(weights: &[Q4Block], tokens: [&[Quantized]; T], out: &mut [f32]) {
    for half in 0..2 {
        let mut sums = [_mm256_setzero_ps(); T];
        for (index, block) in weights.iter().enumerate() {
            let mut dots = [_mm256_setzero_si256(); T];
            for part in 0..4 {
                let (first, second) = halves(load(&block.parts[part], half));
                for token in 0..T {
                    let steps = &tokens[token][index].steps;
                    dots[token] = _mm256_add_epi16(dots[token], _mm256_maddubs_epi16(first, four(steps, part)));
                    dots[token] = _mm256_add_epi16(dots[token], _mm256_maddubs_epi16(second, four(steps, part + 4)));
                }
            }
            let scales = load_scales(&block.scales, half);
            for token in 0..T {
                let operand = &tokens[token][index];
                let offset = _mm256_set1_epi32(operand.offset);
                let mut dot = _mm256_add_epi32(widen(dots[token]), offset);
                if UPPER {
                    // Sixteen times as much, and 8 for the lower half: 128 - 8 is 15 times the 8 that the offset counts.
                    dot = _mm256_sub_epi32(_mm256_slli_epi32::<4>(dot), offset);
                }
                sums[token] = add(sums[token], dot, scales, operand.scale);
            }
        }
        store(sums, half, out);
    }
}

/// As [`q4`], for weights with a minimum.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn q4_min(weights: &[Q4MinBlock], operands: &[Quantized], out: &mut [f32]) {
    tiles!(8, weights, operands, out, q4_min_tile, [], [], [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn q4_min_tile<const T: usize>(weights: &[Q4MinBlock], tokens: [&[Quantized]; T], out: &mut [f32]) {
    for half in 0..2 {
        let mut sums = [_mm256_setzero_ps(); T];
        for (index, block) in weights.iter().enumerate() {
            let mut dots = [_mm256_setzero_si256(); T];
            for part in 0..4 {
                let (first, second) = halves(load(&block.parts[part], half));
                for token in 0..T {
                    let steps = &tokens[token][index].steps;
                    dots[token] = _mm256_add_epi16(dots[token], _mm256_maddubs_epi16(first, four(steps, part)));
                    dots[token] = _mm256_add_epi16(dots[token], _mm256_maddubs_epi16(second, four(steps, part + 4)));
                }
            }
            let (scales, minima) = (load_scales(&block.scales, half), load_scales(&block.minima, half));
            for token in 0..T {
                let operand = &tokens[token][index];
                let sum = add(sums[token], widen(dots[token]), scales, operand.scale);
                sums[token] = _mm256_fmadd_ps(minima, _mm256_set1_ps(operand.sum()), sum);
            }
        }
        store(sums, half, out);
    }
}

#[target_feature(enable = "avx2,fma,f16c")]
#[inline]
fn q8_tile<const T: usize>(weights: &[Q8Block], tokens: [&[Quantized]; T], out: &mut [f32]) {
    for half in 0..2 {
        let mut sums = [_mm256_setzero_ps(); T];
        for (index, block) in weights.iter().enumerate() {
            let (mut low_dots, mut high_dots) = ([_mm256_setzero_si256(); T], [_mm256_setzero_si256(); T]);
            for part in 0..8 {
                let (first, second) = halves(load(&block.parts[part], half));
                for token in 0..T {
                    let four = four(&tokens[token][index].steps, part);
                    low_dots[token] = _mm256_add_epi16(low_dots[token], _mm256_maddubs_epi16(first, four));
                    high_dots[token] = _mm256_add_epi16(high_dots[token], _mm256_maddubs_epi16(second, four));
                }
            }
            let scales = load_scales(&block.scales, half);
            for token in 0..T {
                let operand = &tokens[token][index];
                // The high halves, and the bias of 128 against the 8 that the offset counts, weigh sixteen times as much.
                let high = _mm256_add_epi32(widen(high_dots[token]), _mm256_set1_epi32(operand.offset));
                let dot = _mm256_add_epi32(widen(low_dots[token]), _mm256_slli_epi32::<4>(high));
                sums[token] = add(sums[token], dot, scales, operand.scale);
            }
        }
        store(sums, half, out);
    }
}

/// The lower and the upper halves of bytes.
#[target_feature(enable = "avx2")]
#[inline]
fn halves(bytes: __m256i) -> (__m256i, __m256i) {
    let low = _mm256_set1_epi8(0x0f);
    (_mm256_and_si256(bytes, low), _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), low))
}

/// Four neighbouring activations, for every row.
#[target_feature(enable = "avx2")]
#[inline]
fn four(steps: &[i8; 32], step: usize) -> __m256i {
    let four = steps.as_chunks::<4>().0[step];
    _mm256_set1_epi32(i32::from_le_bytes(four.map(i8::cast_unsigned)))
}

/// Sums of neighbouring pairs, in 32 bits.
#[target_feature(enable = "avx2")]
#[inline]
fn widen(dots: __m256i) -> __m256i {
    _mm256_madd_epi16(dots, _mm256_set1_epi16(1))
}

#[target_feature(enable = "avx2,fma")]
#[inline]
fn add(sum: __m256, dot: __m256i, scales: __m256, scale: f32) -> __m256 {
    _mm256_fmadd_ps(_mm256_cvtepi32_ps(dot), _mm256_mul_ps(scales, _mm256_set1_ps(scale)), sum)
}

#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "loads a register")]
fn load(bytes: &[u8; STEP], half: usize) -> __m256i {
    let bytes = &bytes.as_chunks::<{ STEP / 2 }>().0[half];
    // SAFETY: the array has the 32 bytes that are read; the load needs no alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2,f16c")]
#[inline]
#[expect(unsafe_code, reason = "loads a register")]
fn load_scales(scales: &[u16; LANES], half: usize) -> __m256 {
    let scales = &scales.as_chunks::<HALF>().0[half];
    // SAFETY: the array has the 16 bytes that are read; the load needs no alignment.
    let bits: __m128i = unsafe { _mm_loadu_si128(scales.as_ptr().cast()) };
    _mm256_cvtph_ps(bits)
}

#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "stores a register")]
fn store<const T: usize>(sums: [__m256; T], half: usize, out: &mut [f32]) {
    for (sum, lanes) in sums.into_iter().zip(out.as_chunks_mut::<LANES>().0) {
        let lanes = &mut lanes.as_chunks_mut::<HALF>().0[half];
        // SAFETY: the array has room for the 8 values that are written; the store needs no alignment.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), sum) }
    }
}
