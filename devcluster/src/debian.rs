//! Files from the machine's own Debian suite, unpacked and never installed.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why packages could not be unpacked.
#[derive(Debug, Error)]
pub enum Error {
    /// Not yet.
    #[error("failed to unpack `{0}`")]
    Unpack(String),
}

/// Packages unpacked into one folder.
#[derive(Clone, Debug)]
pub struct Unpacked {
    root: PathBuf,
    library_path: OsString,
}

impl Unpacked {
    /// The folder that stands for `/`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `LD_LIBRARY_PATH` for the programs in it.
    #[must_use]
    pub fn library_path(&self) -> &OsStr {
        &self.library_path
    }
}

/// Unpacks `names` and what they need.
///
/// # Errors
/// Always.
pub fn unpack(names: &[&str]) -> Result<Unpacked, Error> {
    Err(Error::Unpack(names.join(" ")))
}
