//! Kernels for AMX: one instruction multiplies the 32 columns of a block, for sixteen rows, with those of sixteen tokens.
//!
//! ```text
//! tile 0  sums of a block  [tokens][16 rows], 32-bit integers
//! tile 1  activations      [tokens][32 columns], as they lie in their operands
//! tile 2  weights          [8][16 rows][4 columns], in the order of their blocks, but with their signs
//! ```
//! The integers are those of the kernels in [`vnni`], and what they stand for is added in the same way and order: so the
//! bits are the same. Tokens that fill less than half a tile are left to those kernels.
#![expect(unsafe_code, reason = "tiles are loaded and stored by instructions that have no functions")]

use std::arch::asm;
use std::arch::x86_64::{
    __m512, __m512i, _MM_HINT_T0, _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_fmadd_ps, _mm512_loadu_ps,
    _mm512_loadu_si512, _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_ps, _mm512_setzero_ps, _mm512_slli_epi16,
    _mm512_storeu_ps, _mm512_storeu_si512, _mm512_sub_epi8,
};
use std::mem::{MaybeUninit, offset_of};

use super::vnni::{self, ask_for, fives, halves, load, load_half, prefetch};
use crate::native::kernels::lanes::{LANES, Lanes};
use crate::native::kernels::operand::{BLOCK, Quantized};
use crate::native::kernels::weight::{Q4Block, Q4MinBlock, Q5Block, Q8Block, STEP};

/// Tokens of a tile.
const TILE: usize = 16;
/// Tokens of half a tile.
const HALF: usize = TILE / 2;
/// Blocks that are taken apart at a time: 20 kB, which stay in the first level cache.
const CHUNK: usize = 32;

/// Blocks between the one that is taken apart and the one that is fetched into the first level cache.
const NEXT: usize = 8;

/// A block that was taken apart.
#[repr(C, align(64))]
struct Apart {
    /// Weights with their signs, as tile 2 takes them.
    steps: [[i8; STEP]; 8],
    scales: Lanes,
    /// Zeros in kinds that have none.
    minima: Lanes,
}

