//! A folder outside the checkout that keeps what was built or unpacked, each under the hash of its sources.
//!
//! ```text
//! <root>/<kind>/lock            locked while an entry of this kind is looked up or made
//! <root>/<kind>/<key>/          a finished entry: one rename makes it appear, complete
//! <root>/<kind>/<key>/.in-use   locked, shared, by every process that uses the entry
//! ```

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

const ROOT_VARIABLE: &str = "DEVCLUSTER_CACHE";
const FOLDER_NAME: &str = "coverletter-devcluster";
const IN_USE: &str = ".in-use";
const PARTIAL: &str = "partial";

/// Why the cache could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// None of the environment variables that place it is set.
    #[error("failed to find a place for the cache: set DEVCLUSTER_CACHE, XDG_CACHE_HOME or HOME")]
    NoPlace,
    /// A file or folder of the cache could not be made, read, locked or removed.
    #[error("failed to use `{path}`")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The cache's folder.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// The cache in `$DEVCLUSTER_CACHE`, or a folder of ours in `$XDG_CACHE_HOME` or `~/.cache`.
    ///
    /// # Errors
    /// [`CacheError::NoPlace`] when none of the variables is set.
    pub fn open() -> Result<Self, CacheError> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = variable(ROOT_VARIABLE)
            .or_else(|| Some(variable("XDG_CACHE_HOME")?.join(FOLDER_NAME)))
            .or_else(|| Some(variable("HOME")?.join(".cache").join(FOLDER_NAME)))
            .ok_or(CacheError::NoPlace)?;
        Ok(Self::at(root))
    }

    /// A cache in the given folder, which is made when first needed.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder of the cache.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether there is a finished entry of `kind`.
    #[must_use]
    pub fn has(&self, kind: &str) -> bool {
        let entries = fs::read_dir(self.root.join(kind)).into_iter().flatten().flatten();
        entries.map(|entry| entry.path().join(IN_USE)).any(|file| file.exists())
    }

    /// The entry `key` of `kind`. If there is none, `fill` makes it in the folder that it is given.
    ///
    /// Processes make entries of one kind one after the other: the second waits and then finds the entry. Making an
    /// entry removes older ones of its kind that no process uses.
    ///
    /// # Errors
    /// What `fill` returns, or [`CacheError::File`]. A failed or interrupted `fill` leaves no entry.
    pub async fn entry<E, Filled>(
        &self,
        kind: &str,
        key: &str,
        fill: impl FnOnce(PathBuf) -> Filled,
    ) -> Result<Entry, E>
    where
        E: From<CacheError>,
        Filled: Future<Output = Result<(), E>>,
    {
        let folder = self.root.join(kind);
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let _lock = lock(folder.join("lock"), kind).await?;
        let path = folder.join(key);
        if !path.is_dir() {
            let partial = folder.join(PARTIAL);
            remove(&partial)?;
            fs::create_dir(&partial).map_err(at(&partial))?;
            fill(partial.clone()).await?;
            File::create(partial.join(IN_USE)).map_err(at(&partial))?;
            fs::rename(&partial, &path).map_err(at(&path))?;
            remove_unused(&folder, &path)?;
        }
        let in_use = File::open(path.join(IN_USE)).map_err(at(&path))?;
        in_use.lock_shared().map_err(at(&path))?;
        Ok(Entry { path, _in_use: Arc::new(in_use) })
    }
}

/// A finished folder of the cache, kept from removal while this value lives.
#[derive(Clone, Debug)]
pub struct Entry {
    path: PathBuf,
    _in_use: Arc<File>,
}

impl Entry {
    /// The entry's folder. Its content must not be changed.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Keeps the entry in `folder` from removal while the returned lock lives. `None` when the folder is no entry.
///
/// # Errors
/// [`CacheError::File`].
pub fn hold(folder: &Path) -> Result<Option<File>, CacheError> {
    let path = folder.join(IN_USE);
    if !path.exists() {
        return Ok(None);
    }
    let file = File::open(&path).map_err(at(&path))?;
    file.lock_shared().map_err(at(&path))?;
    Ok(Some(file))
}

/// A key for [`Cache::entry`]: a hash of all sources of the entry.
#[must_use]
pub fn key<Part: AsRef<[u8]>>(parts: impl IntoIterator<Item = Part>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        // The length keeps ["ab", "c"] and ["a", "bc"] apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    // 16 hexadecimal digits are short enough for a path in a log, and too many for two sources to share by chance.
    hex::encode(&hash.finalize()[..8])
}

/// Takes the lock of a kind, and says so when it has to wait. The kernel releases it even when this process is killed.
async fn lock(path: PathBuf, kind: &str) -> Result<File, CacheError> {
    let file = File::create(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(source)) => return Err(CacheError::File { path, source }),
    }
    eprintln!("Waiting for another process that makes {kind} ({})", path.display());
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
    locked.expect("locking a file does not panic").map_err(at(&path))
}

/// Removes the other entries of a kind, except those that a running process holds.
fn remove_unused(folder: &Path, kept: &Path) -> Result<(), CacheError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        let unused = |file: File| file.try_lock().is_ok();
        if path != kept && path.is_dir() && File::open(path.join(IN_USE)).is_ok_and(unused) {
            remove(&path)?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), CacheError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CacheError {
    let path = path.to_owned();
    move |source| CacheError::File { path, source }
}

#[cfg(test)]
mod tests;
