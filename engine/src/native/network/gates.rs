//! The activation of a feed-forward layer.

use super::activations::{Inputs, Product, is_quantized, room};
use crate::native::kernels::Machine;
use crate::native::kernels::isa::Isa;
use crate::native::kernels::layers::gate;
use crate::native::kernels::matmul::Operands;
use crate::native::kernels::operand::{BLOCK, Quantized, quantize};
use crate::native::kernels::weight::WeightKind;

/// Columns that are activated at a time, at most.
const GATE_WIDTH: usize = 16 * BLOCK;
/// Tokens that are activated at a time, where there are many: their values of one column are neighbours in memory.
const GATE_TOKENS: usize = 8;

/// Activates the gates and ups in `gate_up`; the operands, `columns` values a token, are those of weights of `kind`.
pub fn activate<'a>(
    machine: &mut Machine,
    gate_up: Product,
    columns: usize,
    kind: WeightKind,
    inputs: &'a mut Inputs,
) -> Operands<'a> {
    let (Product { tokens, values }, isa) = (gate_up, machine.isa);
    if !is_quantized(kind) {
        let input = room(&mut inputs.plain, tokens * columns).chunks_mut(columns);
        machine.pool.for_each(input.enumerate(), |(token, input)| {
            gate(isa, values, 0, columns, token, tokens, input);
        });
        return inputs.operands(kind, tokens, columns);
    }
    let out = room(&mut inputs.quantized, tokens * columns / BLOCK);
    // Some tokens at a time where there are many, else a part of the columns of one.
    if tokens >= 2 * GATE_TOKENS * machine.pool.threads() {
        let shares = out.chunks_mut(GATE_TOKENS * columns / BLOCK).enumerate();
        machine.pool.for_each(shares, |(index, out)| {
            gate_quantized::<GATE_TOKENS>(isa, values, columns, tokens, index * GATE_TOKENS * columns, out);
        });
    } else {
        let share = BLOCK * divisor(columns / BLOCK, GATE_WIDTH / BLOCK);
        machine.pool.for_each(out.chunks_mut(share / BLOCK).enumerate(), |(index, out)| {
            gate_quantized::<1>(isa, values, columns, tokens, index * share, out);
        });
    }
    inputs.operands(kind, tokens, columns)
}

/// Activates and rounds up to `T` tokens, or a part of the columns of one: the values from number `first` on, where tokens
/// of `columns` values stand one after the other.
fn gate_quantized<const T: usize>(
    isa: Isa,
    gate_up: &[f32],
    columns: usize,
    tokens: usize,
    first: usize,
    out: &mut [Quantized],
) {
    let row = out.len().min(columns / BLOCK);
    let width = BLOCK * divisor(row, GATE_WIDTH / BLOCK);
    let mut values = [[0f32; GATE_WIDTH]; T];
    let values = &mut values.as_flattened_mut()[..out.len() / row * width];
    for part in (0..row * BLOCK).step_by(width) {
        gate(isa, gate_up, first % columns + part, width, first / columns, tokens, values);
        for (values, out) in values.chunks(width).zip(out.chunks_mut(row)) {
            quantize(isa, values, &mut out[part / BLOCK..(part + width) / BLOCK]);
        }
    }
}

/// The greatest divisor of `number` up to `most`.
fn divisor(number: usize, most: usize) -> usize {
    (1..=most).rev().find(|divisor| number.is_multiple_of(*divisor)).unwrap_or(1)
}
