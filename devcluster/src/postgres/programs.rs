//! Finds PostgreSQL's programs: the machine's own, or unpacked ones.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Error;
use crate::debian;

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
    pub library_path: Option<OsString>,
}

/// The programs in `PATH`, else the newest that Debian's packages installed, else unpacked ones.
pub(super) fn find() -> Result<Programs, Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    let installed = env::split_paths(&path).find_map(|folder| complete(&folder)).or_else(|| newest(Path::new("/")));
    match installed {
        Some(folder) => Ok(Programs { folder, library_path: None }),
        None => unpacked(),
    }
}

/// Programs unpacked into the cache, whether or not the machine has its own.
pub(super) fn unpacked() -> Result<Programs, Error> {
    let unpacked = debian::unpack(&["postgresql"])?;
    let folder = newest(unpacked.root()).ok_or(Error::Incomplete)?;
    Ok(Programs { folder, library_path: Some(unpacked.library_path().to_owned()) })
}

/// The folder that `folder`'s `postgres` really lies in, when everything needed is beside it.
fn complete(folder: &Path) -> Option<PathBuf> {
    let postgres = fs::canonicalize(folder.join("postgres")).ok()?;
    let real = postgres.parent()?;
    NEEDED.iter().all(|program| real.join(program).is_file()).then(|| real.to_owned())
}

/// The highest version below `root`.
fn newest(root: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(root.join(VERSIONS)).ok()?;
    let mut versions: Vec<u32> = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable();
    versions.into_iter().rev().find_map(|version| complete(&root.join(VERSIONS).join(version.to_string()).join("bin")))
}
