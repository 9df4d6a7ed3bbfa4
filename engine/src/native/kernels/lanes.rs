//! Arithmetic on sixteen numbers at a time, with the same bits by every instruction set.
//!
//! Only operations that IEEE 754 rounds exactly are used (`+ - * /`, fused multiply-add), always in the same order.

#[cfg(target_arch = "x86_64")]
mod x86;

use super::isa::Scalar;

/// Numbers that are computed side by side: one AVX-512 register, or two of AVX2.
pub const LANES: usize = 16;

/// Sixteen numbers in memory; also the vector of [`Scalar`].
pub type Lanes = [f32; LANES];

/// An instruction set, which makes vectors.
///
/// A value is proof that this machine has the instructions, and a vector comes from a value: so all of this is safe to
/// call. It is fast only where it is inlined into a function that is compiled for the instruction set, as `for_each_isa`
/// makes them.
pub trait Simd: Copy {
    /// Sixteen numbers in registers.
    type Vector: Vector;

    /// The same number in all lanes.
    fn splat(self, value: f32) -> Self::Vector;
    /// Reads sixteen numbers.
    fn load(self, values: &Lanes) -> Self::Vector;
    /// Reads sixteen finite 16-bit floats.
    fn load_f16(self, bits: &[u16; LANES]) -> Self::Vector;
    /// Asks memory for the cache line at `from`, wherever that is: nothing comes of an address without memory.
    fn prefetch(self, from: *const u16);
}

/// Sixteen numbers in registers.
pub trait Vector: Copy {
    /// `self + other`.
    fn add(self, other: Self) -> Self;
    /// `self - other`.
    fn sub(self, other: Self) -> Self;
    /// `self * other`.
    fn mul(self, other: Self) -> Self;
    /// `self / other`.
    fn div(self, other: Self) -> Self;
    /// `self * factor + sum` with one rounding.
    fn mul_add(self, factor: Self, sum: Self) -> Self;
    /// The greater; `other` when they are equal.
    fn max(self, other: Self) -> Self;
    /// The smaller; `other` when they are equal.
    fn min(self, other: Self) -> Self;
    /// Multiplies by the power of two whose exponent stands in the low bits of `exponent`.
    fn times_two_to(self, exponent: Self) -> Self;
    /// Writes sixteen numbers.
    fn store(self, values: &mut Lanes);
    /// Writes the nearest integers, halves to even, of numbers from -127 to 127; returns their sum.
    fn store_rounded(self, steps: &mut [i8; LANES]) -> i32;
}

impl Simd for Scalar {
    type Vector = Lanes;

    #[inline(always)]
    fn splat(self, value: f32) -> Lanes {
        [value; LANES]
    }
    #[inline(always)]
    fn load(self, values: &Lanes) -> Lanes {
        *values
    }
    #[inline(always)]
    fn load_f16(self, bits: &[u16; LANES]) -> Lanes {
        bits.map(from_f16)
    }
    #[inline(always)]
    fn prefetch(self, _from: *const u16) {}
}

impl Vector for Lanes {
    #[inline(always)]
    fn store(self, values: &mut Lanes) {
        *values = self;
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] + other[lane])
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] - other[lane])
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] * other[lane])
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        std::array::from_fn(|lane| self[lane] / other[lane])
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        std::array::from_fn(|lane| self[lane].mul_add(factor[lane], sum[lane]))
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        std::array::from_fn(|lane| if self[lane] > other[lane] { self[lane] } else { other[lane] })
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        std::array::from_fn(|lane| if self[lane] < other[lane] { self[lane] } else { other[lane] })
    }
    #[inline(always)]
    fn times_two_to(self, exponent: Self) -> Self {
        std::array::from_fn(|lane| f32::from_bits(self[lane].to_bits().wrapping_add(exponent[lane].to_bits() << 23)))
    }
    #[inline(always)]
    fn store_rounded(self, steps: &mut [i8; LANES]) -> i32 {
        *steps = self.map(|value| value.round_ties_even() as i8);
        steps.iter().map(|step| i32::from(*step)).sum()
    }
}

/// The sixteen numbers of a vector.
#[inline(always)]
pub fn lanes<V: Vector>(vector: V) -> Lanes {
    let mut values = [0.0; LANES];
    vector.store(&mut values);
    values
}

/// Sum of all lanes, always paired the same way.
#[inline(always)]
#[must_use]
pub fn sum(values: Lanes) -> f32 {
    let mut sums = values;
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
        width /= 2;
    }
    sums[0]
}

/// The greatest of all lanes, none of which is NaN.
#[inline(always)]
#[must_use]
pub fn largest(values: Lanes) -> f32 {
    let mut most = values;
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            most[lane] = if most[lane] > most[lane + width] { most[lane] } else { most[lane + width] };
        }
        width /= 2;
    }
    most[0]
}

/// `e^x` with a relative error below 2e-7, for x from -87 to 88; values beyond are clamped to these bounds.
///
/// Cody-Waite reduction to |r| <= ln 2 / 2 and the Taylor polynomial of degree 7.
#[inline(always)]
pub fn exp<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    /// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, and leaves it in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.max(simd.splat(-87.0)).min(simd.splat(88.0));
    let shifted = x.mul_add(simd.splat(std::f32::consts::LOG2_E), simd.splat(ROUND));
    let exponent = shifted.sub(simd.splat(ROUND));
    let r = exponent.mul_add(simd.splat(-LN2_LOW), exponent.mul_add(simd.splat(-LN2_HIGH), x));
    let mut power = simd.splat(1.0 / 5_040.0);
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        power = r.mul_add(power, simd.splat(coefficient));
    }
    power.times_two_to(shifted)
}

/// `x * sigmoid(x)`, the activation of Qwen2's feed-forward layers.
#[inline(always)]
pub fn silu<S: Simd>(simd: S, x: S::Vector) -> S::Vector {
    let one = simd.splat(1.0);
    x.div(one.add(exp(simd, simd.splat(0.0).sub(x))))
}

/// The number that a finite 16-bit float stands for.
#[inline(always)]
#[must_use]
pub fn from_f16(bits: u16) -> f32 {
    /// 2^112, the difference between the two exponent biases.
    const BIAS: f32 = f32::from_bits((127 + 112) << 23);
    let magnitude = f32::from_bits(u32::from(bits & 0x7fff) << 13) * BIAS;
    f32::from_bits(magnitude.to_bits() | u32::from(bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests;
