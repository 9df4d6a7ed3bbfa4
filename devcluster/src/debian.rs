//! Files from the machine's own Debian suite, unpacked into the cache and never installed.
//!
//! ```text
//! names --apt::resolve--> packages --filter--> key --Cache--> apt::download, dpkg-deb --extract --> Unpacked
//! ```
//!
//! The machine's sources say where packages come from; its package database is neither read nor changed.

use std::{
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::cache::{self, Cache, CacheError, Entry};
use apt::Apt;

mod apt;
mod filter;
mod folders;
mod packages;
mod run;
#[cfg(test)]
mod tests;

pub use folders::{library_path, multiarch};
pub use packages::Package;

/// Why packages could not be unpacked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The machine is no Debian, or a cut down one.
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
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// A program ended with an error.
    #[error("failed to {action} `{packages}`: {message}")]
    Failed {
        /// What was tried, as a verb.
        action: &'static str,
        /// With what.
        packages: String,
        /// The program's own words.
        message: String,
    },
    /// The cache could not be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// Packages unpacked into one folder, which stays while this value lives.
#[derive(Clone, Debug)]
pub struct Unpacked {
    entry: Entry,
    library_path: OsString,
    key: String,
}

impl Unpacked {
    /// The folder that stands for `/`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.entry.path()
    }

    /// `LD_LIBRARY_PATH` for the programs in it.
    #[must_use]
    pub fn library_path(&self) -> &OsStr {
        &self.library_path
    }

    /// The hash of the packages' versions.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The file of a program, from one of the folders that `PATH` usually names, or from a folder of its own as
    /// Chromium's.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        folders::program(self.root(), name)
    }

    /// A command that runs a program with the libraries and fonts it was unpacked with.
    #[must_use]
    pub fn command(&self, name: &str) -> Option<Command> {
        let mut command = Command::new(self.program(name)?);
        command.env("LD_LIBRARY_PATH", self.library_path());
        if let Some(fonts) = self.fonts() {
            command.env("FONTCONFIG_FILE", fonts);
        }
        Some(command)
    }

    /// `FONTCONFIG_FILE` for the programs in it, where fonts are unpacked: these and the machine's own.
    #[must_use]
    pub fn fonts(&self) -> Option<PathBuf> {
        Some(self.root().join(folders::FONTS_CONFIG)).filter(|path| path.is_file())
    }
}

/// Unpacks packages and what they need to run on this machine, which brings the C library and everything else that
/// no Debian lacks.
///
/// # Errors
/// When a tool is missing, the packages are unknown, or their download fails.
pub async fn unpack(names: &[&str]) -> Result<Unpacked, Error> {
    unpack_into(&Cache::open()?, names, filter::Purpose::Run).await
}

/// Unpacks packages and what they need in an image that has nothing else: with the C library.
///
/// # Errors
/// As for [`unpack`].
pub async fn unpack_for_image(names: &[&str]) -> Result<Unpacked, Error> {
    unpack_into(&Cache::open()?, names, filter::Purpose::Image).await
}

async fn unpack_into(cache: &Cache, names: &[&str], purpose: filter::Purpose) -> Result<Unpacked, Error> {
    let mut apt = Apt::open(cache, names).await?;
    let packages = filter::needed(apt.resolve(names).await?, purpose);
    let unpacked = match fill(cache, names, purpose, &apt, &packages).await {
        // Mirrors drop superseded packages, so what an old list promises may be gone.
        Err(Error::Failed { action: apt::DOWNLOAD, .. }) if !apt.is_fresh() => {
            apt.update().await?;
            let packages = filter::needed(apt.resolve(names).await?, purpose);
            fill(cache, names, purpose, &apt, &packages).await?
        }
        other => other?,
    };
    Ok(unpacked)
}

async fn fill(
    cache: &Cache,
    names: &[&str],
    purpose: filter::Purpose,
    apt: &Apt,
    packages: &[Package],
) -> Result<Unpacked, Error> {
    let key = cache::key(packages.iter().map(|package| &package.file));
    let kind = format!("debian-{}-{}", purpose.word(), names.join("-"));
    let entry = cache
        .entry(&kind, &key, async |folder| {
            // Where the packages lie until they are unpacked; it goes before the entry appears.
            let archives = folder.join(".archives");
            apt.download(packages, &archives).await?;
            run::extract(packages, &archives, &folder).await?;
            folders::configure_fonts(&folder).map_err(|source| Error::Run { tool: "dpkg-deb", source })
        })
        .await?;
    let library_path = folders::library_path(entry.path());
    Ok(Unpacked { entry, library_path, key })
}
