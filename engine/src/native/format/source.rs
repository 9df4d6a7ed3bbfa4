//! Where the weights of a store came from.

use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use crate::error::LoadError;
use crate::weights::Files;

/// The files that weights came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// SHA-256 of the weights, hexadecimal.
    pub sha256: String,
    /// The files as they were when they were hashed.
    pub files: Vec<Stamp>,
}

/// Tells whether a file is still the same without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// File name without folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Nanoseconds since 1970 of the last change.
    pub modified: u64,
}

/// The stamps of the files, which are looked at but not read.
///
/// # Errors
/// When a file cannot be looked at.
pub fn stamps(files: &Files) -> Result<Vec<Stamp>, LoadError> {
    files.paths().map(stamp).collect()
}

fn stamp(file: &Path) -> Result<Stamp, LoadError> {
    let read = |source| LoadError::Read { file: file.to_owned(), source };
    let metadata = std::fs::metadata(file).map_err(read)?;
    let modified = metadata.modified().map_err(read)?;
    // Before 1970 only by mistake; then the file counts as changed at its beginning.
    let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Stamp { name, size: metadata.len(), modified })
}
