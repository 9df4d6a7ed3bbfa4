//! How weights lie in memory: sixteen rows of a matrix, 32 columns at a time.
//!
//! ```text
//! matrix [rows, columns] = for each group of 16 rows: for each block of 32 columns: one block
//! block (4 bits)         = 16 scales (f16), then 4 x 64 bytes; byte 4*row + i of part j holds columns 4*j + i (low half)
//!                          and 16 + 4*j + i (high half), each plus 8
//! block (4 bits, min)    = 16 scales (f16), 16 minima (f16), then 4 x 64 bytes as above, but nothing added
//! block (5 bits)         = 16 scales (f16), then 4 x 64 bytes as those of 4 bits, then 64 bytes of fifth bits: bit j of byte
//!                          4*row + i belongs to column 4*j + i; each value plus 16
//! block (8 bits)         = 16 scales (f16), then 8 x 64 bytes; byte 4*row + i of part j holds column 4*j + i, plus 128
//! block (16, 32 bits)    = 32 columns of 16 values
//! matrix (8 bits, split) = a block of 4 bits for the upper halves of all its weights, then for each a block of the lower
//!                          halves: 4 x 64 bytes in the same order
//! ```
//! Four neighbouring columns of a row lie together because 8-bit dot products take four at a time; sixteen rows lie side by
//! side so that no sum ever crosses the lanes of a register.

use bytemuck::{Pod, Zeroable};
use half::f16;
use serde::{Deserialize, Serialize};

use super::lanes::LANES;
use super::operand::BLOCK;

/// Bytes of one column step of four, for sixteen rows.
pub const STEP: usize = 4 * LANES;

/// How the weights of one matrix are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WeightKind {
    /// 4 bits and a 16-bit scale for 32.
    Q4,
    /// 4 bits, a 16-bit scale and a 16-bit minimum for 32.
    Q4Min,
    /// 5 bits and a 16-bit scale for 32.
    Q5,
    /// 8 bits and a 16-bit scale for 32.
    Q8,
    /// As `Q8`, the upper halves of all weights before all lower halves, so that they can be read alone.
    Q8Split,
    /// 16-bit floats.
    F16,
    /// 32-bit floats.
    F32,
}

/// 16 x 32 weights of 4 bits; a weight is `(bits - 8) * scale`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct Q4Block {
    /// One 16-bit float a row.
    pub scales: [u16; LANES],
    /// See the module.
    pub parts: [[u8; STEP]; 4],
}

/// 16 x 32 weights of 4 bits; a weight is `bits * scale + minimum`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct Q4MinBlock {
    /// One 16-bit float a row.
    pub scales: [u16; LANES],
    /// One 16-bit float a row.
    pub minima: [u16; LANES],
    /// See the module.
    pub parts: [[u8; STEP]; 4],
}

/// 16 x 32 weights of 5 bits; a weight is `(bits - 16) * scale`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct Q5Block {
    /// One 16-bit float a row.
    pub scales: [u16; LANES],
    /// The lower four bits; see the module.
    pub parts: [[u8; STEP]; 4],
    /// The fifth bits; see the module.
    pub fifths: [u8; STEP],
}

/// 16 x 32 weights of 8 bits; a weight is `(byte - 128) * scale`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct Q8Block {
    /// One 16-bit float a row.
    pub scales: [u16; LANES],
    /// See the module.
    pub parts: [[u8; STEP]; 8],
}

/// The lower halves of 16 x 32 weights of 8 bits. Scales and upper halves are in a [`Q4Block`].
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct LowBlock {
    /// As in [`Q4Block`].
    pub parts: [[u8; STEP]; 4],
}

/// 16 x 32 weights as 16-bit floats.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct F16Block(pub [[u16; LANES]; BLOCK]);

/// 16 x 32 weights as 32-bit floats.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct F32Block(pub [[f32; LANES]; BLOCK]);

/// 32 neighbouring weights of one row, to be put into a block.
#[derive(Clone, Copy)]
pub struct RowBlock {
    /// What one step stands for; 1 for floats.
    pub scale: f16,
    /// What is added to each, in kinds that have it.
    pub minimum: f16,
    /// Steps, or the weights themselves.
    pub values: [f32; BLOCK],
}

/// A kind of block.
pub trait WeightBlock: Pod + Send + Sync {
    /// The kind of weight that such blocks hold.
    const KIND: WeightKind;

