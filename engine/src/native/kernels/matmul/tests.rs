use bytemuck::Zeroable;
use proptest::prelude::*;

use super::*;
use crate::native::kernels::operand::quantize;
use crate::native::kernels::weight::WeightBlock;

/// Numbers between -1 and 1 that look random.
fn noise(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }
}

fn blocks<B: WeightBlock>(count: usize, noise: &mut impl FnMut() -> f32) -> Vec<B> {
    let mut blocks = vec![B::zeroed(); count];
    for block in &mut blocks {
        for lane in 0..LANES {
            block.set(lane, &B::round(&std::array::from_fn(|_| noise())));
        }
    }
    blocks
}

fn plain(count: usize, noise: &mut impl FnMut() -> f32) -> Vec<[f32; BLOCK]> {
    (0..count).map(|_| std::array::from_fn(|_| noise() * 3.0)).collect()
}

fn quantized(count: usize, noise: &mut impl FnMut() -> f32) -> Vec<Quantized> {
    let mut blocks = vec![Quantized::default(); count];
    quantize(Isa::SCALAR, plain(count, noise).as_flattened(), &mut blocks);
    blocks
}

fn product(
    pool: &mut Pool,
    isa: Isa,
    weights: Weights,
    columns: usize,
    operands: Operands,
    tokens: usize,
    groups: usize,
) -> Vec<u32> {
    let mut out = vec![f32::NAN; groups * tokens * LANES];
    multiply(pool, isa, weights, columns, operands, &mut out, tokens);
    out.into_iter().map(f32::to_bits).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_kernel_gives_the_bits_of_the_scalar_one(seed: u64, groups in 1usize..6, blocks_a_row in prop_oneof![1usize..9, 30usize..40], tokens in 1usize..42, threads in 1usize..4) {
        let noise = &mut noise(seed);
        let count = groups * blocks_a_row;
        let (q4, q8) = (blocks::<Q4Block>(count, noise), blocks::<Q8Block>(count, noise));
        let (q4_min, q5) = (blocks::<Q4MinBlock>(count, noise), blocks::<Q5Block>(count, noise));
        let (high, low): (Vec<_>, Vec<_>) = q8.iter().map(Q8Block::split).unzip();
        let (f16, f32) = (blocks::<F16Block>(count, noise), blocks::<F32Block>(count, noise));
        let quantized = quantized(tokens * blocks_a_row, noise);
        let plain = plain(tokens * blocks_a_row, noise);
        let (mut one, mut several) = (Pool::new(1), Pool::new(threads));
        for (weights, operands) in [
            (Weights::Q4(&q4), Operands::Quantized(&quantized)),
            (Weights::Q4Min(&q4_min), Operands::Quantized(&quantized)),
            (Weights::Q5(&q5), Operands::Quantized(&quantized)),
            (Weights::Q8(&q8), Operands::Quantized(&quantized)),
            (Weights::Q8Split(&high, &low), Operands::Quantized(&quantized)),
            (Weights::Q8High(&high), Operands::Quantized(&quantized)),
            (Weights::F16(&f16), Operands::Plain(&plain)),
            (Weights::F32(&f32), Operands::Plain(&plain)),
        ] {
            let expected = product(&mut one, Isa::SCALAR, weights, blocks_a_row * BLOCK, operands, tokens, groups);
            for isa in Isa::available() {
                let found = product(&mut several, isa, weights, blocks_a_row * BLOCK, operands, tokens, groups);
                prop_assert_eq!(&found, &expected, "{} with {} threads", isa, threads);
            }
        }
    }
}

#[test]
fn weights_in_halves_give_the_bits_of_whole_ones() {
    let noise = &mut noise(11);
    let (weights, operands) = (blocks::<Q8Block>(2 * 3, noise), quantized(3 * 3, noise));
    let (high, low): (Vec<_>, Vec<_>) = weights.iter().map(Q8Block::split).unzip();
    let by = |weights| product(&mut Pool::new(1), Isa::detect(), weights, 96, Operands::Quantized(&operands), 3, 2);
    assert_eq!(by(Weights::Q8Split(&high, &low)), by(Weights::Q8(&weights)));
    for ((whole, high), low) in weights.iter().zip(&high).zip(&low) {
        assert_eq!(Q8Block::join(high, low).parts, whole.parts);
    }
}

#[test]
fn a_product_is_the_sum_of_its_parts() {
    let noise = &mut noise(7);
    let (q8, q4_min) = (blocks::<Q8Block>(3, noise), blocks::<Q4MinBlock>(3, noise));
    let q5 = blocks::<Q5Block>(3, noise);
    is_the_sum_of_its_parts(&q5, Weights::Q5(&q5), noise);
    is_the_sum_of_its_parts(&q8, Weights::Q8(&q8), noise);
    is_the_sum_of_its_parts(&q4_min, Weights::Q4Min(&q4_min), noise);
}

fn is_the_sum_of_its_parts(blocks: &[impl WeightBlock], weights: Weights, noise: &mut impl FnMut() -> f32) {
    let operands = quantized(3, noise);
    let mut out = vec![0f32; LANES];
    multiply(&mut Pool::new(1), Isa::SCALAR, weights, 96, Operands::Quantized(&operands), &mut out, 1);
    for (lane, found) in out.iter().enumerate() {
        let expected: f64 = blocks.iter().zip(&operands).fold(0.0, |sum, (block, operand)| {
            let products = block.get(lane).into_iter().zip(operand.steps);
            sum + products
                .map(|(weight, step)| f64::from(weight) * f64::from(step) * f64::from(operand.scale))
                .sum::<f64>()
        });
        assert!((f64::from(*found) - expected).abs() < 1e-4, "{found} is not {expected}");
    }
}

/// The first value of a product with one block a row.
fn first(isa: Isa, weights: Weights, operands: &[Quantized]) -> f32 {
    let (tokens, operands) = (operands.len(), Operands::Quantized(operands));
    f32::from_bits(product(&mut Pool::new(1), isa, weights, BLOCK, operands, tokens, 1)[0])
}

#[test]
fn the_largest_products_do_not_overflow() {
    let steps = Quantized { scale: 1.0, offset: -8 * 32 * 127, steps: [127; BLOCK] };
    for isa in Isa::available() {
        // One token, and as many as fill a tile.
        for tokens in [1, 16] {
            let operands = vec![steps; tokens];
            for byte in [0u8, 0xff] {
                let (mut q4, mut q8) = (Q4Block::zeroed(), Q8Block::zeroed());
                let q5 = Q5Block { scales: [0x3c00; LANES], parts: [[byte; 64]; 4], fifths: [byte; 64] };
                (q4.parts, q8.parts) = ([[byte; 64]; 4], [[byte; 64]; 8]);
                (q4.scales, q8.scales) = ([0x3c00; LANES], [0x3c00; LANES]);
                assert_eq!(
                    first(isa, Weights::Q4(&[q4]), &operands),
                    (f32::from(byte & 15) - 8.0) * 32.0 * 127.0,
                    "{isa}"
                );
                assert_eq!(
                    first(isa, Weights::Q5(&[q5]), &operands),
                    (f32::from(byte & 31) - 16.0) * 32.0 * 127.0,
                    "{isa}"
                );
                assert_eq!(
                    first(isa, Weights::Q8(&[q8]), &operands),
                    (f32::from(byte) - 128.0) * 32.0 * 127.0,
                    "{isa}"
                );
                assert_eq!(
                    first(isa, Weights::Q8High(&[q4]), &operands),
                    (f32::from(byte & 0xf0) - 120.0) * 32.0 * 127.0,
                    "{isa}"
                );
            }
        }
    }
}
