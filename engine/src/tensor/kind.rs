//! The types of values, and how many bytes they take.

/// Values that are taken out at a time: a block, or an eighth of one.
pub const SUB: usize = 32;

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
}
