//! The folder that a model is fetched into, held by one process at a time.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::error::FetchError;
use super::files::PART;

const LOCK: &str = ".lock";
/// Bytes hashed at a time.
const BLOCK: usize = 1 << 20;

/// A locked folder. Dropping the value releases the lock, as does any end of the process.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates the folder and waits until no other process fetches into it, as pods that share a volume may.
    pub(super) async fn lock(path: &Path) -> Result<Self, FetchError> {
        fs::create_dir_all(path).map_err(at(path))?;
        let name = path.join(LOCK);
        let file = File::create(&name).map_err(at(&name))?;
        let lock = match file.try_lock() {
            Ok(()) => file,
            Err(TryLockError::Error(source)) => return Err(FetchError::File { path: name, source }),
            Err(TryLockError::WouldBlock) => {
                tracing::info!("Waiting for another process that fetches into `{}`", path.display());
                let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
                locked.expect("locking a file does not panic").map_err(at(&name))?
            }
        };
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Path of the finished file `name`.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Path of the partial file of `name`.
    pub(super) fn part(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}{PART}"))
    }

    /// Content of a small finished file.
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, FetchError> {
        fs::read(self.file(name)).map_err(at(&self.file(name)))
    }

    /// Creates the folders that lead to `name`.
    pub(super) fn prepare(&self, name: &str) -> Result<(), FetchError> {
        let file = self.file(name);
        let parent = file.parent().unwrap_or(&self.path);
        fs::create_dir_all(parent).map_err(at(parent))
    }
}

/// Length of a file in bytes; `None` when it does not exist.
pub(super) fn length(path: &Path) -> Result<Option<u64>, FetchError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FetchError::File { path: path.to_owned(), source }),
    }
}

/// SHA-256 of a file, hexadecimal.
pub(super) async fn sha256(path: &Path) -> Result<String, FetchError> {
    let owned = path.to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        let (mut file, mut hash) = (File::open(&owned)?, Sha256::new());
        let mut block = vec![0; BLOCK];
        loop {
            match io::Read::read(&mut file, &mut block)? {
                0 => return Ok(hex::encode(hash.finalize())),
                read => hash.update(&block[..read]),
            }
        }
    });
    hashed.await.expect("hashing does not panic").map_err(at(path))
}

/// Removes a file if it exists.
pub(super) fn remove(path: &Path) -> Result<(), FetchError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Adds the path to an I/O error.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> FetchError {
    let path = path.to_owned();
    move |source| FetchError::File { path, source }
}
