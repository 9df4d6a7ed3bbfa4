//! Vectors of x86-64.
#![expect(unsafe_code, reason = "instructions are called from code that is generic over them")]

// SAFETY of all blocks below: an `Avx2` or `Avx512` is proof that this machine has the instructions, and every vector was
// made by one. Loads and stores go through references to arrays of exactly the bytes that they move, and need no alignment.

use std::arch::x86_64::{
    __m256, __m512, _MM_HINT_T0, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_packs_epi16, _mm_prefetch,
    _mm_shuffle_epi32, _mm_storeu_si128, _mm256_add_epi32, _mm256_add_ps, _mm256_castps_si256, _mm256_castsi256_ps,
    _mm256_castsi256_si128, _mm256_cvtph_ps, _mm256_cvtps_epi32, _mm256_div_ps, _mm256_extracti128_si256,
    _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_max_ps, _mm256_min_ps, _mm256_mul_ps,
    _mm256_packs_epi32, _mm256_permute4x64_epi64, _mm256_set1_ps, _mm256_slli_epi32, _mm256_storeu_ps, _mm256_sub_ps,
    _mm512_add_epi32, _mm512_add_ps, _mm512_castps_si512, _mm512_castsi512_ps, _mm512_cvtepi32_epi8, _mm512_cvtph_ps,
    _mm512_cvtps_epi32, _mm512_div_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps,
    _mm512_reduce_add_epi32, _mm512_set1_ps, _mm512_slli_epi32, _mm512_storeu_ps, _mm512_sub_ps,
};

use super::super::isa::{Avx2, Avx512};
use super::{LANES, Lanes, Simd, Vector};

/// Two registers of AVX2.
#[derive(Clone, Copy)]
pub struct Two([__m256; 2]);

/// One register of AVX-512.
#[derive(Clone, Copy)]
pub struct One(__m512);

impl Simd for Avx2 {
    type Vector = Two;

    #[inline(always)]
    fn splat(self, value: f32) -> Two {
        // SAFETY: see the top of the file.
        unsafe { Two([_mm256_set1_ps(value); 2]) }
    }
    #[inline(always)]
    fn load(self, values: &Lanes) -> Two {
        let (halves, _) = values.as_chunks::<{ LANES / 2 }>();
        // SAFETY: see the top of the file.
        unsafe { Two([_mm256_loadu_ps(halves[0].as_ptr()), _mm256_loadu_ps(halves[1].as_ptr())]) }
    }
    #[inline(always)]
    fn load_f16(self, bits: &[u16; LANES]) -> Two {
        let (halves, _) = bits.as_chunks::<{ LANES / 2 }>();
        // SAFETY: see the top of the file.
        unsafe {
            let (low, high) = (_mm_loadu_si128(halves[0].as_ptr().cast()), _mm_loadu_si128(halves[1].as_ptr().cast()));
            Two([_mm256_cvtph_ps(low), _mm256_cvtph_ps(high)])
        }
    }
    #[inline(always)]
    fn prefetch(self, from: *const u16) {
        // SAFETY: see the top of the file; an address without memory is no fault here.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }
}

impl Vector for Two {
    #[inline(always)]
    fn store(self, values: &mut Lanes) {
        let (halves, _) = values.as_chunks_mut::<{ LANES / 2 }>();
        // SAFETY: see the top of the file.
        unsafe {
            _mm256_storeu_ps(halves[0].as_mut_ptr(), self.0[0]);
            _mm256_storeu_ps(halves[1].as_mut_ptr(), self.0[1]);
        }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_add_ps(self.0[0], other.0[0]), _mm256_add_ps(self.0[1], other.0[1])]) }
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_sub_ps(self.0[0], other.0[0]), _mm256_sub_ps(self.0[1], other.0[1])]) }
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_mul_ps(self.0[0], other.0[0]), _mm256_mul_ps(self.0[1], other.0[1])]) }
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_div_ps(self.0[0], other.0[0]), _mm256_div_ps(self.0[1], other.0[1])]) }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_max_ps(self.0[0], other.0[0]), _mm256_max_ps(self.0[1], other.0[1])]) }
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_min_ps(self.0[0], other.0[0]), _mm256_min_ps(self.0[1], other.0[1])]) }
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        let (Self([a, b]), Self([by_a, by_b]), Self([to_a, to_b])) = (self, factor, sum);
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_fmadd_ps(a, by_a, to_a), _mm256_fmadd_ps(b, by_b, to_b)]) }
    }
    #[inline(always)]
    fn times_two_to(self, exponent: Self) -> Self {
        let mut scaled = self;
        for half in 0..2 {
            // SAFETY: see the top of the file.
            scaled.0[half] = unsafe {
                let bits = _mm256_slli_epi32::<23>(_mm256_castps_si256(exponent.0[half]));
                _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(self.0[half]), bits))
            };
        }
        scaled
    }
    #[inline(always)]
    fn store_rounded(self, steps: &mut [i8; LANES]) -> i32 {
        // SAFETY: see the top of the file.
        unsafe {
            let (low, high) = (_mm256_cvtps_epi32(self.0[0]), _mm256_cvtps_epi32(self.0[1]));
            let pairs = _mm256_add_epi32(low, high);
            let fours = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256::<1>(pairs));
            let twos = _mm_add_epi32(fours, _mm_shuffle_epi32::<0b00_00_11_10>(fours));
            let one = _mm_add_epi32(twos, _mm_shuffle_epi32::<0b00_00_00_01>(twos));
            // Packing works on the halves of registers one by one; the permutation puts the quarters back in order.
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(low, high));
            let bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(steps.as_mut_ptr().cast(), bytes);
            _mm_cvtsi128_si32(one)
        }
    }
}

impl Simd for Avx512 {
    type Vector = One;

    #[inline(always)]
    fn splat(self, value: f32) -> One {
        // SAFETY: see the top of the file.
        unsafe { One(_mm512_set1_ps(value)) }
    }
    #[inline(always)]
    fn load(self, values: &Lanes) -> One {
        // SAFETY: see the top of the file.
        unsafe { One(_mm512_loadu_ps(values.as_ptr())) }
    }
    #[inline(always)]
    fn load_f16(self, bits: &[u16; LANES]) -> One {
        // SAFETY: see the top of the file.
        unsafe { One(_mm512_cvtph_ps(_mm256_loadu_si256(bits.as_ptr().cast()))) }
    }
    #[inline(always)]
    fn prefetch(self, from: *const u16) {
        // SAFETY: see the top of the file; an address without memory is no fault here.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
    }
}

impl Vector for One {
    #[inline(always)]
    fn store(self, values: &mut Lanes) {
        // SAFETY: see the top of the file.
        unsafe { _mm512_storeu_ps(values.as_mut_ptr(), self.0) }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_add_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_sub_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_mul_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_div_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_max_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_min_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_fmadd_ps(self.0, factor.0, sum.0)) }
    }
    #[inline(always)]
    fn times_two_to(self, exponent: Self) -> Self {
        // SAFETY: see the top of the file.
        unsafe {
            let bits = _mm512_slli_epi32::<23>(_mm512_castps_si512(exponent.0));
            Self(_mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(self.0), bits)))
        }
    }
    #[inline(always)]
    fn store_rounded(self, steps: &mut [i8; LANES]) -> i32 {
        // SAFETY: see the top of the file.
        unsafe {
            let integers = _mm512_cvtps_epi32(self.0);
            _mm_storeu_si128(steps.as_mut_ptr().cast(), _mm512_cvtepi32_epi8(integers));
            _mm512_reduce_add_epi32(integers)
        }
    }
}
