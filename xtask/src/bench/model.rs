//! What the contestants compute.

use std::path::PathBuf;

use super::prepared::Prepared;

/// What is computed: random weights in the shape of Qwen2.5-0.5B with so many bits, or a model that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// Blocks of 32 with a scale, the head with 8 bits: `Q4_0`.
    Four,
    /// The same with 4 bits in the head too.
    FourHead,
    /// `Q4_K_M`, as llama.cpp's quantiser makes it for this shape.
    FourK,
    /// Blocks of 32 with a scale: `Q8_0`.
    Eight,
    /// Floats.
    ThirtyTwo,
    /// SmolLM2-135M-Instruct as it is published: `Q4_1`.
    SmolLm2,
}

impl Model {
    /// The folder that it lies in.
    pub fn folder(self, prepared: &Prepared) -> PathBuf {
        let made = |name: &str| prepared.folder.join("model").join(name);
        match self {
            Self::Four => made("q4_0"),
            Self::FourHead => made("q4_0-head"),
            Self::FourK => made("q4_k_m"),
            Self::Eight => made("q8_0"),
            Self::ThirtyTwo => made("bf16"),
            Self::SmolLm2 => prepared.smollm2.clone(),
        }
    }

    /// Ids of prompts are below this number: ordinary tokens.
    pub const fn ordinary(self) -> u64 {
        match self {
            Self::Four | Self::FourHead | Self::FourK | Self::Eight | Self::ThirtyTwo => 150_000,
            Self::SmolLm2 => 49_000,
        }
    }
}
