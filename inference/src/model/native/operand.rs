//! What a matrix is multiplied with: the activations of one token, 32 at a time.

use super::lanes::LANES;

/// Activations that share a scale, and weights that share one.
pub const BLOCK: usize = 32;

/// 32 activations in the form that a kind of weight wants them.
pub trait Operand: Copy + Default + Send + Sync {
    /// Packs 32 activations.
    fn pack(values: &[f32; BLOCK]) -> Self;
}

/// 32 activations rounded to 8 bits, for 4-bit and 8-bit weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C)]
pub struct Quantized {
    /// What one step stands for.
    pub scale: f32,
    /// -8 times the sum of the steps: the kernels multiply unsigned weights and take their bias away with it.
    pub offset: i32,
    /// Steps, -127 to 127.
    pub steps: [i8; BLOCK],
}

/// 32 activations as they are, for 16-bit and 32-bit weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plain(pub [f32; BLOCK]);

impl Operand for Quantized {
    #[inline(always)]
    fn pack(values: &[f32; BLOCK]) -> Self {
        let mut greatest = [0f32; LANES];
        for half in values.chunks_exact(LANES) {
            for lane in 0..LANES {
                greatest[lane] = greatest[lane].max(half[lane].abs());
            }
        }
        let greatest = greatest.iter().fold(0f32, |a, b| a.max(*b));
        if greatest == 0.0 {
            return Self::default();
        }
        let (scale, inverse) = (greatest / 127.0, 127.0 / greatest);
        let mut wide = [0i32; BLOCK];
        for (step, value) in wide.iter_mut().zip(values) {
            *step = round(value * inverse);
        }
        Self { scale, offset: -8 * wide.iter().sum::<i32>(), steps: wide.map(|step| step as i8) }
    }
}

/// The nearest integer, halves to even, of a number within +-2^22.
#[inline(always)]
fn round(value: f32) -> i32 {
    const ROUND: f32 = 12_582_912.0;
    (value + ROUND).to_bits().wrapping_sub(ROUND.to_bits()).cast_signed()
}

impl Operand for Plain {
    #[inline(always)]
    fn pack(values: &[f32; BLOCK]) -> Self {
        Self(*values)
    }
}

impl Default for Plain {
    fn default() -> Self {
        Self([0.0; BLOCK])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_to_the_nearest_and_halves_to_even() {
        for (value, expected) in [(0.4, 0), (0.5, 0), (1.5, 2), (-0.6, -1), (-2.5, -2), (126.99, 127), (-127.0, -127)] {
            assert_eq!(round(value), expected, "{value}");
        }
    }

    #[test]
    fn quantized_activations_are_within_half_a_step() {
        let values: [f32; BLOCK] = std::array::from_fn(|i| (i as f32 * 0.7).sin() * 3.0);
        let packed = Quantized::pack(&values);
        for (step, value) in packed.steps.iter().zip(values) {
            assert!((f32::from(*step) * packed.scale - value).abs() <= packed.scale * 0.501);
        }
        assert_eq!(packed.offset, -8 * packed.steps.iter().map(|step| i32::from(*step)).sum::<i32>());
    }

    #[test]
    fn nothing_stays_nothing() {
        assert_eq!(Quantized::pack(&[0.0; BLOCK]), Quantized::default());
    }
}
