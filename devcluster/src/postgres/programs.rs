//! Finds PostgreSQL's programs: the machine's own, or unpacked ones.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use super::Error;
use crate::debian::{self, Unpacked};

/// What a test server needs beside `postgres` itself.
const NEEDED: [&str; 3] = ["postgres", "initdb", "psql"];

/// Where Debian keeps its versions.
const VERSIONS: &str = "usr/lib/postgresql";

/// The programs of one PostgreSQL version.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    /// The folder that holds `postgres`, `initdb` and `psql`.
    pub folder: PathBuf,
    /// `LD_LIBRARY_PATH` for them, where they are unpacked.
    library_path: Option<OsString>,
    /// What they were unpacked to, held from removal.
    unpacked: Option<Unpacked>,
}

impl Programs {
    /// `LD_LIBRARY_PATH` for them, where they are unpacked.
    pub fn library_path(&self) -> Option<&OsStr> {
        self.library_path.as_deref()
    }

    /// The same programs where every user can run them: copied into `folder` when they lie below a folder that only
    /// its owner may enter, as root's cache does.
    pub fn for_everyone(&self, folder: &Path) -> io::Result<Self> {
        let Some(unpacked) = self.unpacked.as_ref().filter(|unpacked| !open_to_all(unpacked.root())) else {
            return Ok(self.clone());
        };
        let copy = folder.join("programs");
        let status = Command::new("cp").arg("-r").arg(unpacked.root()).arg(&copy).status()?;
        if !status.success() {
            return Err(io::Error::other(format!("cp ended with {status}")));
        }
        let root = fs::canonicalize(unpacked.root())?;
        let below = self.folder.strip_prefix(root);
        let below = below.expect("unpacked programs lie in their root");
        let library_path = Some(debian::library_path(&copy));
        Ok(Self { folder: copy.join(below), library_path, unpacked: self.unpacked.clone() })
    }
}

/// The programs in `PATH`, else the newest that Debian's packages installed, else unpacked ones.
pub(super) async fn find() -> Result<Programs, Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    let installed = env::split_paths(&path).find_map(|folder| complete(&folder)).or_else(|| newest(Path::new("/")));
    match installed {
        Some(folder) => Ok(Programs { folder, library_path: None, unpacked: None }),
        None => unpacked().await,
    }
}

/// Programs unpacked into the cache, whether or not the machine has its own.
pub(super) async fn unpacked() -> Result<Programs, Error> {
    let unpacked = debian::unpack(&["postgresql"]).await?;
    let folder = newest(unpacked.root()).ok_or(Error::Incomplete)?;
    Ok(Programs { folder, library_path: Some(unpacked.library_path().to_owned()), unpacked: Some(unpacked) })
}

/// The folder that `folder`'s `postgres` really lies in, when everything needed is beside it.
fn complete(folder: &Path) -> Option<PathBuf> {
    let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
    let real = postgres.parent()?;
    NEEDED.iter().all(|program| real.join(program).is_file()).then(|| real.to_owned())
}

/// The highest version below `root`.
fn newest(root: &Path) -> Option<PathBuf> {
    let root = fs::canonicalize(root).ok()?;
    let entries = fs::read_dir(root.join(VERSIONS)).ok()?;
    let mut versions: Vec<u32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable();
    versions.into_iter().rev().find_map(|version| complete(&root.join(VERSIONS).join(version.to_string()).join("bin")))
}

/// Whether other users may enter `folder` and every folder above it.
fn open_to_all(folder: &Path) -> bool {
    folder.ancestors().all(|path| fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0))
}
