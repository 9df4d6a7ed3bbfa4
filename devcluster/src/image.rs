//! Image archives, for `ctr images import`, `kind load image-archive` and `docker load`.
//!
//! ```text
//! recipe (coverletter, postgres, pause) -> Image { config, layers: [Tree] } -> fingerprint, which names the archive
//! ```
//!
//! The same files give the same bytes, so an archive that exists is not written again.

use std::path::Path;

mod archive;
mod base;
mod coverletter;
mod error;
mod libraries;
mod model;
mod pause;
mod postgres;
mod tree;

pub use archive::ImageRef;
pub use error::Error;

/// The image of our programs, from the folder of their release binaries and the folder of the built-in model, and
/// from that of the reader of notes. Its tag is a hash of its content.
///
/// # Errors
/// When a program is not built, a package cannot be unpacked, or `out` cannot be written.
pub async fn coverletter(
    target_dir: &Path,
    model_dir: &Path,
    reader_dir: Option<&Path>,
    out: &Path,
) -> Result<ImageRef, Error> {
    coverletter::image(target_dir, model_dir, reader_dir).await?.write(out).await
}

/// An image that holds the files of the folder `model` at its root. Its tag is a hash of its content.
///
/// # Errors
/// When the folder cannot be read or `out` cannot be written.
pub async fn model(model: &Path, out: &Path) -> Result<ImageRef, Error> {
    model::image(model)?.write(out).await
}

/// A PostgreSQL image from Debian's packages, with the environment contract of the official image.
///
/// # Errors
/// When the packages cannot be unpacked or `out` cannot be written.
pub async fn postgres(out: &Path) -> Result<ImageRef, Error> {
    postgres::image().await?.write(out).await
}

/// The image that holds a pod's namespaces.
///
/// # Errors
/// As for [`postgres`].
pub async fn pause(out: &Path) -> Result<ImageRef, Error> {
    pause::image().await?.write(out).await
}
