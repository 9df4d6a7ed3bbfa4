//! Tensors as they lie in weight files.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The tensors of all files by their Hugging Face names.
pub type Tensors<'a> = BTreeMap<String, Tensor<'a>>;

/// A tensor as it lies in a file.
pub struct Tensor<'a> {
    pub dims: Vec<usize>,
    pub kind: TensorKind,
    /// The values, row after row, little endian.
    pub bytes: Cow<'a, [u8]>,
    /// Whether the file holds another type, which was widened to 32 bits for want of a reader.
    pub is_widened: bool,
}

/// How a file holds the values of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorKind {
    F32,
    F16,
    BF16,
    /// GGUF's 4-bit blocks with one scale for 32 values.
    Q4_0,
    /// GGUF's 8-bit blocks with one scale for 32 values.
    Q8_0,
}
