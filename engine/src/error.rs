//! Why a model could not be loaded.

use std::path::PathBuf;

/// An error of a library, or a sentence about a file: printed, never matched.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

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
        /// The place in the file and the reason.
        #[source]
        source: Cause,
    },
    /// The model is of a kind that no backend knows.
    #[error("`{}` describes a `{found}` model, known are: {}", file.display(), known.join(", "))]
    Architecture {
        /// The file that names the kind.
        file: PathBuf,
        /// The kind found.
        found: String,
        /// The kinds that such a file may describe.
        known: &'static [&'static str],
    },
    /// The model does not allow what was asked for.
    #[error("cannot load `{}` {asked}: {why}", folder.display())]
    Unsupported {
        /// The model folder.
        folder: PathBuf,
        /// What was asked for, as in "with the native backend".
        asked: &'static str,
        /// The reason, and what would work.
        why: String,
    },
    /// Weights that are cut short, damaged, or of other shapes than config.json says.
    #[error("weights in `{}` are damaged or do not fit config.json", file.display())]
    Weights {
        /// The weights file, or the folder when there are several.
        file: PathBuf,
        /// The tensor and what is wrong with it.
        #[source]
        source: Cause,
    },
    /// Two files of the folder contradict each other.
    #[error("`{}` has {found}, but {expected}", file.display())]
    Mismatch {
        /// The file that was read second.
        file: PathBuf,
        /// Its statement.
        found: String,
        /// What was expected after reading the first.
        expected: String,
    },
}
