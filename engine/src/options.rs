//! What may be chosen when a model is loaded.

use std::path::PathBuf;

use clap::ValueEnum;

/// Most tokens that a row holds when nothing else is said.
const CONTEXT: usize = 4_096;

/// How a model is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// What computes the model.
    pub backend: Backend,
    /// How its weights are kept in memory.
    pub quantization: Quantization,
    /// Folder in which repacked weights are kept for the next start.
    pub cache: Option<PathBuf>,
    /// Threads that compute; `None` is as many as the process may use.
    pub threads: Option<usize>,
    /// Most tokens that a row may hold, prompt and completion together. The smaller of this and the model's own limit counts.
    pub context: usize,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            backend: Backend::default(),
            quantization: Quantization::default(),
            cache: None,
            threads: None,
            context: CONTEXT,
        }
    }
}

/// What computes a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// The fastest one that knows the architecture.
    #[default]
    Auto,
    /// Our own, for CPUs.
    Native,
    /// candle-transformers.
    Candle,
}

/// How weights are kept in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Quantization {
    /// As narrow as the files are, where the backend can.
    #[default]
    Auto,
    /// 32 bits a weight.
    None,
    /// 8 bits a weight.
    Q8,
    /// 4 bits a weight.
    Q4,
}
