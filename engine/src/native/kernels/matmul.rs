//! Multiplies weights with activations: where nearly all of the time goes.
//!
//! ```text
//! matrix [rows, columns], operands [tokens][columns / 32]  ──▶  out [rows / 16][tokens][16]
//! ```
//! Every value of `out` is one sum over the columns in ascending order, whatever the number of tokens, the instruction set
//! or the number of threads: that is why a completion is the same alone and among others.

#[cfg(target_arch = "x86_64")]
mod amx;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod dense;
mod scalar;
mod tiles;
#[cfg(target_arch = "x86_64")]
mod vnni;

use std::ops::Range;

use super::isa::{Isa, Kind};
use super::lanes::LANES;
use super::operand::{BLOCK, Quantized};
use super::pool::{Pool, shares};
use super::weight::{F16Block, F32Block, LowBlock, Q4Block, Q4MinBlock, Q5Block, Q8Block};

/// Activations of a panel: with their scales about 400 kB, less than half of a common second level cache.
const PANEL: usize = 320 << 10;
/// As [`PANEL`], for machines that multiply tiles.
const PANEL_OF_TILES: usize = 1 << 20;
/// Tokens that the kernels like to take at a time.
const TOKENS: usize = 16;

/// The blocks of a matrix: all blocks of the first sixteen rows, then those of the next.
#[derive(Clone, Copy)]
pub enum Weights<'a> {
    /// 4 bits.
    Q4(&'a [Q4Block]),
    /// 4 bits with a minimum.
    Q4Min(&'a [Q4MinBlock]),
    /// 5 bits.
    Q5(&'a [Q5Block]),
    /// 8 bits.
    Q8(&'a [Q8Block]),
    /// 8 bits, as upper and lower halves.
    Q8Split(&'a [Q4Block], &'a [LowBlock]),
    /// The upper halves of 8 bits, each taken for the middle of the sixteen weights that begin with it.
    Q8High(&'a [Q4Block]),
    /// 16-bit floats.
    F16(&'a [F16Block]),
    /// 32-bit floats.
    F32(&'a [F32Block]),
}

/// The activations of some tokens, one token after the other.
#[derive(Clone, Copy)]
pub enum Operands<'a> {
    /// For 4-bit and 8-bit weights.
    Quantized(&'a [Quantized]),
    /// For floats.
    Plain(&'a [[f32; BLOCK]]),
}

/// Multiplies a matrix of `columns` (a multiple of 32) with the activations of `tokens` tokens.
///
/// # Panics
/// When the sizes do not fit, or the operands are not of the kind that the weights want. These are bugs.
pub fn multiply(
    pool: &mut Pool,
    isa: Isa,
    weights: Weights,
    columns: usize,
    operands: Operands,
    out: &mut [f32],
    tokens: usize,
) {
    let blocks = columns / BLOCK;
    let group = tokens * LANES;
    let shares = shares(pool.threads(), out.len() / group, group * columns);
    let mut rest = out;
    let parts: Vec<_> = shares.iter().filter_map(|share| rest.split_off_mut(..share.len() * group)).collect();
    let panel = panel(isa, columns);
    pool.for_each(shares.into_iter().zip(parts), |(share, out)| {
        for first in (0..tokens).step_by(panel) {
            let panel = first..tokens.min(first + panel);
            for (row_group, out) in share.clone().zip(out.chunks_exact_mut(group)) {
                let rows = row_group * blocks..(row_group + 1) * blocks;
                let out = &mut out[panel.start * LANES..panel.end * LANES];
                multiply_group(isa, weights, rows, operands, panel.start * blocks..panel.end * blocks, out);
            }
        }
    });
}

/// As many tokens of so many columns as stay in the second level cache while the rows of a share pass by.
pub fn panel(isa: Isa, columns: usize) -> usize {
    let activations = if isa.has_tiles() { PANEL_OF_TILES } else { PANEL };
    (activations / columns).next_multiple_of(TOKENS)
}

/// Multiplies sixteen rows (the blocks `rows`) with some tokens (the operands `panel`).
pub fn multiply_group(
    isa: Isa,
    weights: Weights,
    rows: Range<usize>,
    operands: Operands,
    panel: Range<usize>,
    out: &mut [f32],
) {
    match (weights, operands) {
        (Weights::Q4(weights), Operands::Quantized(operands)) => q4(isa, &weights[rows], &operands[panel], out),
        (Weights::Q4Min(weights), Operands::Quantized(operands)) => {
            q4_min(isa, &weights[rows], &operands[panel], out);
        }
        (Weights::Q5(weights), Operands::Quantized(operands)) => q5(isa, &weights[rows], &operands[panel], out),
        (Weights::Q8(weights), Operands::Quantized(operands)) => q8(isa, &weights[rows], &operands[panel], out),
        (Weights::Q8Split(high, low), Operands::Quantized(operands)) => {
            q8_split(isa, &high[rows.clone()], &low[rows], &operands[panel], out);
        }
        (Weights::Q8High(high), Operands::Quantized(operands)) => q8_high(isa, &high[rows], &operands[panel], out),
        (Weights::F16(weights), Operands::Plain(operands)) => dense::f16(isa, &weights[rows], &operands[panel], out),
        (Weights::F32(weights), Operands::Plain(operands)) => dense::f32(isa, &weights[rows], &operands[panel], out),
        _ => unreachable!("operands are packed for the kind of weights"),
    }
}

/// Calls the kernel of an instruction set; on machines with AMX that of a module.
macro_rules! by_isa {
    ($amx:ident, $name:ident($($argument:ident: $type:ty),+)) => {
        #[expect(unsafe_code, reason = "calls functions with target features")]
        fn $name(isa: Isa, $($argument: $type,)+ operands: &[Quantized], out: &mut [f32]) {
            match isa.kind() {
                Kind::Scalar => scalar::$name($($argument,)+ operands, out),
                // SAFETY: the value is proof that this machine has these instructions.
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2(_) => unsafe { avx2::$name($($argument,)+ operands, out) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                Kind::Avx512(_) => unsafe { vnni::$name($($argument,)+ operands, out) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                Kind::Amx(_) => unsafe { $amx::$name($($argument,)+ operands, out) },
            }
        }
    };
}

by_isa!(amx, q4(weights: &[Q4Block]));
by_isa!(amx, q4_min(weights: &[Q4MinBlock]));
by_isa!(amx, q5(weights: &[Q5Block]));
by_isa!(amx, q8(weights: &[Q8Block]));
by_isa!(vnni, q8_split(high: &[Q4Block], low: &[LowBlock]));
by_isa!(amx, q8_high(weights: &[Q4Block]));

#[cfg(test)]
mod tests;
