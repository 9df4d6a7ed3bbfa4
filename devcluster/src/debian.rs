//! Files from the machine's own Debian suite, unpacked into the cache without being installed.
//!
//! ```text
//! names -> apt: resolve -> filter -> key of the cache -> apt: download -> dpkg-deb: extract -> Unpacked
//! ```
//!
//! Packages come from the machine's apt sources; its package database is neither read nor changed.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arch::Arch;
use crate::cache::{self, Cache, Entry};
use apt::Apt;

mod apt;
mod error;
mod filter;
mod folders;
mod packages;
mod records;
mod run;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use folders::library_path;
pub use packages::Package;

/// Part of the key of what images are made of, so that what was unpacked without records of its packages is not used.
const RECORDED: &str = "with lists of files";

/// Packages unpacked into one folder of the cache, kept from removal while this value lives.
#[derive(Clone, Debug)]
pub struct Unpacked {
    entry: Entry,
    library_path: OsString,
    key: String,
}

impl Unpacked {
    /// The folder that holds what packages put into `/`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.entry.path()
    }

    /// A value of `LD_LIBRARY_PATH` for the unpacked programs.
    #[must_use]
    pub fn library_path(&self) -> &OsStr {
        &self.library_path
    }

    /// A hash of the packages and their versions.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The descriptions of the packages that `files` are from, by the package's name.
    ///
    /// # Errors
    /// When a file is not there.
    pub fn packages_of(&self, files: &[&Path]) -> io::Result<BTreeMap<String, String>> {
        records::of(self.root(), files)
    }

    /// The file of a program, in one of the folders that `PATH` usually names or, as Chromium's, in a folder of its own.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        folders::program(self.root(), name)
    }

    /// A command that runs a program with the unpacked libraries and fonts.
    #[must_use]
    pub fn command(&self, name: &str) -> Option<Command> {
        let mut command = Command::new(self.program(name)?);
        command.env("LD_LIBRARY_PATH", self.library_path());
        if let Some(fonts) = self.fonts() {
            command.env("FONTCONFIG_FILE", fonts);
        }
        Some(command)
    }

    /// A value of `FONTCONFIG_FILE` for the unpacked fonts and the machine's own, if fonts are unpacked.
    #[must_use]
    pub fn fonts(&self) -> Option<PathBuf> {
        Some(self.root().join(folders::FONTS_CONFIG)).filter(|path| path.is_file())
    }
}

/// Unpacks packages and their dependencies for use on this machine: without the C library and what else every Debian has.
///
/// # Errors
/// When a tool is missing, the packages are unknown, or their download fails.
pub async fn unpack(names: &[&str]) -> Result<Unpacked, Error> {
    unpack_into(&Cache::open()?, names, filter::Purpose::Run).await
}

/// Unpacks packages and their dependencies for an image of an architecture, with the C library.
///
/// # Errors
/// As for [`unpack`].
pub async fn unpack_for_image(names: &[&str], arch: Arch) -> Result<Unpacked, Error> {
    unpack_into(&Cache::open()?, names, filter::Purpose::Image(arch)).await
}

async fn unpack_into(cache: &Cache, names: &[&str], purpose: filter::Purpose) -> Result<Unpacked, Error> {
    let mut apt = Apt::open(cache, names, purpose.arch()).await?;
    let packages = filter::needed(apt.resolve(names).await?, purpose);
    let unpacked = match fill(cache, names, purpose, &apt, &packages).await {
        // Mirrors remove superseded packages, so a package of an old list may be gone.
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
    let recorded = (purpose != filter::Purpose::Run).then_some(RECORDED);
    let key = cache::key(packages.iter().map(|package| package.file.as_str()).chain(recorded));
    let kind = format!("debian-{}-{}", purpose.word(), names.join("-"));
    let entry = cache
        .entry(&kind, &key, async |folder| {
            // Removed before the entry appears.
            let archives = folder.join(".archives");
            apt.download(packages, &archives).await?;
            run::extract(packages, &archives, &folder).await?;
            folders::configure_fonts(&folder).map_err(|source| Error::Run { tool: "dpkg-deb", source })
        })
        .await?;
    let library_path = folders::library_path(entry.path());
    Ok(Unpacked { entry, library_path, key })
}
