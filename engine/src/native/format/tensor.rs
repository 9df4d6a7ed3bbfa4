//! A vector or matrix of a model's files, block by block.

use std::borrow::Cow;

use half::{bf16, f16};

use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::weight::{RowBlock, WeightKind};
use crate::weights::{Tensor, TensorKind};

/// Bytes of 32 weights in the GGUF types: a 16-bit scale and the steps.
const Q4_0_BLOCK: usize = 2 + BLOCK / 2;
const Q8_0_BLOCK: usize = 2 + BLOCK;

/// A vector or a matrix of a file.
pub struct SourceTensor<'a> {
    /// Rows of a matrix; 1 for a vector.
    pub rows: usize,
    /// Values of a row.
    pub columns: usize,
    /// How the values are held.
    pub kind: TensorKind,
    /// The values, row after row, little endian.
    pub bytes: Cow<'a, [u8]>,
    /// Whether the file holds another type, which was widened to 32 bits for want of a reader.
    pub is_widened: bool,
}

/// Bytes of a float of `kind`.
fn float_bytes(kind: TensorKind) -> usize {
    if kind == TensorKind::F32 { 4 } else { 2 }
}

impl<'a> SourceTensor<'a> {
    /// The tensor called `name`.
    ///
    /// # Errors
    /// When it is neither a vector nor a matrix.
    pub fn new(name: &str, tensor: Tensor<'a>) -> Result<Self, String> {
        let Tensor { dims, kind, bytes, is_widened } = tensor;
        let (rows, columns) = match dims.as_slice() {
            [columns] => (1, *columns),
            [rows, columns] => (*rows, *columns),
            _ => {
                return Err(format!(
                    "tensor `{name}` has {} dimensions; only vectors and matrices can be read",
                    dims.len()
                ));
            }
        };
        Ok(Self { rows, columns, kind, bytes, is_widened })
    }
}

impl SourceTensor<'_> {
    /// The smallest kind of weight that holds every value exactly.
    #[must_use]
    pub fn exact_kind(&self) -> WeightKind {
        match self.kind {
            TensorKind::Q4_0 => WeightKind::Q4,
            TensorKind::Q8_0 => WeightKind::Q8,
            TensorKind::F16 => WeightKind::F16,
            // A brain float has more range than a 16-bit float.
            TensorKind::F32 | TensorKind::BF16 => WeightKind::F32,
        }
    }

    /// Whether the values are floats in the file.
    #[must_use]
    pub fn is_float(&self) -> bool {
        !self.is_widened && !matches!(self.kind, TensorKind::Q4_0 | TensorKind::Q8_0)
    }

    /// All values of a vector.
    #[must_use]
    pub fn vector(&self) -> Vec<f32> {
        (0..self.columns.div_ceil(BLOCK)).flat_map(|block| self.floats(0, block)).take(self.columns).collect()
    }

    /// 32 neighbouring values of a row; zeros beyond its end.
    #[must_use]
    pub fn floats(&self, row: usize, block: usize) -> [f32; BLOCK] {
        if let Some(RowBlock { scale, values }) = self.steps(row, block) {
            return values.map(|step| step * scale.to_f32());
        }
        let mut values = [0f32; BLOCK];
        let width = float_bytes(self.kind);
        let from = row * self.columns + block * BLOCK;
        let until = (from + BLOCK).min((row + 1) * self.columns);
        let bytes = self.bytes[from * width..until * width].chunks_exact(width);
        for (value, bytes) in values.iter_mut().zip(bytes) {
            *value = match (self.kind, bytes) {
                (TensorKind::F16, [a, b]) => f16::from_le_bytes([*a, *b]).to_f32(),
                (TensorKind::BF16, [a, b]) => bf16::from_le_bytes([*a, *b]).to_f32(),
                (_, [a, b, c, d]) => f32::from_le_bytes([*a, *b, *c, *d]),
                _ => unreachable!("chunks are as wide as a value"),
            };
        }
        values
    }

    /// 32 neighbouring values of a row as steps and their scale, if that is how the file holds them.
    #[must_use]
    pub fn steps(&self, row: usize, block: usize) -> Option<RowBlock> {
        let size = match self.kind {
            TensorKind::Q4_0 => Q4_0_BLOCK,
            TensorKind::Q8_0 => Q8_0_BLOCK,
            _ => return None,
        };
        let from = (row * (self.columns / BLOCK) + block) * size;
        let (scale, steps) = self.bytes[from..from + size].split_at(2);
        let scale = f16::from_le_bytes([scale[0], scale[1]]);
        let values = std::array::from_fn(|column| match self.kind {
            TensorKind::Q8_0 => f32::from(steps[column].cast_signed()),
            _ if column < BLOCK / 2 => f32::from(steps[column] & 0x0f) - 8.0,
            _ => f32::from(steps[column - BLOCK / 2] >> 4) - 8.0,
        });
        Some(RowBlock { scale, values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brain_floats_and_halves_are_widened_exactly() {
        for (kind, bytes) in [
            (TensorKind::F16, f16::from_f32(-1.5).to_le_bytes()),
            (TensorKind::BF16, bf16::from_f32(-1.5).to_le_bytes()),
        ] {
            let tensor = SourceTensor { rows: 1, columns: 1, kind, bytes: bytes.to_vec().into(), is_widened: false };
            assert_eq!(tensor.vector(), [-1.5]);
            assert_eq!(tensor.floats(0, 0)[1..], [0.0; 31], "beyond the row");
        }
    }

    #[test]
    fn gguf_blocks_are_read_as_their_format_says() {
        let mut bytes = f16::from_f32(0.5).to_le_bytes().to_vec();
        bytes.extend((0..16).map(|i| i | (15 - i) << 4));
        let tensor =
            SourceTensor { rows: 1, columns: 32, kind: TensorKind::Q4_0, bytes: bytes.into(), is_widened: false };
        assert_eq!(tensor.floats(0, 0)[..3], [-4.0, -3.5, -3.0]);
        assert_eq!(tensor.floats(0, 0)[16..19], [3.5, 3.0, 2.5]);
    }
}