/// Makes the kernel of a kind of block. The expression gives its weights with their signs; some kinds have minima.
macro_rules! kernel {
    (@minima $block:ident, true) => { Some(&$block.minima) };
    (@minima $block:ident, false) => { None };
    ($(#[$doc:meta])* $name:ident, $kind:ty, $minima:tt, |$block:ident| $steps:expr) => {
        $(#[$doc])*
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
        #[expect(clippy::large_stack_arrays, reason = "20 kB that stay in the first level cache")]
        pub fn $name(weights: &[$kind], operands: &[Quantized], out: &mut [f32]) {
            let row = weights.len();
            let tokens = operands.len() / row;
            let whole = if tokens % TILE < HALF { tokens - tokens % TILE } else { tokens };
            let ((operands, few), (out, out_few)) = (operands.split_at(whole * row), out.split_at_mut(whole * LANES));
            let mut apart = [const { MaybeUninit::uninit() }; CHUNK];
            for (index, weights) in weights.chunks(CHUNK).enumerate().take_while(|_| whole > 0) {
                for ($block, apart) in weights.iter().zip(&mut apart) {
                    ask_for::<_, _MM_HINT_T0>($block, NEXT);
                    take_apart(apart, &$steps, &$block.scales, kernel!(@minima $block, $minima));
                }
                // SAFETY: so many blocks have just been written.
                let apart = unsafe { apart[..weights.len()].assume_init_ref() };
                multiply::<$minima, _>(weights, apart, &operands[index * CHUNK..], row, index > 0, out);
            }
            vnni::$name(weights, few, out_few);
        }
    };
}

kernel!(
    /// Multiplies one group of rows: `out` has 16 values for every token.
    q4, Q4Block, false, |block| less(halves(&block.parts), 8)
);
kernel!(
    /// As [`q4`], for the upper halves of 8-bit weights, each taken for the middle of sixteen.
    q8_high, Q4Block, false, |block| less(sixteenfold(halves(&block.parts)), 120)
);
kernel!(
    /// As [`q4`], for weights with a minimum.
    q4_min, Q4MinBlock, true, |block| halves(&block.parts)
);
kernel!(
    /// As [`q4`], for 5-bit weights.
    q5, Q5Block, false, |block| less(fives(block), 16)
);
kernel!(
    /// As [`q4`], for 8-bit weights.
    q8, Q8Block, false, |block| less(bytes(&block.parts), -128)
);

/// Takes `bias` from every byte.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn less(mut steps: [__m512i; 8], bias: i8) -> [__m512i; 8] {
    for step in &mut steps {
        *step = _mm512_sub_epi8(*step, _mm512_set1_epi8(bias));
    }
    steps
}

/// Sixteen times every byte, of numbers below 16.
#[target_feature(enable = "avx512f,avx512bw")]
#[inline]
fn sixteenfold(mut steps: [__m512i; 8]) -> [__m512i; 8] {
    for step in &mut steps {
        *step = _mm512_slli_epi16::<4>(*step);
    }
    steps
}

#[target_feature(enable = "avx512f")]
#[inline]
fn bytes(parts: &[[u8; STEP]; 8]) -> [__m512i; 8] {
    let mut steps = [_mm512_set1_epi8(0); 8];
    for (step, part) in steps.iter_mut().zip(parts) {
        *step = load(part);
    }
    steps
}

#[target_feature(enable = "avx512f,f16c")]
#[inline]
fn take_apart(
    apart: &mut MaybeUninit<Apart>,
    steps: &[__m512i; 8],
    scales: &[u16; LANES],
    minima: Option<&[u16; LANES]>,
) {
    let apart = apart.as_mut_ptr();
    let minima = minima.map_or(_mm512_setzero_ps(), |minima| _mm512_cvtph_ps(load_half(minima)));
    // SAFETY: the pointer is that of a reference, and all of what it points to is written, each part whole.
    unsafe {
        for (place, step) in steps.iter().enumerate() {
            _mm512_storeu_si512((&raw mut (*apart).steps[place]).cast(), *step);
        }
        _mm512_storeu_ps((&raw mut (*apart).scales).cast(), _mm512_cvtph_ps(load_half(scales)));
        _mm512_storeu_ps((&raw mut (*apart).minima).cast(), minima);
    }
}

/// Multiplies some blocks of a group of rows, and adds to what is in `out` if it goes `on`. `operands` begin with the first of
/// these blocks; `row` of them lie between two tokens.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
fn multiply<const MINIMA: bool, B>(
    blocks: &[B],
    weights: &[Apart],
    operands: &[Quantized],
    row: usize,
    on: bool,
    out: &mut [f32],
) {
    let mut dots = Dots([[0; LANES]; TILE]);
    for (index, out) in out.chunks_mut(TILE * LANES).enumerate() {
        let (operands, tokens) = (&operands[index * TILE * row..], out.len() / LANES);
        if index == 0 || tokens < TILE {
            // SAFETY: kernels of this module are called on such machines only; see `Amx`.
            unsafe { configure(tokens) };
        }
        // Memory is asked for what comes while the first tile is multiplied.
        let blocks = if index == 0 { blocks } else { &[] };
        if tokens == HALF {
            tile::<MINIMA, false, B>(blocks, weights, operands, row, on, &mut dots, out);
        } else {
            tile::<MINIMA, true, B>(blocks, weights, operands, row, on, &mut dots, out);
        }
    }
}

/// Multiplies with the operands of half a tile of tokens, or of `MORE`; see [`multiply`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
#[inline]
fn tile<const MINIMA: bool, const MORE: bool, B>(
    blocks: &[B],
    weights: &[Apart],
    operands: &[Quantized],
    row: usize,
    on: bool,
    dots: &mut Dots,
    out: &mut [f32],
) {
    let tokens = out.len() / LANES;
    let operands = &operands[..(tokens - 1) * row + weights.len()];
    // The first and the last tokens; of a tile that is not full, some are both.
    // There are two arrays because the compiler keeps one of sixteen sums in memory.
    let behind = tokens - HALF;
    let (mut first, mut last) = (begin(out, on), begin(&out[behind * LANES..], on));
    for (index, block) in weights.iter().enumerate() {
        if let Some(block) = blocks.get(index) {
            prefetch(block);
        }
        // SAFETY: `multiply` configured the tiles for so many tokens.
        unsafe { dots.compute(block, &operands[index..], row, tokens) };
        add::<MINIMA>(&mut first, block, &dots.0, &operands[index..], row);
        if MORE {
            add::<MINIMA>(&mut last, block, &dots.0[behind..], &operands[behind * row + index..], row);
        }
    }
    end(&first, out);
    if MORE {
        end(&last, &mut out[behind * LANES..]);
    }
}

/// Adds what the `dots` of a block stand for to the sums of half a tile of tokens.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,f16c")]
#[inline]
fn add<const MINIMA: bool>(
    sums: &mut [__m512; HALF],
    block: &Apart,
    dots: &[[i32; LANES]],
    operands: &[Quantized],
    row: usize,
) {
    assert!(dots.len() >= HALF && operands.len() > (HALF - 1) * row, "every token has an operand");
    // SAFETY: the arrays have the 16 values that are read.
    let (scales, minima) = unsafe { (_mm512_loadu_ps(block.scales.as_ptr()), _mm512_loadu_ps(block.minima.as_ptr())) };
    for token in 0..HALF {
        let operand = &operands[token * row];
        // SAFETY: the array has the 64 bytes that are read.
        let dot = unsafe { _mm512_loadu_si512(dots[token].as_ptr().cast()) };
        let scale = _mm512_mul_ps(scales, _mm512_set1_ps(operand.scale));
        sums[token] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dot), scale, sums[token]);
        if MINIMA {
            sums[token] = _mm512_fmadd_ps(minima, _mm512_set1_ps(operand.sum()), sums[token]);
        }
    }
}

