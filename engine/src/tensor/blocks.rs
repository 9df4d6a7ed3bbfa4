//! The block types of ggml: how each holds its values, written from the format's definition.

use half::{bf16, f16};

use super::kind::{SUB, TensorKind};

/// The 16 values that `IQ4_NL` and `IQ4_XS` choose from.
const CODEBOOK: [i8; 16] = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/// 32 values of which each is `step * scale + minimum`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    pub scale: f32,
    pub minimum: f32,
    /// Whole numbers: from 0 to 15 where there is a minimum, else from -128 to 127.
    pub values: [f32; SUB],
}

impl TensorKind {
    /// The 32 values with number `index` of a row that begins at `row`; zeros beyond the end of a row of floats.
    #[must_use]
    pub fn floats(self, row: &[u8], index: usize) -> [f32; SUB] {
        floats(self, row, index)
    }

    /// The same as steps, if the file has one scale for all 32.
    #[must_use]
    pub fn steps(self, row: &[u8], index: usize) -> Option<Steps> {
        steps(self, row, index)
    }
}

fn floats(kind: TensorKind, row: &[u8], index: usize) -> [f32; SUB] {
    if let Some(Steps { scale, minimum, values }) = steps(kind, row, index) {
        return values.map(|step| step * scale + minimum);
    }
    match kind {
        TensorKind::F32 => plain::<4>(row, index, f32::from_le_bytes),
        TensorKind::F16 => plain::<2>(row, index, |bytes| f16::from_le_bytes(bytes).to_f32()),
        TensorKind::BF16 => plain::<2>(row, index, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        TensorKind::Q5_1 => {
            let block = block(kind, row, index);
            let steps = five_bits(&block[4..]);
            steps.map(|step| step * float(block, 0) + float(block, 2))
        }
        TensorKind::Q2_K => q2_k(block(kind, row, index / 8), index % 8),
        TensorKind::Q3_K => q3_k(block(kind, row, index / 8), index % 8),
        TensorKind::Q5_K => q5_k(block(kind, row, index / 8), index % 8),
        TensorKind::Q6_K => q6_k(block(kind, row, index / 8), index % 8),
        _ => unreachable!("the others are steps"),
    }
}

fn steps(kind: TensorKind, row: &[u8], index: usize) -> Option<Steps> {
    let block = |index| block(kind, row, index);
    Some(match kind {
        TensorKind::Q4_0 => {
            let block = block(index);
            Steps { scale: float(block, 0), minimum: 0.0, values: nibbles(&block[2..], |bits| f32::from(bits) - 8.0) }
        }
        TensorKind::Q4_1 => {
            let block = block(index);
            Steps { scale: float(block, 0), minimum: float(block, 2), values: nibbles(&block[4..], f32::from) }
        }
        TensorKind::Q5_0 => {
            let block = block(index);
            let values = five_bits(&block[2..]).map(|step| step - 16.0);
            Steps { scale: float(block, 0), minimum: 0.0, values }
        }
        TensorKind::Q8_0 => {
            let block = block(index);
            let values = std::array::from_fn(|column| f32::from(block[2 + column].cast_signed()));
            Steps { scale: float(block, 0), minimum: 0.0, values }
        }
        TensorKind::IQ4_NL => {
            let block = block(index);
            Steps { scale: float(block, 0), minimum: 0.0, values: nibbles(&block[2..], chosen) }
        }
        TensorKind::IQ4_XS => {
            let (block, part) = (block(index / 8), index % 8);
            let low = block[4 + part / 2] >> (4 * (part % 2)) & 0x0f;
            let high = (u16::from_le_bytes([block[2], block[3]]) >> (2 * part) & 3) as u8;
            let scale = float(block, 0) * (f32::from(low | high << 4) - 32.0);
            Steps { scale, minimum: 0.0, values: nibbles(&block[8 + 16 * part..], chosen) }
        }
        TensorKind::Q4_K => {
            let (block, part) = (block(index / 8), index % 8);
            let (scale, minimum) = scale_and_minimum(block, part);
            let bytes = &block[16 + part / 2 * SUB..];
            let values = std::array::from_fn(|column| f32::from(bytes[column] >> (4 * (part % 2)) & 0x0f));
            Steps { scale, minimum, values }
        }
        _ => return None,
    })
}

/// The bytes of the block with number `index`.
fn block(kind: TensorKind, row: &[u8], index: usize) -> &[u8] {
    &row[index * kind.block_bytes()..(index + 1) * kind.block_bytes()]
}

/// The 16-bit float at byte `at`.
fn float(block: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([block[at], block[at + 1]]).to_f32()
}

fn plain<const WIDTH: usize>(row: &[u8], index: usize, read: impl Fn([u8; WIDTH]) -> f32) -> [f32; SUB] {
    let (values, _) = row.as_chunks::<WIDTH>();
    let values = values.get(index * SUB..).unwrap_or_default();
    std::array::from_fn(|column| values.get(column).map_or(0.0, |bytes| read(*bytes)))
}

/// The lower halves of 16 bytes, then the upper ones.
fn nibbles(bytes: &[u8], value: impl Fn(u8) -> f32) -> [f32; SUB] {
    std::array::from_fn(|column| value(if column < 16 { bytes[column] & 0x0f } else { bytes[column - 16] >> 4 }))
}

fn chosen(bits: u8) -> f32 {
    f32::from(CODEBOOK[usize::from(bits)])
}

/// 32 values of 5 bits: the fifth bits of all of them, then the others as in [`nibbles`].
fn five_bits(bytes: &[u8]) -> [f32; SUB] {
    let fifth = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let low = nibbles(&bytes[4..], f32::from);
    std::array::from_fn(|column| low[column] + 16.0 * (fifth >> column & 1) as f32)
}

/// Scale and minimum of an eighth of a block of `Q4_K` or `Q5_K`: 6 bits each, of which the later ones are spread.
fn scale_and_minimum(block: &[u8], part: usize) -> (f32, f32) {
    let bits = &block[4..16];
    let (scale, minimum) = if part < 4 {
        (bits[part] & 63, bits[part + 4] & 63)
    } else {
        (bits[part + 4] & 0x0f | bits[part - 4] >> 6 << 4, bits[part + 4] >> 4 | bits[part] >> 6 << 4)
    };
    (float(block, 0) * f32::from(scale), -float(block, 2) * f32::from(minimum))
}

/// 2 bits a value; 16 values share a scale and a minimum of 4 bits each.
fn q2_k(block: &[u8], part: usize) -> [f32; SUB] {
    let (scales, bits) = (&block[..16], &block[16 + part / 4 * SUB..]);
    let (scale, minimum) = (float(block, 80), float(block, 82));
    std::array::from_fn(|column| {
        let both = scales[2 * part + column / 16];
        let step = bits[column] >> (2 * (part % 4)) & 3;
        scale * f32::from(both & 0x0f) * f32::from(step) - minimum * f32::from(both >> 4)
    })
}

/// 3 bits a value, the third of all of them apart; 16 values share a scale of 6 bits.
fn q3_k(block: &[u8], part: usize) -> [f32; SUB] {
    let (thirds, bits, scales) = (&block[..32], &block[32 + part / 4 * SUB..], &block[96..108]);
    let scale = |group: usize| {
        let low = if group < 8 { scales[group] & 0x0f } else { scales[group - 8] >> 4 };
        let high = scales[8 + group % 4] >> (2 * (group / 4)) & 3;
        f32::from(low | high << 4) - 32.0
    };
    let scales = [scale(2 * part), scale(2 * part + 1)].map(|scale| scale * float(block, 108));
    std::array::from_fn(|column| {
        let step = f32::from(bits[column] >> (2 * (part % 4)) & 3);
        let below = if thirds[column] >> part & 1 == 1 { 0.0 } else { 4.0 };
        scales[column / 16] * (step - below)
    })
}

/// 5 bits a value, the fifth of all of them apart; otherwise as `Q4_K`.
fn q5_k(block: &[u8], part: usize) -> [f32; SUB] {
    let (scale, minimum) = scale_and_minimum(block, part);
    let (fifths, bits) = (&block[16..48], &block[48 + part / 2 * SUB..]);
    std::array::from_fn(|column| {
        let step = bits[column] >> (4 * (part % 2)) & 0x0f | (fifths[column] >> part & 1) << 4;
        scale * f32::from(step) + minimum
    })
}

/// 6 bits a value, the upper two apart; 16 values share a scale of 8 bits.
fn q6_k(block: &[u8], part: usize) -> [f32; SUB] {
    let (half, quarter) = (part / 4, part % 4);
    let low = &block[64 * half + quarter % 2 * SUB..];
    let high = &block[128 + 32 * half..];
    let scales = &block[192 + 8 * half + 2 * quarter..];
    let scale = float(block, 208);
    std::array::from_fn(|column| {
        let four = low[column] >> (4 * (quarter / 2)) & 0x0f;
        let two = high[column] >> (2 * quarter) & 3;
        scale * f32::from(scales[column / 16].cast_signed()) * (f32::from(four | two << 4) - 32.0)
    })
}
