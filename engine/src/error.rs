//! Why a model could not be loaded or stepped.

use std::path::PathBuf;

/// A model folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder or a file in it could not be read.
    #[error("failed to read `{}`", file.display())]
    Read {
        /// What was read.
        file: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file that every model needs is not there.
    #[error("model folder `{}` has no {what}", folder.display())]
    Missing {
        /// The model folder.
        folder: PathBuf,
        /// File name, or what files are accepted.
        what: String,
    },
    /// More weights than one model has.
    #[error("model folder `{}` has more than one GGUF file: {}", folder.display(), files.join(", "))]
    Ambiguous {
        /// The model folder.
        folder: PathBuf,
        /// The GGUF files found.
        files: Vec<String>,
    },
    /// A configuration or tokenizer file has the wrong form.
    #[error("failed to parse `{}`", file.display())]
    Parse {
        /// The file.
        file: PathBuf,
        /// Where and why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The model is of a kind that no backend knows.
    #[error("`{}` describes a `{found}` model, known are: {}", file.display(), known.join(", "))]
    Architecture {
        /// The file that says so.
        file: PathBuf,
        /// The kind found.
        found: String,
        /// The kinds that such a file may describe.
        known: &'static [&'static str],
    },
    /// What was asked for cannot be had with this model.
    #[error("cannot load `{}` {asked}: {why}", folder.display())]
    Unsupported {
        /// The model folder.
        folder: PathBuf,
        /// What was asked for, as in "with the native backend".
        asked: &'static str,
        /// Why not, and what would work.
        why: String,
    },
    /// Weights that are cut short, damaged, or of other shapes than config.json says.
    #[error("weights in `{}` are damaged or do not fit config.json", file.display())]
    Weights {
        /// The weights file, or the folder when there are several.
        file: PathBuf,
        /// The tensor and what is wrong with it.
        #[source]
        source: candle_core::Error,
    },
    /// Two files of the folder contradict each other.
    #[error("`{}` has {found}, but {expected}", file.display())]
    Mismatch {
        /// The file that was read second.
        file: PathBuf,
        /// What it says.
        found: String,
        /// What was expected after reading the first.
        expected: String,
    },
}

/// A step of the model that failed.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The row was never opened or is closed.
    #[error("failed to step row {0}: it is not open")]
    UnknownRow(u64),
    /// One step names the row twice.
    #[error("failed to step row {0}: it appears twice")]
    RepeatedRow(u64),
    /// The row has no room for the tokens.
    #[error("failed to step: {tokens} tokens exceed the context of {context_length}")]
    ContextFull {
        /// Tokens that the row would hold.
        tokens: usize,
        /// Tokens that it can hold.
        context_length: usize,
    },
    /// The tokens cannot be fed to this model.
    #[error("failed to step: no tokens, or a token beyond the vocabulary")]
    InvalidTokens,
    /// The logits are not numbers: the weights are damaged.
    #[error("failed to sample: the model returned values that are not numbers")]
    NotNumbers,
    /// The computation failed.
    #[error("failed to compute a step")]
    Compute(#[from] candle_core::Error),
}

impl ModelError {
    /// Whether the step was refused for what it was asked, before anything was computed.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        matches!(self, Self::UnknownRow(_) | Self::RepeatedRow(_) | Self::ContextFull { .. } | Self::InvalidTokens)
    }
}
