//! Networks of the Llama family on the CPU with kernels of our own.
//!
//! ```text
//! load ─▶ format: the weights, from a cache file or repacked ─▶ network: one pass ─▶ kernels: the arithmetic
//!         backend: the network behind the trait of all backends
//! ```

#![expect(
    clippy::inline_always,
    reason = "code that is generic over vectors must end up in functions compiled for them"
)]
#![expect(clippy::needless_range_loop, reason = "kernels walk several arrays side by side")]
#![cfg_attr(test, expect(clippy::float_cmp, reason = "what is promised is the same bits"))]

mod backend;
mod format;
pub mod kernels;
mod network;
mod shape;

use crate::config::ModelConfig;
use crate::error::LoadError;
use crate::folder::Folder;
use crate::options::LoadOptions;
use crate::weights::Files;
use format::Request;
use format::store::Header;
use kernels::Machine;
use kernels::isa::Isa;
use kernels::pool::Pool;
use network::Network;
use network::parameters::parameters;

pub use backend::Native;
pub use shape::Shape;

/// A network, and what names its weights.
pub struct Read {
    pub backend: Native,
    /// SHA-256 of the weights, hexadecimal.
    pub sha256: String,
    /// Number of parameters.
    pub parameters: usize,
}

/// Loads the weights of `folder` for a network of `shape`.
///
/// # Errors
/// Names the file that is damaged or does not fit config.json.
pub fn load(
    folder: &Folder,
    files: &Files,
    config: &ModelConfig,
    shape: Shape,
    options: &LoadOptions,
) -> Result<Read, LoadError> {
    let threads = options.threads.or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    let mut pool = Pool::new(threads.unwrap_or(1));
    let is_tied = config.tie_word_embeddings;
    let LoadOptions { quantization, cache, .. } = options;
    let (cache, quantization) = (cache.as_deref(), *quantization);
    let request = Request { folder: folder.path(), files, shape: &shape, is_tied, quantization, cache };
    let store = request.open(&mut pool)?;
    let Header { source, parameters: count, .. } = store.header();
    let (sha256, count) = (source.sha256.clone(), *count);
    let parameters = parameters(&store, &shape, is_tied)
        .map_err(|why| LoadError::Weights { file: folder.path().to_owned(), source: why.into() })?;
    let isa = Isa::detect();
    tracing::info!(isa = %isa, threads = pool.threads(), "Computes with {isa} on {} threads", pool.threads());
    let network = Network::new(shape, parameters, Machine { isa, pool });
    Ok(Read { backend: Native::new(network), sha256, parameters: count })
}
