//! Weights as the kernels read them: from the cache file of an earlier start, else repacked from the model's files.
//!
//! ```text
//! model's files ─▶ tensor ─▶ plan ─▶ pack ─▶ store ◀─ cache file
//! ```

mod leftovers;
pub mod pack;
mod pages;
mod plan;
pub mod source;
pub mod store;
pub mod tensor;

use std::path::{Path, PathBuf};

use super::kernels::pool::Pool;
use super::shape::Shape;
use crate::error::LoadError;
use crate::options::Quantization;
use crate::weights::Files;
use leftovers::remove_leftovers;
use pack::{Label, pack_file, pack_memory};
use source::{Source, Stamp, stamps};
use store::{FORMAT, Header, Store};

/// Characters of a hash that name a cache file.
const NAME_LENGTH: usize = 16;

/// Which store is wanted.
pub struct Request<'a> {
    /// The model folder, for errors.
    pub folder: &'a Path,
    pub files: &'a Files,
    pub shape: &'a Shape,
    /// Whether the output layer is the embedding.
    pub is_tied: bool,
    pub quantization: Quantization,
    /// Folder of cache files.
    pub cache: Option<&'a Path>,
}

impl Request<'_> {
    /// Opens the store, and removes what other formats left in the cache for the same weights.
    ///
    /// # Errors
    /// Names the file that is damaged or does not fit config.json. A cache file that cannot be used is never an error: the
    /// reason is logged, and the weights are repacked.
    pub fn open(&self, pool: &mut Pool) -> Result<Store, LoadError> {
        let stamps = stamps(self.files)?;
        let store = match self.cache.and_then(|cache| self.seen(cache, &stamps, pool)) {
            Some(store) => store,
            None => self.pack(stamps, pool)?,
        };
        if let Some(cache) = self.cache {
            remove_leftovers(cache, &self.name(&store.header().source));
        }
        Ok(store)
    }

    /// The store that was made of these very files, found without reading them.
    fn seen(&self, cache: &Path, stamps: &[Stamp], pool: &mut Pool) -> Option<Store> {
        let is_ours = |file: &PathBuf| file.to_string_lossy().ends_with(&format!(".v{FORMAT}.weights"));
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(cache).ok()?.flatten().map(|entry| entry.path()).filter(is_ours).collect();
        files.sort();
        files.into_iter().find_map(|file| {
            let header = Header::read(&file).ok()?;
            let fits = header.quantization == self.quantization.as_str() && header.source.files == stamps;
            fits.then(|| open(&file, pool)).flatten()
        })
    }

    /// The store of the same weights under another stamp, else a new one: in the cache, or in memory where that cannot be
    /// written.
    fn pack(&self, stamps: Vec<Stamp>, pool: &mut Pool) -> Result<Store, LoadError> {
        let mut tensors = self.files.tensors(self.shape.head_dim)?;
        let source = Source { sha256: self.files.sha256(), files: stamps };
        let (plans, parameters) = plan::plans(self.shape, self.is_tied, self.quantization, &mut tensors)
            .map_err(|why| LoadError::Weights { file: self.folder.to_owned(), source: why.into() })?;
        let label = Label { source, quantization: self.quantization.as_str().to_owned(), parameters };
        if let Some(cache) = self.cache {
            let file = cache.join(self.name(&label.source));
            let fits = |store: &Store| store.header().source.sha256 == label.source.sha256;
            if file.exists()
                && let Some(store) = open(&file, pool).filter(fits)
            {
                return Ok(store);
            }
            tracing::info!("Repacks {} million weights, once", parameters / 1_000_000);
            // Packing says why, where it cannot be made.
            let _ = std::fs::create_dir_all(cache);
            match pack_file(&plans, &label, &file, pool) {
                Ok(store) => return Ok(store),
                Err(source) => {
                    let error = LoadError::Read { file, source };
                    tracing::warn!(%error, "Goes on without a weight cache: {error}");
                }
            }
        }
        let read = |source| LoadError::Read { file: self.folder.to_owned(), source };
        pack_memory(&plans, &label, pool).map_err(read)
    }

    /// Name of the cache file for weights from `source`.
    fn name(&self, source: &Source) -> String {
        format!("{}-{}.v{FORMAT}.weights", &source.sha256[..NAME_LENGTH], self.quantization)
    }
}

/// A cache file, unless it is refused.
fn open(file: &Path, pool: &mut Pool) -> Option<Store> {
    Store::open(file, pool).inspect_err(|error| tracing::warn!(%error, "Repacks the weights: {error}")).ok()
}
