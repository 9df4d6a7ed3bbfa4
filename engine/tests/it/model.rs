//! The model and its thread: the built-in model, and small random ones that the tests write to disk.

mod architectures;
mod cache;
mod folder;
mod hostile;
mod quantized;
mod random;
mod rows;
mod schedule;
mod scheduler;

use std::path::{Path, PathBuf};

use engine::{
    Backend, BackendError, BackendKind, LoadError, LoadOptions, Loaded, Quantization, RowId, Span, Wants, load,
};

/// Every architecture with every backend that computes it. All of them must behave alike.
const KINDS: [(&str, BackendKind); 7] = [
    ("qwen2", BackendKind::Native),
    ("qwen2", BackendKind::Candle),
    ("qwen3", BackendKind::Candle),
    ("qwen3", BackendKind::Native),
    ("llama", BackendKind::Native),
    ("llama", BackendKind::Candle),
    ("gemma3_text", BackendKind::Candle),
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
fn load_with(folder: &Path, backend: BackendKind, threads: usize) -> Loaded {
    let options =
        LoadOptions { backend, quantization: Quantization::None, threads: Some(threads), ..LoadOptions::default() };
    load(folder, &options).expect("loads")
}

/// Logits after `tokens` in a row of their own, fed in the given chunks.
fn logits(model: &mut dyn Backend, tokens: &[u32], chunks: &[usize]) -> Vec<f32> {
    let row = model.open();
    let logits = feed(model, row, tokens, chunks);
    model.close(row);
    logits
}

/// Feeds `tokens` to a row in the given chunks and returns the last logits.
fn feed(model: &mut dyn Backend, row: RowId, tokens: &[u32], chunks: &[usize]) -> Vec<f32> {
    let (mut start, mut logits) = (0, Vec::new());
    for chunk in chunks {
        logits = step(model, row, &tokens[start..start + chunk]).expect("steps");
        start += chunk;
    }
    assert_eq!(start, tokens.len(), "chunks cover the tokens");
    logits
}

/// Feeds one row and returns its logits.
fn step(model: &mut dyn Backend, row: RowId, tokens: &[u32]) -> Result<Vec<f32>, BackendError> {
    model.step(&[Span { row, tokens, wants: Wants::Last }]).map(<[f32]>::to_vec)
}
