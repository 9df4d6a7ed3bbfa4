//! Arithmetic on sixteen numbers at a time, written so that every instruction set computes the same bits.
//!
//! Only operations that IEEE 754 rounds exactly are used (`+ - * /`, square root, fused multiply-add), always in the same
//! order.

/// Numbers that are computed side by side: one AVX-512 register, or two of AVX2.
pub const LANES: usize = 16;

/// Sixteen numbers.
pub type Lanes = [f32; LANES];

/// `a * b + c` with one rounding.
#[inline(always)]
pub fn multiply_add(a: Lanes, b: f32, c: Lanes) -> Lanes {
    let mut sum = c;
    for lane in 0..LANES {
        sum[lane] = a[lane].mul_add(b, c[lane]);
    }
    sum
}

/// Sum of all lanes, always paired the same way.
#[inline(always)]
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

/// `e^x` with a relative error below 2e-7, for x from -87 to 88; what is beyond is taken for these bounds.
///
/// Cody-Waite reduction to |r| <= ln 2 / 2 and the Taylor polynomial of degree 7.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, and leaves it in the low bits of the sum.
    const ROUND: f32 = 12_582_912.0;
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let exponent = shifted - ROUND;
    let r = exponent.mul_add(-LN2_LOW, exponent.mul_add(-LN2_HIGH, x));
    let mut power = 1.0 / 5_040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        power = r.mul_add(power, coefficient);
    }
    // Adds to the exponent bits: multiplies by a power of two.
    f32::from_bits(power.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// `x * sigmoid(x)`, the activation of Qwen2's feed-forward layers.
#[inline(always)]
pub fn silu(x: f32) -> f32 {
    x / (1.0 + exp(-x))
}

/// The number that a 16-bit float stands for. Infinities and NaN, which no weight and no cache holds, become large numbers.
#[inline(always)]
pub fn from_f16(bits: u16) -> f32 {
    /// 2^112, the difference between the two exponent biases.
    const BIAS: f32 = f32::from_bits((127 + 112) << 23);
    let magnitude = f32::from_bits(u32::from(bits & 0x7fff) << 13) * BIAS;
    f32::from_bits(magnitude.to_bits() | u32::from(bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests;
