//! What the other kernels compute, in plain Rust: the fallback, and what they are tested against.

use crate::native::kernels::lanes::{LANES, from_f16};
use crate::native::kernels::operand::Quantized;
use crate::native::kernels::weight::{LowBlock, Q4Block, Q4MinBlock, Q5Block, Q8Block, STEP};

/// Multiplies one group of rows: `out` has 16 values for every token.
pub fn q4(weights: &[Q4Block], operands: &[Quantized], out: &mut [f32]) {
    multiply(weights, operands, out, |block, operand, lane| {
        let mut dot = operand.offset;
        for column in 0..16 {
            let byte = i32::from(block.parts[column / 4][4 * lane + column % 4]);
            dot += (byte & 0x0f) * i32::from(operand.steps[column]);
            dot += (byte >> 4) * i32::from(operand.steps[column + 16]);
        }
        (dot, block.scales[lane])
    });
}

/// As [`q4`], for weights with a minimum: it counts once for every step of the activations.
pub fn q4_min(weights: &[Q4MinBlock], operands: &[Quantized], out: &mut [f32]) {
    let (lanes, _) = out.as_chunks_mut::<LANES>();
    for (token, sums) in operands.chunks_exact(weights.len()).zip(lanes) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum = 0.0;
            for (block, operand) in weights.iter().zip(token) {
                let mut dot = 0;
                for column in 0..16 {
                    let byte = i32::from(block.parts[column / 4][4 * lane + column % 4]);
                    dot += (byte & 0x0f) * i32::from(operand.steps[column]);
                    dot += (byte >> 4) * i32::from(operand.steps[column + 16]);
                }
                *sum = (dot as f32).mul_add(from_f16(block.scales[lane]) * operand.scale, *sum);
                *sum = from_f16(block.minima[lane]).mul_add(operand.sum(), *sum);
            }
        }
    }
}

/// As [`q4`], for 5-bit weights.
pub fn q5(weights: &[Q5Block], operands: &[Quantized], out: &mut [f32]) {
    multiply(weights, operands, out, |block, operand, lane| {
        let mut dot = 2 * operand.offset;
        for (column, step) in operand.steps.iter().enumerate() {
            let byte = block.parts[column % 16 / 4][4 * lane + column % 4];
            let low = if column < 16 { byte & 0x0f } else { byte >> 4 };
            let fifth = block.fifths[4 * lane + column % 4] >> (column / 4) & 1;
            dot += i32::from(low | fifth << 4) * i32::from(*step);
        }
        (dot, block.scales[lane])
    });
}

/// As [`q4`], for 8-bit weights.
pub fn q8(weights: &[Q8Block], operands: &[Quantized], out: &mut [f32]) {
    multiply(weights, operands, out, |block, operand, lane| {
        let mut dot = 16 * operand.offset;
        for (column, step) in operand.steps.iter().enumerate() {
            dot += i32::from(block.parts[column / 4][4 * lane + column % 4]) * i32::from(*step);
        }
        (dot, block.scales[lane])
    });
}

/// As [`q8`], from halves.
pub fn q8_split(high: &[Q4Block], low: &[LowBlock], operands: &[Quantized], out: &mut [f32]) {
    let whole: Vec<Q8Block> = high.iter().zip(low).map(|(high, low)| Q8Block::join(high, low)).collect();
    q8(&whole, operands, out);
}

/// As [`q8`], from the upper halves alone.
pub fn q8_high(weights: &[Q4Block], operands: &[Quantized], out: &mut [f32]) {
    let middle = LowBlock { parts: [[0x88; STEP]; 4] };
    let whole: Vec<Q8Block> = weights.iter().map(|high| Q8Block::join(high, &middle)).collect();
    q8(&whole, operands, out);
}

fn multiply<B>(
    weights: &[B],
    operands: &[Quantized],
    out: &mut [f32],
    dot: impl Fn(&B, &Quantized, usize) -> (i32, u16),
) {
    let (lanes, _) = out.as_chunks_mut::<LANES>();
    for (token, sums) in operands.chunks_exact(weights.len()).zip(lanes) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum = 0.0;
            for (block, operand) in weights.iter().zip(token) {
                let (dot, scale) = dot(block, operand, lane);
                *sum = (dot as f32).mul_add(from_f16(scale) * operand.scale, *sum);
            }
        }
    }
}
