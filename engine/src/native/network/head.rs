//! The output layer. Of a large vocabulary, one half of the weights is enough for nearly all tokens.
//!
//! It is the largest matrix of a small model by far, and of all the tokens that it weighs few are likely. So its 8-bit
//! weights are read in two steps: the upper halves of all of them tell each logit to about a sixteenth of what logits vary
//! by, then the likeliest rows are multiplied again with all 8 bits. What is likely comes out bit for bit as if everything
//! had been read. What is not keeps its estimate, as near as 4-bit weights come: a high temperature that draws from
//! thousands of tokens draws the last of them with nearly, not exactly, the probability that all bits would give.

use crate::native::format::store::Matrix;
use crate::native::kernels::Machine;
use crate::native::kernels::lanes::{LANES, largest};
use crate::native::kernels::matmul::{Operands, Weights, multiply_group};
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::pool::shares;

/// Groups of sixteen rows that are multiplied with all bits: those of the likeliest tokens, of which there are at least as
/// many.
const EXACT_GROUPS: usize = 128;
/// Groups that one thread takes at a time.
const SHARE: usize = 8;

/// Multiplies `head` with the operands of `tokens` tokens into `logits`, one token after the other.
pub fn logits(machine: &mut Machine, head: &Matrix, operands: Operands, tokens: usize, logits: &mut [f32]) {
    let Weights::Q8Split(high, _) = head.weights() else {
        multiply(machine, head, head.weights(), operands, tokens, logits);
        return;
    };
    let greatest = multiply(machine, head, Weights::Q8High(high), operands, tokens, logits);
    multiply_likeliest(machine, head, operands, &greatest, logits);
}

/// Multiplies `weights`, the shape of which is that of `head`, and returns the greatest logit of every sixteen rows,
/// `[token][rows / 16]`.
fn multiply(
    machine: &mut Machine,
    head: &Matrix,
    weights: Weights,
    operands: Operands,
    tokens: usize,
    logits: &mut [f32],
) -> Vec<Vec<f32>> {
    let (isa, blocks, vocabulary) = (machine.isa, head.columns / BLOCK, logits.len() / tokens);
    let groups = vocabulary.div_ceil(LANES);
    let mut greatest = vec![vec![0f32; groups]; tokens];
    let shares = shares(machine.pool.threads(), groups, LANES * head.columns * tokens);
    let mut parts: Vec<Vec<_>> = shares.iter().map(|_| Vec::with_capacity(tokens)).collect();
    for (mut logits, greatest) in logits.chunks_mut(vocabulary).zip(&mut greatest) {
        let mut greatest = &mut greatest[..];
        for (share, parts) in shares.iter().zip(&mut parts) {
            let count = logits.len().min(share.len() * LANES);
            parts.extend(logits.split_off_mut(..count).zip(greatest.split_off_mut(..share.len())));
        }
    }
    machine.pool.for_each(shares.into_iter().zip(parts), |(share, mut parts)| {
        let mut sums = vec![[0f32; LANES]; tokens];
        for (place, group) in share.enumerate() {
            let rows = group * blocks..(group + 1) * blocks;
            multiply_group(isa, weights, rows, operands, 0..tokens * blocks, sums.as_flattened_mut());
            for ((logits, greatest), sums) in parts.iter_mut().zip(&sums) {
                let logits = &mut logits[place * LANES..];
                let count = logits.len().min(LANES);
                logits[..count].copy_from_slice(&sums[..count]);
                greatest[place] = largest(*sums);
            }
        }
    });
    greatest
}

/// Multiplies the likeliest groups of every token with all bits. `greatest` is what [`multiply`] returned.
fn multiply_likeliest(
    machine: &mut Machine,
    head: &Matrix,
    operands: Operands,
    greatest: &[Vec<f32>],
    logits: &mut [f32],
) {
    let (isa, blocks, tokens) = (machine.isa, head.columns / BLOCK, greatest.len());
    let mut places = vec![Vec::new(); tokens];
    machine.pool.for_each(places.iter_mut().zip(greatest).enumerate(), |(token, (places, greatest))| {
        *places = likeliest(greatest).into_iter().map(|group| (group, token)).collect();
    });
    let mut places = places.concat();
    // In the order of memory, so that tokens with likely rows in common read them once.
    places.sort_unstable();
    let mut exact = vec![[0f32; LANES]; places.len()];
    machine.pool.for_each(places.chunks(SHARE).zip(exact.chunks_mut(SHARE)), |(places, exact)| {
        for ((group, token), exact) in places.iter().zip(exact) {
            let rows = group * blocks..(group + 1) * blocks;
            multiply_group(isa, head.weights(), rows, operands, token * blocks..(token + 1) * blocks, exact);
        }
    });
    let vocabulary = logits.len() / tokens;
    for ((group, token), exact) in places.into_iter().zip(exact) {
        let logits = &mut logits[token * vocabulary..(token + 1) * vocabulary][group * LANES..];
        let count = logits.len().min(LANES);
        logits[..count].copy_from_slice(&exact[..count]);
    }
}

/// The likeliest groups of a token by the `greatest` logit of each.
fn likeliest(greatest: &[f32]) -> Vec<usize> {
    let mut groups: Vec<usize> = (0..greatest.len()).collect();
    if groups.len() > EXACT_GROUPS {
        // Of equally likely ones the first: the choice must not depend on how it is made.
        groups.select_nth_unstable_by(EXACT_GROUPS, |a, b| greatest[*b].total_cmp(&greatest[*a]).then(a.cmp(b)));
        groups.truncate(EXACT_GROUPS);
    }
    groups
}

#[cfg(test)]
mod tests;
