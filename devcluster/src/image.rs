//! OCI archives written by our own code, the same file for `ctr images import` and for `kind load image-archive`.
//!
//! ```text
//! recipe (coverletter, postgres, pause) --> Image { config, layers: [Tree] } --fingerprint--> file name --archive--> file
//! ```
//!
//! The same files give the same bytes, so an archive that is already there is not written again.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::debian;

mod archive;
mod base;
mod coverletter;
mod elf;
mod libraries;
mod pause;
mod postgres;
mod tree;

use archive::Config;
use tree::Tree;

/// Archives of one image that are kept: the newest, and a few that a running cluster may have been made from.
const ARCHIVES_KEPT: usize = 3;

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("failed to use `{path}`")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A program of ours was not built yet.
    #[error("failed to find `{0}`: run `cargo build --release --workspace` first")]
    NotBuilt(PathBuf),
    /// A program or library is not what the dynamic loader of this machine reads.
    #[error("failed to read `{0}`: not a 64-bit little-endian ELF file")]
    NotElf(PathBuf),
    /// A shared library is in none of the packages of the image.
    #[error(
        "failed to find the shared library `{library}`, which `{user}` needs: name its Debian package in the image's recipe"
    )]
    MissingLibrary {
        /// The library.
        library: String,
        /// The program or library that needs it.
        user: PathBuf,
    },
    /// A Debian package lacks a file that it had when the recipe was written.
    #[error("failed to find `{0}` in the Debian packages of the image")]
    MissingFile(&'static str),
    /// The packages could not be unpacked.
    #[error(transparent)]
    Debian(#[from] debian::Error),
}

/// An image in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    /// The name that pods use, with its tag.
    pub name: String,
    /// The archive: an OCI image layout in one tar file.
    pub archive: PathBuf,
    /// The digest of its manifest, `sha256:<64 hexadecimal digits>`.
    pub digest: String,
}

/// The image of our own programs, from the folder that holds the release binaries and the folder of the built-in model.
/// Its tag is a hash of its content.
///
/// # Errors
/// When a program is not built, a package cannot be unpacked, or `out` cannot be written.
pub async fn coverletter(target_dir: &Path, model_dir: &Path, out: &Path) -> Result<ImageRef, Error> {
    coverletter::image(target_dir, model_dir).await?.write(out).await
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

/// What an image is made of.
struct Image {
    /// The last part of the name, which also begins the archive's file name.
    name: &'static str,
    /// The tag, or none to use the fingerprint.
    tag: Option<String>,
    config: Config,
    /// From the one that changes least to the one that changes most.
    layers: Vec<Tree>,
}

impl Image {
    /// Writes the archive into the folder `out` unless it is there.
    async fn write(self, out: &Path) -> Result<ImageRef, Error> {
        let out = out.to_owned();
        let written = tokio::task::spawn_blocking(move || self.write_now(&out));
        written.await.expect("writing an image does not panic")
    }

    fn write_now(&self, out: &Path) -> Result<ImageRef, Error> {
        let fingerprint = self.fingerprint()?;
        let tag = self.tag.as_deref().unwrap_or(&fingerprint);
        let name = format!("coverletter.dev/{}:{tag}", self.name);
        let path = out.join(format!("{}-{fingerprint}.tar", self.name));
        fs::create_dir_all(out).map_err(at(out))?;
        if !path.exists() {
            eprintln!("Writing image {name}");
            archive::write(&path, &name, &self.config, &self.layers)?;
            self.remove_old(out).map_err(at(out))?;
        }
        let digest = archive::digest(&path).map_err(at(&path))?;
        Ok(ImageRef { name, archive: path, digest })
    }

    fn fingerprint(&self) -> Result<String, Error> {
        let mut parts = vec![self.config.json(&[]).to_string(), self.name.to_owned()];
        parts.extend(self.tag.clone());
        for layer in &self.layers {
            parts.push(layer.fingerprint()?);
        }
        Ok(crate::cache::key(parts))
    }

    /// Removes all but the newest archives of this image.
    fn remove_old(&self, out: &Path) -> io::Result<()> {
        let prefix = format!("{}-", self.name);
        let mut archives = Vec::new();
        for entry in fs::read_dir(out)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&prefix) && Path::new(&name).extension().is_some_and(|extension| extension == "tar") {
                archives.push((entry.metadata()?.modified()?, entry.path()));
            }
        }
        archives.sort();
        let old = archives.len().saturating_sub(ARCHIVES_KEPT);
        archives[..old].iter().try_for_each(|(_, path)| fs::remove_file(path))
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { path, source }
}
