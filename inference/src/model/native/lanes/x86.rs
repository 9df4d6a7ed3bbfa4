//! Vectors of x86-64.
#![expect(unsafe_code, reason = "instructions are called from code that is generic over them")]

// SAFETY of all blocks below: these vectors are only touched in functions that `for_each_isa` compiled for their
// instruction set, and those are only called on machines that have it (see `Vector` and `Isa`). Loads and stores go through
// references to arrays of exactly the bytes that they move, and need no alignment.

use std::arch::x86_64::{
    __m256, __m512, _mm_loadu_si128, _mm256_add_epi32, _mm256_add_ps, _mm256_castps_si256, _mm256_castsi256_ps,
    _mm256_cvtph_ps, _mm256_div_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_max_ps, _mm256_min_ps,
    _mm256_mul_ps, _mm256_set1_ps, _mm256_slli_epi32, _mm256_storeu_ps, _mm256_sub_ps, _mm512_add_epi32, _mm512_add_ps,
    _mm512_castps_si512, _mm512_castsi512_ps, _mm512_cvtph_ps, _mm512_div_ps, _mm512_fmadd_ps, _mm512_loadu_ps,
    _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps, _mm512_set1_ps, _mm512_slli_epi32, _mm512_storeu_ps, _mm512_sub_ps,
};

use super::{LANES, Lanes, Vector};

/// Two registers of AVX2.
#[derive(Clone, Copy)]
pub struct Avx2([__m256; 2]);

/// One register of AVX-512.
#[derive(Clone, Copy)]
pub struct Avx512(__m512);

impl Vector for Avx2 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_set1_ps(value); 2]) }
    }
    #[inline(always)]
    fn load(values: &Lanes) -> Self {
        let (halves, _) = values.as_chunks::<{ LANES / 2 }>();
        // SAFETY: see the top of the file.
        unsafe { Self([_mm256_loadu_ps(halves[0].as_ptr()), _mm256_loadu_ps(halves[1].as_ptr())]) }
    }
    #[inline(always)]
    fn load_f16(bits: &[u16; LANES]) -> Self {
        let (halves, _) = bits.as_chunks::<{ LANES / 2 }>();
        // SAFETY: see the top of the file.
        unsafe {
            let [low, high] = [&halves[0], &halves[1]].map(|half| _mm_loadu_si128(half.as_ptr().cast()));
            Self([_mm256_cvtph_ps(low), _mm256_cvtph_ps(high)])
        }
    }
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
        let half = |half: usize| {
            // SAFETY: see the top of the file.
            unsafe { _mm256_fmadd_ps(self.0[half], factor.0[half], sum.0[half]) }
        };
        Self([half(0), half(1)])
    }
    #[inline(always)]
    fn times_two_to(self, exponent: Self) -> Self {
        let half = |half: usize| {
            // SAFETY: see the top of the file.
            unsafe {
                let bits = _mm256_slli_epi32::<23>(_mm256_castps_si256(exponent.0[half]));
                _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(self.0[half]), bits))
            }
        };
        Self([half(0), half(1)])
    }
}

impl Vector for Avx512 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_set1_ps(value)) }
    }
    #[inline(always)]
    fn load(values: &Lanes) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_loadu_ps(values.as_ptr())) }
    }
    #[inline(always)]
    fn load_f16(bits: &[u16; LANES]) -> Self {
        // SAFETY: see the top of the file.
        unsafe { Self(_mm512_cvtph_ps(_mm256_loadu_si256(bits.as_ptr().cast()))) }
    }
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
}
