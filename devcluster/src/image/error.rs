//! Why there is no image.

use std::io;
use std::path::{Path, PathBuf};

use crate::debian;

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("failed to use `{path}`")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An image is for at least one architecture.
    #[error("failed to make an image: it is for no architecture")]
    NoArchitecture,
    /// A program of ours is not built.
    #[error("failed to find `{0}`: run `cargo build --release --workspace` first")]
    NotBuilt(PathBuf),
    /// A program or library is no file for the dynamic loader of this machine.
    #[error("failed to read `{path}` as a 64-bit little-endian ELF file")]
    NotElf {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: object::Error,
    },
    /// No package of the image has a shared library that one of its programs needs.
    #[error(
        "failed to find the shared library `{library}`, which `{user}` needs: name its Debian package in the image's recipe"
    )]
    MissingLibrary {
        /// The library.
        library: String,
        /// The program or library that needs it.
        user: PathBuf,
    },
    /// A Debian package no longer has a file that the image needs.
    #[error("failed to find `{0}` in the Debian packages of the image")]
    MissingFile(&'static str),
    /// A folder has no file that a model begins with.
    #[error("failed to find a model in `{0}`: it needs a GGUF file, or `config.json`, `tokenizer.json` and weights")]
    NoModel(PathBuf),
    /// The packages could not be unpacked.
    #[error(transparent)]
    Debian(#[from] debian::Error),
}

/// Turns an I/O error at `path` into an [`Error`].
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { path, source }
}
