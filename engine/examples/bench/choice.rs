//! Which model is measured, and how it is computed.

use std::path::PathBuf;

use engine::{BackendKind, Quantization};

/// A model and the way it is loaded.
#[derive(clap::Args)]
pub struct Choice {
    /// Folder of the model.
    #[arg(long)]
    pub model: PathBuf,
    /// What computes it.
    #[arg(long, default_value = "auto")]
    pub backend: BackendKind,
    /// How its weights are kept in memory.
    #[arg(long, default_value = "auto")]
    pub quantization: Quantization,
    /// Folder for repacked weights.
    #[arg(long)]
    pub cache: Option<PathBuf>,
}