/// The sums of half a tile of tokens, if it goes `on`, or zeros.
#[target_feature(enable = "avx512f")]
#[inline]
fn begin(out: &[f32], on: bool) -> [__m512; HALF] {
    let mut sums = [_mm512_setzero_ps(); HALF];
    if on {
        for (sum, out) in sums.iter_mut().zip(out.as_chunks::<LANES>().0) {
            // SAFETY: the array has the 16 values that are read; the load needs no alignment.
            *sum = unsafe { _mm512_loadu_ps(out.as_ptr()) };
        }
    }
    sums
}

#[target_feature(enable = "avx512f")]
#[inline]
fn end(sums: &[__m512; HALF], out: &mut [f32]) {
    for (sum, out) in sums.iter().zip(out.as_chunks_mut::<LANES>().0) {
        // SAFETY: the array has room for the 16 values that are written; the store needs no alignment.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), *sum) };
    }
}

/// What tile 0 holds: 16 rows of every token.
#[repr(C, align(64))]
struct Dots([[i32; LANES]; TILE]);

impl Dots {
    /// Multiplies a block with the first of every `row` operands, of so many `tokens`.
    ///
    /// # Safety
    /// The processor has AMX, and the tiles of this thread were configured for so many tokens.
    #[inline(always)]
    unsafe fn compute(&mut self, block: &Apart, operands: &[Quantized], row: usize, tokens: usize) {
        assert!(operands.len() > (tokens - 1) * row, "every token has an operand");
        // SAFETY: kernels are called on machines with these instructions, and the tiles have the shapes that `configure` gave
        // them for so many tokens: so 512 bytes of the block and 32 of every token's operand are read, and 64 of every token's
        // sums are written, all of which are there. No other code uses tiles.
        unsafe {
            asm!(
                "tilezero tmm0",
                "tileloadd tmm1, [{tokens} + {between}]",
                "tileloadd tmm2, [{weights} + {line}]",
                "tdpbssd tmm0, tmm1, tmm2",
                "tilestored [{sums} + {line}], tmm0",
                tokens = in(reg) operands.as_ptr().cast::<u8>().add(offset_of!(Quantized, steps)),
                between = in(reg) row * size_of::<Quantized>(),
                weights = in(reg) block.steps.as_ptr(),
                sums = in(reg) self.0.as_mut_ptr(),
                line = in(reg) STEP,
                out("tmm0") _,
                out("tmm1") _,
                out("tmm2") _,
                options(nostack, preserves_flags),
            );
        }
    }
}

/// Gives the tiles of this thread their shapes, for so many `tokens`.
///
/// # Safety
/// The processor has AMX, and the operating system lets this process use it.
#[inline(always)]
unsafe fn configure(tokens: usize) {
    /// The operand of `ldtilecfg` (Intel SDM, volume 1, chapter 18): palette 1, then the bytes a row and the rows of each tile.
    #[repr(C, align(64))]
    struct Shapes {
        palette: [u8; 16],
        row_bytes: [u16; 16],
        rows: [u8; 16],
    }
    let mut shapes = Shapes { palette: [0; 16], row_bytes: [0; 16], rows: [0; 16] };
    shapes.palette[0] = 1;
    shapes.row_bytes[..3].copy_from_slice(&[STEP as u16, BLOCK as u16, STEP as u16]);
    shapes.rows[..3].copy_from_slice(&[tokens as u8, tokens as u8, 8]);
    // SAFETY: as in `Dots::compute`; the operand has the 64 bytes that are read, and they are a valid configuration.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const shapes, options(nostack, readonly, preserves_flags)) }
}
