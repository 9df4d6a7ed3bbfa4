//! The output layer. Of a large vocabulary, one half of the weights is enough for nearly all tokens.
//!
//! It is the largest matrix of a small model by far, and of all the tokens that it weighs few are likely. So its 8-bit
//! weights are read in two steps: the upper halves of all of them tell each logit to about a sixteenth of what logits vary
//! by, then the likeliest rows are multiplied again with all 8 bits. What is likely comes out bit for bit as if everything
//! had been read. What is not keeps its estimate, as near as 4-bit weights come: a high temperature that draws from
//! thousands of tokens draws the last of them with nearly, not exactly, the probability that all bits would give.

use super::activations::room;
use crate::native::format::store::Matrix;
use crate::native::kernels::Machine;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::matmul::{Operands, Weights, multiply, multiply_group};
use crate::native::kernels::operand::{BLOCK, Quantized};
use crate::native::kernels::weight::WeightKind;

/// Groups of sixteen rows that are multiplied with all bits: those of the likeliest tokens, of which there are at least as
/// many.
const EXACT_GROUPS: usize = 128;
/// Groups that one thread takes at a time.
const SHARE: usize = 8;
/// Logits that one thread copies at a time.
const COPIED: usize = 1 << 14;

/// Multiplies `head` with the operands of `tokens` tokens, by way of `buffer`, into `logits`, one token after the other.
pub fn logits(
    machine: &mut Machine,
    head: &Matrix,
    operands: Operands,
    tokens: usize,
    buffer: &mut Vec<f32>,
    logits: &mut [f32],
) {
    let product = room(buffer, head.rows * tokens);
    match (head.kind, operands) {
        (WeightKind::Q8Split, Operands::Quantized(operands)) => {
            multiply_likeliest(machine, head, operands, product, tokens);
        }
        _ => multiply(&mut machine.pool, machine.isa, head.weights(), head.columns, operands, product, tokens),
    }
    let product = &*product;
    for (token, out) in logits.chunks_mut(logits.len() / tokens).enumerate() {
        machine.pool.for_each(out.chunks_mut(COPIED).enumerate(), |(index, out)| {
            for (offset, out) in out.chunks_mut(LANES).enumerate() {
                let from = ((index * COPIED / LANES + offset) * tokens + token) * LANES;
                out.copy_from_slice(&product[from..from + out.len()]);
            }
        });
    }
}

/// Multiplies `head`, split into halves, with the `operands` of `tokens` tokens; `out` is `[rows / 16][tokens][16]`.
fn multiply_likeliest(machine: &mut Machine, head: &Matrix, operands: &[Quantized], out: &mut [f32], tokens: usize) {
    let (isa, pool) = (machine.isa, &mut machine.pool);
    let Weights::Q8Split(high, _) = head.weights() else { unreachable!("the caller has looked") };
    multiply(pool, isa, Weights::Q8High(high), head.columns, Operands::Quantized(operands), out, tokens);

    let mut places = vec![Vec::new(); tokens];
    let estimates = &*out;
    pool.for_each(places.iter_mut().enumerate(), |(token, places)| *places = likeliest(estimates, token, tokens));
    let mut places = places.concat();
    // In the order of memory, so that tokens with likely rows in common read them once.
    places.sort_unstable();
    let mut exact = vec![[0f32; LANES]; places.len()];
    let blocks = head.columns / BLOCK;
    pool.for_each(places.chunks(SHARE).zip(exact.chunks_mut(SHARE)), |(places, exact)| {
        for (place, exact) in places.iter().zip(exact) {
            let (group, token) = (place / tokens, place % tokens);
            let rows = group * blocks..(group + 1) * blocks;
            let panel = token * blocks..(token + 1) * blocks;
            multiply_group(isa, head.weights(), rows, Operands::Quantized(operands), panel, exact);
        }
    });
    let (out, _) = out.as_chunks_mut::<LANES>();
    for (place, exact) in places.into_iter().zip(exact) {
        out[place] = exact;
    }
}

/// Where in `estimates`, sixteen values a place, the likeliest groups of `token` are.
fn likeliest(estimates: &[f32], token: usize, tokens: usize) -> Vec<usize> {
    let (estimates, _) = estimates.as_chunks::<LANES>();
    let places = (token..estimates.len()).step_by(tokens);
    let mut groups: Vec<(f32, usize)> = places.map(|place| (greatest(&estimates[place]), place)).collect();
    if groups.len() > EXACT_GROUPS {
        // Of equally likely ones the first: the choice must not depend on how it is made.
        groups.select_nth_unstable_by(EXACT_GROUPS, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        groups.truncate(EXACT_GROUPS);
    }
    groups.into_iter().map(|(_, place)| place).collect()
}

fn greatest(values: &[f32; LANES]) -> f32 {
    values.iter().fold(f32::NEG_INFINITY, |a, b| if *b > a { *b } else { a })
}

#[cfg(test)]
mod tests;
