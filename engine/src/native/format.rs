//! From weight files to a network: from the cache if it is there, else repacked.

pub mod leftovers;
pub mod pack;
pub mod plan;
pub mod store;
pub mod tensor;

use std::path::{Path, PathBuf};

use crate::config::ModelConfig;
use crate::error::LoadError;
use crate::folder::{Folder, WeightFiles};
use crate::native::backend::Native;
use crate::native::kernels::isa::Isa;
use crate::native::kernels::pool::Pool;
use crate::native::network::{Machine, Network, Shape};
use crate::options::LoadOptions;
use crate::weights::{Files, stamps};
use leftovers::remove_leftovers;
use pack::{Label, pack_file, pack_memory};
use plan::{parameters, plans};
use store::{FORMAT, Header, Source, Stamp, Store};

/// Characters of a hash that name a cache file.
const NAME_LENGTH: usize = 16;

/// A network, and what names its weights.
pub(crate) struct Read {
    /// The network.
    pub model: Native,
    /// SHA-256 of the weights, hexadecimal.
    pub sha256: String,
    /// Number of parameters.
    pub parameters: usize,
}

/// Loads the weights of `folder` for a network of `shape`.
///
/// # Errors
/// Names the file that is damaged or does not fit config.json. A cache file that cannot be used is never an error: it is
/// said why, and the weights are repacked.
pub(crate) fn load(
    folder: &Folder,
    weights: &WeightFiles,
    config: &ModelConfig,
    shape: Shape,
    options: &LoadOptions,
) -> Result<Read, LoadError> {
    let threads = options.threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    let pool = Pool::new(threads.unwrap_or(1));
    let job = Job { folder, config, shape, options, weights, pool: &pool };
    let store = job.store()?;
    if let Some(cache) = &options.cache {
        remove_leftovers(cache, &job.name(&store.header().source));
    }
    let Header { source, parameters: count, .. } = store.header();
    let (sha256, count) = (source.sha256.clone(), *count);
    let parameters = parameters(&store, &shape, config.tie_word_embeddings).map_err(|why| job.damaged(&why))?;
    let isa = Isa::detect();
    tracing::info!(isa = %isa, threads = pool.threads(), "Computes with {isa} on {} threads", pool.threads());
    let network = Network::new(shape, parameters, Machine { isa, pool });
    Ok(Read { model: Native::new(network), sha256, parameters: count })
}

struct Job<'a> {
    folder: &'a Folder,
    config: &'a ModelConfig,
    shape: Shape,
    options: &'a LoadOptions,
    weights: &'a WeightFiles,
    pool: &'a Pool,
}

impl Job<'_> {
    fn store(&self) -> Result<Store, LoadError> {
        let stamps = stamps(self.weights)?;
        let cache = self.options.cache.as_deref();
        if let Some(store) = cache.and_then(|cache| self.seen(cache, &stamps)) {
            return Ok(store);
        }
        let files = Files::open(self.weights)?;
        let mut tensors = files.tensors()?;
        let source = files.source(stamps);
        let (plans, parameters) =
            plans(&self.shape, self.config.tie_word_embeddings, self.options.quantization, &mut tensors)
                .map_err(|source| LoadError::Weights { file: self.folder.path().to_owned(), source })?;
        let label = Label { source, quantization: self.quantization(), parameters };
        if let Some(cache) = cache {
            match self.cached(&cache.join(self.name(&label.source)), &label, |file| {
                pack_file(&plans, &label, file, self.pool)
            }) {
                Ok(store) => return Ok(store),
                Err(error) => tracing::warn!(%error, "Goes on without a weight cache: {error}"),
            }
        }
        let read = |source| LoadError::Read { file: self.folder.path().to_owned(), source };
        pack_memory(&plans, &label, self.pool).map_err(read)
    }

    /// The store that was made of these very files, found without reading them.
    fn seen(&self, cache: &Path, stamps: &[Stamp]) -> Option<Store> {
        let is_ours = |file: &PathBuf| file.to_string_lossy().ends_with(&format!(".v{FORMAT}.weights"));
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(cache).ok()?.flatten().map(|entry| entry.path()).filter(is_ours).collect();
        files.sort();
        files.into_iter().find_map(|file| {
            let header = Header::read(&file).ok()?;
            let fits = header.quantization == self.quantization() && header.source.files == stamps;
            fits.then(|| open(&file, self.pool)).flatten()
        })
    }

    /// The store of this name if it is there and sound, else a new one.
    fn cached(
        &self,
        file: &Path,
        label: &Label,
        pack: impl FnOnce(&Path) -> std::io::Result<Store>,
    ) -> Result<Store, LoadError> {
        let fits = |store: &Store| store.header().source.sha256 == label.source.sha256;
        if file.exists()
            && let Some(store) = open(file, self.pool).filter(fits)
        {
            return Ok(store);
        }
        tracing::info!("Repacks {} million weights, once", label.parameters / 1_000_000);
        pack(file).map_err(|source| LoadError::Read { file: file.to_owned(), source })
    }

    /// Name of the cache file for weights from `source`.
    fn name(&self, source: &Source) -> String {
        format!("{}-{}.v{FORMAT}.weights", &source.sha256[..NAME_LENGTH], self.quantization())
    }

    fn quantization(&self) -> String {
        format!("{:?}", self.options.quantization).to_lowercase()
    }

    fn damaged(&self, why: &str) -> LoadError {
        LoadError::Weights { file: self.folder.path().to_owned(), source: candle_core::Error::msg(why) }
    }
}

/// A cache file, unless it is refused.
fn open(file: &Path, pool: &Pool) -> Option<Store> {
    Store::open(file, pool).inspect_err(|error| tracing::warn!(%error, "Repacks the weights: {error}")).ok()
}
