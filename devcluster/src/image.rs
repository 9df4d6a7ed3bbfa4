//! Image archives, for `ctr images import`, `kind load image-archive` and `docker load`.
//!
//! ```text
//! recipe (coverletter, postgres, pause) -> Image { config, layers: [Tree] } -> fingerprint, which names the archive
//! ```
//!
//! An image of several architectures is one index: each machine takes its own, and layers that are the same are there
//! once. The same files give the same bytes, so an archive that exists is not written again.

use std::path::{Path, PathBuf};

use crate::arch::Arch;

mod archive;
mod base;
mod contents;
mod coverletter;
mod error;
mod libraries;
mod model;
mod pause;
mod postgres;
mod tree;

pub use archive::ImageRef;
pub use contents::Installed;
pub use error::Error;

/// The image of our programs, from the folders of their release binaries for each architecture and the folder of the
/// built-in model, and from that of the reader of notes. Its tag is a hash of its content.
///
/// # Errors
/// When a program is not built, a package cannot be unpacked, or `out` cannot be written.
pub async fn coverletter(
    programs: &[(Arch, PathBuf)],
    model_dir: &Path,
    reader_dir: Option<&Path>,
    out: &Path,
) -> Result<ImageRef, Error> {
    let mut images = Vec::new();
    for (arch, folder) in programs {
        images.push(coverletter::image(*arch, folder, model_dir, reader_dir).await?);
    }
    archive::write(images, out).await
}

/// An image that holds the files of the folder `model` at its root. Its tag is a hash of its content.
///
/// # Errors
/// When the folder cannot be read or `out` cannot be written.
pub async fn model(model: &Path, out: &Path) -> Result<ImageRef, Error> {
    archive::write(vec![model::image(model)?], out).await
}

/// A PostgreSQL image from Debian's packages, with the environment contract of the official image.
///
/// # Errors
/// When the packages cannot be unpacked or `out` cannot be written.
pub async fn postgres(architectures: &[Arch], out: &Path) -> Result<ImageRef, Error> {
    let mut images = Vec::new();
    for arch in architectures {
        images.push(postgres::image(*arch).await?);
    }
    archive::write(images, out).await
}

/// The Debian packages whose files are in an archive, as the image itself says.
///
/// # Errors
/// When the archive cannot be read.
pub fn packages(archive: &Path) -> Result<Vec<Installed>, Error> {
    contents::packages(archive).map_err(error::at(archive))
}

/// The image that holds a pod's namespaces.
///
/// # Errors
/// As for [`postgres`].
pub async fn pause(architectures: &[Arch], out: &Path) -> Result<ImageRef, Error> {
    let mut images = Vec::new();
    for arch in architectures {
        images.push(pause::image(*arch).await?);
    }
    archive::write(images, out).await
}
