//! What a quantised matrix is multiplied with: activations rounded to 8 bits, 32 at a time.

use super::dispatch::for_each_isa;
use super::lanes::{LANES, Simd, Vector as _, lanes, largest};

/// Activations that share a scale, and weights that share one.
pub const BLOCK: usize = 32;

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

impl Quantized {
    /// The sum of what the steps stand for.
    #[inline]
    #[must_use]
    pub fn sum(&self) -> f32 {
        // The offset is a multiple of -8, and so small that floats hold it exactly.
        self.offset as f32 * -0.125 * self.scale
    }

    /// Rounds 32 activations.
    #[inline(always)]
    fn pack<S: Simd>(simd: S, values: &[f32; BLOCK]) -> Self {
        let (halves, _) = values.as_chunks::<LANES>();
        let (first, second) = (simd.load(&halves[0]), simd.load(&halves[1]));
        let zero = simd.splat(0.0);
        let greatest = largest(lanes(first.max(zero.sub(first)).max(second.max(zero.sub(second)))));
        if greatest == 0.0 {
            return Self::default();
        }
        let (scale, inverse) = (greatest / 127.0, simd.splat(127.0 / greatest));
        let mut steps = [0i8; BLOCK];
        let (halves, _) = steps.as_chunks_mut::<LANES>();
        let sum = first.mul(inverse).store_rounded(&mut halves[0]) + second.mul(inverse).store_rounded(&mut halves[1]);
        Self { scale, offset: -8 * sum, steps }
    }
}

for_each_isa! {
    /// Rounds activations, 32 to a block.
    pub fn quantize<S>(simd; values: &[f32], blocks: &mut [Quantized]) {
        for (values, block) in values.as_chunks::<BLOCK>().0.iter().zip(blocks) {
            *block = Quantized::pack(simd, values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::kernels::isa::Isa;

    fn pack(values: &[f32; BLOCK]) -> Quantized {
        let mut block = [Quantized::default()];
        quantize(Isa::SCALAR, values, &mut block);
        block[0]
    }

    #[test]
    fn rounding_goes_to_the_nearest_and_halves_to_even() {
        let mut values = [0.0; BLOCK];
        values[..7].copy_from_slice(&[127.0, 0.5, 1.5, -0.6, -2.5, 126.99, -127.0]);
        assert_eq!(pack(&values).steps[..7], [127, 0, 2, -1, -2, 127, -127]);
    }

    #[test]
    fn every_instruction_set_gives_the_same_blocks() {
        let values: Vec<f32> = (0..BLOCK * 5).map(|i| (i as f32 * 0.7).sin() * (i / 20) as f32).collect();
        let by = |isa| {
            let mut blocks = [Quantized::default(); 5];
            quantize(isa, &values, &mut blocks);
            blocks
        };
        for isa in Isa::available() {
            assert_eq!(by(isa), by(Isa::SCALAR), "{isa}");
        }
    }

    #[test]
    fn quantized_activations_are_within_half_a_step() {
        let values: [f32; BLOCK] = std::array::from_fn(|i| (i as f32 * 0.7).sin() * 3.0);
        let packed = pack(&values);
        for (step, value) in packed.steps.iter().zip(values) {
            assert!((f32::from(*step) * packed.scale - value).abs() <= packed.scale * 0.501);
        }
        assert_eq!(packed.offset, -8 * packed.steps.iter().map(|step| i32::from(*step)).sum::<i32>());
    }

    #[test]
    fn nothing_stays_nothing() {
        assert_eq!(pack(&[0.0; BLOCK]), Quantized::default());
    }
}
