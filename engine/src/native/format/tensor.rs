//! A vector or matrix of a model's files, 32 values at a time.

use half::f16;

use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::weight::{RowBlock, WeightKind};
use crate::tensor::{Steps, Tensor, TensorKind};

/// A vector or a matrix of a file.
pub struct SourceTensor<'a> {
    /// Rows of a matrix; 1 for a vector.
    pub rows: usize,
    /// Values of a row.
    pub columns: usize,
    tensor: Tensor<'a>,
    /// Bytes of a row.
    width: usize,
}

impl<'a> SourceTensor<'a> {
    /// The tensor called `name`.
    ///
    /// # Errors
    /// When it is neither a vector nor a matrix, or its bytes are not as many as its shape says.
    pub fn new(name: &str, tensor: Tensor<'a>) -> Result<Self, String> {
        let (rows, columns) = match tensor.dims.as_slice() {
            [columns] => (1, *columns),
            [rows, columns] => (*rows, *columns),
            dims => {
                return Err(format!(
                    "tensor `{name}` has {} dimensions; only vectors and matrices can be read",
                    dims.len()
                ));
            }
        };
        let width = tensor.kind.row_bytes(columns).filter(|width| width.checked_mul(rows) == Some(tensor.bytes.len()));
        let width = width.ok_or_else(|| format!("tensor `{name}` has not the bytes that its shape says"))?;
        Ok(Self { rows, columns, tensor, width })
    }
}

impl SourceTensor<'_> {
    /// The smallest kind of weight that holds every value as exactly as the file does.
    #[must_use]
    pub fn exact_kind(&self) -> WeightKind {
        match self.tensor.kind {
            // An adapter leaves no value where the file's own steps are.
            _ if self.tensor.delta.is_some() => WeightKind::F32,
            TensorKind::Q4_0 => WeightKind::Q4,
            TensorKind::Q4_1 | TensorKind::Q4_K => WeightKind::Q4Min,
            TensorKind::Q5_0 => WeightKind::Q5,
            TensorKind::Q8_0 | TensorKind::IQ4_NL | TensorKind::IQ4_XS => WeightKind::Q8,
            TensorKind::F16 => WeightKind::F16,
            // A brain float has more range than a 16-bit float; the others have more than one scale for 32 values.
            TensorKind::F32
            | TensorKind::BF16
            | TensorKind::Q5_1
            | TensorKind::Q2_K
            | TensorKind::Q3_K
            | TensorKind::Q5_K
            | TensorKind::Q6_K => WeightKind::F32,
        }
    }

    /// Whether the values are floats in the file.
    #[must_use]
    pub fn is_float(&self) -> bool {
        self.tensor.kind.is_float()
    }

    /// All values of a vector.
    #[must_use]
    pub fn vector(&self) -> Vec<f32> {
        (0..self.columns.div_ceil(BLOCK)).flat_map(|block| self.floats(0, block)).take(self.columns).collect()
    }

    /// 32 neighbouring values of a row; zeros beyond its end.
    #[must_use]
    pub fn floats(&self, row: usize, block: usize) -> [f32; BLOCK] {
        self.tensor.floats(self.width, row, block)
    }

    /// 32 neighbouring values of a row as steps and their scale, if that is how the file holds them and no
    /// adapter changes them.
    #[must_use]
    pub fn steps(&self, row: usize, block: usize) -> Option<RowBlock> {
        if self.tensor.delta.is_some() {
            return None;
        }
        let Steps { scale, minimum, values } = self.tensor.kind.steps(self.tensor.row(self.width, row), block)?;
        Some(RowBlock { scale: f16::from_f32(scale), minimum: f16::from_f32(minimum), values })
    }
}

/// A matrix of 32-bit floats, for tests of what is made of it.
#[cfg(test)]
pub fn of_floats(rows: usize, columns: usize, values: &[f32]) -> SourceTensor<'static> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let tensor = Tensor {
        dims: vec![rows, columns],
        kind: TensorKind::F32,
        bytes: bytes.into(),
        order: crate::tensor::RowOrder::Plain,
        delta: None,
    };
    SourceTensor::new("test", tensor).expect("as many values as the shape says")
}
