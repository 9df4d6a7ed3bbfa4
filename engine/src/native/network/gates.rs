//! The first half of a feed-forward layer: gates and ups, which are activated as soon as they are computed.

use super::activations::{Inputs, is_quantized, room};
use crate::native::format::store::Matrix;
use crate::native::kernels::Machine;
use crate::native::kernels::isa::Isa;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::layers::gate;
use crate::native::kernels::matmul::{Operands, multiply_group, panel};
use crate::native::kernels::operand::{BLOCK, quantize};
use crate::native::kernels::pool::shares;
use crate::native::kernels::weight::WeightKind;

/// Multiplies `gate_up` (the rows of all gates, then those of all ups) with the operands of `tokens` tokens and activates.
/// What comes out is written to `inputs` as the operands of weights of `kind`.
pub fn activate<'a>(
    machine: &mut Machine,
    gate_up: &Matrix,
    operands: Operands,
    tokens: usize,
    kind: WeightKind,
    inputs: &'a mut Inputs,
) -> Operands<'a> {
    let columns = gate_up.rows / 2;
    if is_quantized(kind) {
        let out = room(&mut inputs.quantized, tokens * columns / BLOCK);
        compute(machine, gate_up, operands, tokens, out, quantize);
    } else {
        let (out, _) = room(&mut inputs.plain, tokens * columns).as_chunks_mut::<BLOCK>();
        compute(machine, gate_up, operands, tokens, out, |_, values, out| out.copy_from_slice(values.as_chunks().0));
    }
    inputs.operands(kind, tokens, columns)
}

/// Fills `out`, `[token][columns / 32]`, with what `pack` makes of 32 columns at a time of some tokens.
fn compute<T: Copy + Default + Send>(
    machine: &mut Machine,
    gate_up: &Matrix,
    operands: Operands,
    tokens: usize,
    out: &mut [T],
    pack: impl Fn(Isa, &[f32], &mut [T]) + Sync,
) {
    let (isa, weights, row) = (machine.isa, gate_up.weights(), gate_up.columns / BLOCK);
    let blocks = out.len() / tokens;
    let shares = shares(machine.pool.threads(), blocks, 2 * BLOCK * gate_up.columns * tokens);
    let mut parts: Vec<Vec<&mut [T]>> = shares.iter().map(|_| Vec::with_capacity(tokens)).collect();
    for mut token in out.chunks_mut(blocks) {
        for (share, parts) in shares.iter().zip(&mut parts) {
            parts.extend(token.split_off_mut(..share.len()));
        }
    }
    let panel = panel(isa, gate_up.columns).min(tokens);
    machine.pool.for_each(shares.into_iter().zip(parts), |(share, mut parts)| {
        let (mut sums, mut values) = (vec![0f32; 2 * BLOCK * panel], vec![0f32; BLOCK * panel]);
        let mut packed = vec![T::default(); panel];
        for (index, parts) in parts.chunks_mut(panel).enumerate() {
            let tokens = index * panel * row..(index * panel + parts.len()) * row;
            let sums = &mut sums[..2 * BLOCK * parts.len()];
            let (values, packed) = (&mut values[..BLOCK * parts.len()], &mut packed[..parts.len()]);
            for (place, block) in share.clone().enumerate() {
                // Two groups of sixteen gates, and the ups that belong to them.
                let groups = [2 * block, 2 * block + 1, 2 * (blocks + block), 2 * (blocks + block) + 1];
                for (group, sums) in groups.into_iter().zip(sums.chunks_mut(LANES * parts.len())) {
                    multiply_group(isa, weights, group * row..(group + 1) * row, operands, tokens.clone(), sums);
                }
                gate(isa, sums, parts.len(), values);
                pack(isa, values, packed);
                for (part, packed) in parts.iter_mut().zip(&*packed) {
                    part[place] = *packed;
                }
            }
        }
    });
}
