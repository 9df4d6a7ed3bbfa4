//! The model and its thread: the built-in model, and small random ones that the tests write to disk.

mod architectures;
mod cache;
mod folder;
mod quantized;
mod random;
mod rows;
mod schedule;
mod scheduler;

use std::path::{Path, PathBuf};

use engine::{Backend, LoadError, LoadOptions, Loaded, Model, ModelError, Quantization, RowId, Span, load};

/// Every architecture with every backend that computes it. All of them must behave alike.
const KINDS: [(&str, Backend); 5] = [
    ("qwen2", Backend::Native),
    ("qwen2", Backend::Candle),
    ("qwen3", Backend::Candle),
    ("llama", Backend::Candle),
    ("gemma3_text", Backend::Candle),
];

/// The folder of the built-in model.
pub fn built_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built-in")
}

/// The built-in model.
pub fn load_built_in() -> Loaded {
    load_default(&built_in()).expect("the built-in model is in the repository and loads")
}

/// Loads a folder as an app that says nothing does.
fn load_default(folder: &Path) -> Result<Loaded, LoadError> {
    load(folder, &LoadOptions::default())
}

/// Loads a folder for `backend` with so many threads, without making the weights any coarser.
fn load_with(folder: &Path, backend: Backend, threads: usize) -> Loaded {
    let options =
        LoadOptions { backend, quantization: Quantization::None, threads: Some(threads), ..LoadOptions::default() };
    load(folder, &options).expect("loads")
}

/// Logits after `tokens` in a row of their own, fed in the given chunks.
fn logits(model: &mut dyn Model, tokens: &[u32], chunks: &[usize]) -> Vec<f32> {
    let row = model.open();
    let logits = feed(model, row, tokens, chunks);
    model.close(row);
    logits
}

/// Feeds `tokens` to a row in the given chunks and returns the last logits.
fn feed(model: &mut dyn Model, row: RowId, tokens: &[u32], chunks: &[usize]) -> Vec<f32> {
    let (mut start, mut logits) = (0, Vec::new());
    for chunk in chunks {
        logits = step(model, row, &tokens[start..start + chunk]).expect("steps");
        start += chunk;
    }
    assert_eq!(start, tokens.len(), "chunks cover the tokens");
    logits
}

/// Feeds one row and returns its logits.
fn step(model: &mut dyn Model, row: RowId, tokens: &[u32]) -> Result<Vec<f32>, ModelError> {
    model.step(&[Span { row, tokens, wants_logits: true }]).map(<[f32]>::to_vec)
}