    /// Rounds 32 weights of a row to what this kind can hold.
    fn round(weights: &[f32; BLOCK]) -> RowBlock;

    /// Puts a row into its lane.
    fn set(&mut self, lane: usize, row: &RowBlock);

    /// The weights of one lane.
    fn get(&self, lane: usize) -> [f32; BLOCK];
}

impl WeightBlock for Q4Block {
    const KIND: WeightKind = WeightKind::Q4;

    fn round(weights: &[f32; BLOCK]) -> RowBlock {
        // The weight that is farthest from zero becomes exactly -8, the one step that has no positive counterpart.
        let farthest = weights.iter().fold(0f32, |a, b| if b.abs() > a.abs() { *b } else { a });
        let scale = f16::from_f32(farthest / -8.0);
        RowBlock { scale, minimum: f16::ZERO, values: steps(weights, scale, -8.0, 7.0) }
    }

    fn set(&mut self, lane: usize, row: &RowBlock) {
        self.scales[lane] = row.scale.to_bits();
        set_bits(&mut self.parts, lane, row.values.map(|step| (step as i32 + 8) as u8));
    }

    fn get(&self, lane: usize) -> [f32; BLOCK] {
        let scale = f16::from_bits(self.scales[lane]).to_f32();
        bits(&self.parts, lane).map(|bits| (f32::from(bits) - 8.0) * scale)
    }
}

impl WeightBlock for Q4MinBlock {
    const KIND: WeightKind = WeightKind::Q4Min;

    fn round(weights: &[f32; BLOCK]) -> RowBlock {
        let (least, most) = weights.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), w| (a.min(*w), b.max(*w)));
        let (scale, minimum) = (f16::from_f32((most - least) / 15.0), f16::from_f32(least));
        let above = weights.map(|weight| weight - minimum.to_f32());
        RowBlock { scale, minimum, values: steps(&above, scale, 0.0, 15.0) }
    }

    fn set(&mut self, lane: usize, row: &RowBlock) {
        (self.scales[lane], self.minima[lane]) = (row.scale.to_bits(), row.minimum.to_bits());
        set_bits(&mut self.parts, lane, row.values.map(|step| step as u8));
    }

    fn get(&self, lane: usize) -> [f32; BLOCK] {
        let [scale, minimum] = [self.scales[lane], self.minima[lane]].map(|bits| f16::from_bits(bits).to_f32());
        bits(&self.parts, lane).map(|bits| f32::from(bits).mul_add(scale, minimum))
    }
}

impl WeightBlock for Q5Block {
    const KIND: WeightKind = WeightKind::Q5;

    fn round(weights: &[f32; BLOCK]) -> RowBlock {
        // As in four bits: the weight that is farthest from zero becomes exactly -16.
        let farthest = weights.iter().fold(0f32, |a, b| if b.abs() > a.abs() { *b } else { a });
        let scale = f16::from_f32(farthest / -16.0);
        RowBlock { scale, minimum: f16::ZERO, values: steps(weights, scale, -16.0, 15.0) }
    }

    fn set(&mut self, lane: usize, row: &RowBlock) {
        self.scales[lane] = row.scale.to_bits();
        let steps = row.values.map(|step| (step as i32 + 16) as u8);
        set_bits(&mut self.parts, lane, steps.map(|step| step & 0x0f));
        for (column, step) in steps.into_iter().enumerate() {
            let (byte, bit) = (&mut self.fifths[4 * lane + column % 4], column / 4);
            *byte = *byte & !(1 << bit) | (step >> 4) << bit;
        }
    }

    fn get(&self, lane: usize) -> [f32; BLOCK] {
        let scale = f16::from_bits(self.scales[lane]).to_f32();
        let bits = bits(&self.parts, lane);
        std::array::from_fn(|column| {
            let fifth = self.fifths[4 * lane + column % 4] >> (column / 4) & 1;
            (f32::from(bits[column] | fifth << 4) - 16.0) * scale
        })
    }
}

/// Puts 32 steps of 4 bits into their lane.
fn set_bits(parts: &mut [[u8; STEP]; 4], lane: usize, steps: [u8; BLOCK]) {
    for (column, bits) in steps.into_iter().enumerate() {
        let (high, within) = (column / 16, column % 16);
        let byte = &mut parts[within / 4][4 * lane + within % 4];
        *byte = if high == 0 { *byte & 0xf0 | bits } else { *byte & 0x0f | bits << 4 };
    }
}

