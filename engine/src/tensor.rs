//! Tensors as they lie in weight files.

mod blocks;
mod delta;
mod kind;

use std::borrow::Cow;
use std::collections::BTreeMap;

pub use blocks::Steps;
pub use delta::Delta;
pub use kind::{SUB, TensorKind};

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
    /// What an adapter adds.
    pub delta: Option<Delta>,
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
    /// The bytes of a row of so many bytes.
    #[must_use]
    pub fn row(&self, width: usize, row: usize) -> &[u8] {
        let place = self.order.place(row);
        &self.bytes[place * width..(place + 1) * width]
    }

    /// The 32 values with number `index` of a row of so many bytes, with what an adapter adds.
    #[must_use]
    pub fn floats(&self, width: usize, row: usize, index: usize) -> [f32; SUB] {
        let mut values = self.kind.floats(self.row(width, row), index);
        if let Some(delta) = &self.delta {
            delta.add(row, index, &mut values);
        }
        values
    }

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
        let row = |row| (0..columns.div_ceil(SUB)).flat_map(move |index| self.floats(width, row, index)).take(columns);
        Ok((0..rows).flat_map(row).collect())
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "what is read has the same bits")]
mod tests;
