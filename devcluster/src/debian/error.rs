//! Why packages could not be unpacked.

use std::io;

use crate::cache::CacheError;

/// Why packages could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine has no tools of Debian.
    #[error(
        "failed to find `{tool}`, which unpacks `{packages}`: use a Debian or Ubuntu machine, or install `{packages}`"
    )]
    MissingTool {
        /// The missing program.
        tool: &'static str,
        /// What was to be unpacked.
        packages: String,
    },
    /// A program could not be started or read.
    #[error("failed to run `{tool}`")]
    Run {
        /// The program.
        tool: &'static str,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A program ended with an error.
    #[error("failed to {action} `{packages}`: {message}")]
    Failed {
        /// What was tried, as a verb.
        action: &'static str,
        /// With which packages.
        packages: String,
        /// The program's error.
        message: String,
    },
    /// The cache could not be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
}