/// The 32 steps of 4 bits of a lane.
fn bits(parts: &[[u8; STEP]; 4], lane: usize) -> [u8; BLOCK] {
    std::array::from_fn(|column| {
        let byte = parts[column % 16 / 4][4 * lane + column % 4];
        if column < 16 { byte & 0x0f } else { byte >> 4 }
    })
}

impl WeightBlock for Q8Block {
    const KIND: WeightKind = WeightKind::Q8;

    fn round(weights: &[f32; BLOCK]) -> RowBlock {
        let greatest = weights.iter().fold(0f32, |a, b| a.max(b.abs()));
        let scale = f16::from_f32(greatest / 127.0);
        RowBlock { scale, minimum: f16::ZERO, values: steps(weights, scale, -127.0, 127.0) }
    }

    fn set(&mut self, lane: usize, row: &RowBlock) {
        self.scales[lane] = row.scale.to_bits();
        for (column, step) in row.values.iter().enumerate() {
            self.parts[column / 4][4 * lane + column % 4] = (*step as i32 + 128) as u8;
        }
    }

    fn get(&self, lane: usize) -> [f32; BLOCK] {
        let scale = f16::from_bits(self.scales[lane]).to_f32();
        std::array::from_fn(|column| (f32::from(self.parts[column / 4][4 * lane + column % 4]) - 128.0) * scale)
    }
}

impl Q8Block {
    /// Upper and lower halves.
    #[must_use]
    pub fn split(&self) -> (Q4Block, LowBlock) {
        let mut high = Q4Block { scales: self.scales, parts: [[0; STEP]; 4] };
        let mut low = LowBlock { parts: [[0; STEP]; 4] };
        for part in 0..4 {
            for byte in 0..STEP {
                let (first, second) = (self.parts[part][byte], self.parts[part + 4][byte]);
                high.parts[part][byte] = first >> 4 | second & 0xf0;
                low.parts[part][byte] = first & 0x0f | second << 4;
            }
        }
        (high, low)
    }

    /// The block that was split into these halves.
    #[must_use]
    pub fn join(high: &Q4Block, low: &LowBlock) -> Self {
        let mut whole = Self { scales: high.scales, parts: [[0; STEP]; 8] };
        for part in 0..4 {
            for byte in 0..STEP {
                let (high, low) = (high.parts[part][byte], low.parts[part][byte]);
                whole.parts[part][byte] = high << 4 | low & 0x0f;
                whole.parts[part + 4][byte] = high & 0xf0 | low >> 4;
            }
        }
        whole
    }
}

impl WeightBlock for F16Block {
    const KIND: WeightKind = WeightKind::F16;

    fn round(weights: &[f32; BLOCK]) -> RowBlock {
        RowBlock { scale: f16::ONE, minimum: f16::ZERO, values: *weights }
    }

    fn set(&mut self, lane: usize, row: &RowBlock) {
        for (column, value) in row.values.iter().enumerate() {
            self.0[column][lane] = f16::from_f32(*value).to_bits();
        }
    }

    fn get(&self, lane: usize) -> [f32; BLOCK] {
        std::array::from_fn(|column| f16::from_bits(self.0[column][lane]).to_f32())
    }
}

impl WeightBlock for F32Block {
    const KIND: WeightKind = WeightKind::F32;

    fn round(weights: &[f32; BLOCK]) -> RowBlock {
        RowBlock { scale: f16::ONE, minimum: f16::ZERO, values: *weights }
    }

    fn set(&mut self, lane: usize, row: &RowBlock) {
        for (column, value) in row.values.iter().enumerate() {
            self.0[column][lane] = *value;
        }
    }

    fn get(&self, lane: usize) -> [f32; BLOCK] {
        std::array::from_fn(|column| self.0[column][lane])
    }
}

fn steps(weights: &[f32; BLOCK], scale: f16, least: f32, most: f32) -> [f32; BLOCK] {
    let scale = scale.to_f32();
    if scale == 0.0 {
        return [0.0; BLOCK];
    }
    weights.map(|weight| (weight / scale).round_ties_even().clamp(least, most))
}

#[cfg(test)]
mod tests;
