//! Tensors as they lie in weight files.

mod blocks;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use blocks::{SUB, Steps};

/// The tensors of all files by their Hugging Face names.
pub type Tensors<'a> = BTreeMap<String, Tensor<'a>>;

/// A tensor as it lies in a file.
#[derive(Clone, Debug)]
pub struct Tensor<'a> {
    /// Rows first.
    pub dims: Vec<usize>,
    pub kind: TensorKind,
    /// The values, row after row, little endian. As many as `dims` and `kind` say.
    pub bytes: Cow<'a, [u8]>,
    pub order: RowOrder,
}

/// In which order a file keeps the rows of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOrder {
    /// As everywhere.
    Plain,
    /// As GGUF files keep queries and keys of Llama: within each head of so many rows, the two that are rotated against
    /// each other side by side instead of half a head apart.
    Pairs(usize),
}

/// How a file holds the values of a tensor. The names are those of ggml.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(non_camel_case_types, reason = "the names of the format")]
pub enum TensorKind {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_NL,
    IQ4_XS,
}

impl TensorKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q8_0,
        Self::Q2_K,
        Self::Q3_K,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
        Self::IQ4_NL,
        Self::IQ4_XS,
    ];

    /// Whether every value stands in the file as a float of its own.
    #[must_use]
    pub fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F16 | Self::BF16)
    }

    /// Values that share a block.
    #[must_use]
    pub fn block_values(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 | Self::IQ4_NL => SUB,
            Self::Q2_K | Self::Q3_K | Self::Q4_K | Self::Q5_K | Self::Q6_K | Self::IQ4_XS => 8 * SUB,
        }
    }

    /// Bytes of a block.
    #[must_use]
    pub fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
            // One or two 16-bit floats, then 4, 5 or 8 bits a value.
            Self::Q4_0 | Self::IQ4_NL => 2 + 16,
            Self::Q4_1 => 4 + 16,
            Self::Q5_0 => 2 + 4 + 16,
            Self::Q5_1 => 4 + 4 + 16,
            Self::Q8_0 => 2 + 32,
            // The same, and the scales of the smaller blocks within.
            Self::Q2_K => 4 + 16 + 64,
            Self::Q3_K => 2 + 12 + 32 + 64,
            Self::Q4_K => 4 + 12 + 128,
            Self::Q5_K => 4 + 12 + 32 + 128,
            Self::Q6_K => 2 + 16 + 64 + 128,
            Self::IQ4_XS => 2 + 2 + 4 + 128,
        }
    }

    /// Bytes of a row of so many values; `None` when it is no whole number of blocks, or too long for this machine.
    #[must_use]
    pub fn row_bytes(self, columns: usize) -> Option<usize> {
        let blocks = columns.is_multiple_of(self.block_values()).then(|| columns / self.block_values())?;
        blocks.checked_mul(self.block_bytes())
    }

    /// The 32 values with number `index` of a row that begins at `row`; zeros beyond the end of a row of floats.
    #[must_use]
    pub fn floats(self, row: &[u8], index: usize) -> [f32; SUB] {
        blocks::floats(self, row, index)
    }

    /// The same as steps of one scale, where the file holds all 32 so.
    #[must_use]
    pub fn steps(self, row: &[u8], index: usize) -> Option<Steps> {
        blocks::steps(self, row, index)
    }
}

impl RowOrder {
    /// Where in the file the row number `row` stands.
    #[must_use]
    pub fn place(self, row: usize) -> usize {
        match self {
            Self::Plain => row,
            Self::Pairs(head) => {
                let (half, within) = (head / 2, row % head);
                row - within + 2 * (within % half) + within / half
            }
        }
    }
}

impl Tensor<'_> {
    /// All values in the order of their rows.
    ///
    /// # Errors
    /// When the tensor has more bytes or fewer than its shape says.
    pub fn values(&self) -> Result<Vec<f32>, String> {
        let columns = self.dims.last().copied().unwrap_or(1);
        let rows = self.dims.iter().rev().skip(1).try_fold(1usize, |rows, dim| rows.checked_mul(*dim));
        let fits = |(rows, width): &(usize, usize)| width.checked_mul(*rows) == Some(self.bytes.len());
        let (rows, width) = (rows.zip(self.kind.row_bytes(columns)).filter(fits))
            .ok_or_else(|| format!("{} bytes are not the shape {:?}", self.bytes.len(), self.dims))?;
        let row = |row| {
            let start = self.order.place(row) * width;
            let bytes = &self.bytes[start..start + width];
            (0..columns.div_ceil(SUB)).flat_map(|index| self.kind.floats(bytes, index)).take(columns)
        };
        Ok((0..rows).flat_map(row).collect())
    }
}

#[cfg(test)]
mod tests;
