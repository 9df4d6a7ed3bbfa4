//! Where everything lies that a measurement needs.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// What [`super::prepare`] has made or found.
pub struct Prepared {
    /// `target/bench`.
    pub folder: PathBuf,
    /// The folder of the second model.
    pub smollm2: PathBuf,
    /// Our example programs.
    pub examples: PathBuf,
    /// A Python with torch and transformers.
    pub python: Option<PathBuf>,
    /// Our backend.
    pub backend: String,
    /// Threads of each contestant.
    pub threads: usize,
    /// Those that cannot be measured here, by name, and why.
    pub missing: BTreeMap<&'static str, String>,
}
