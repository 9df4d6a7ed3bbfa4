//! The model and its thread: the built-in model, and small random ones that the tests write to disk.
//!
//! Random models show what depends on files, caches and rows; what they say does not matter.

mod folder;
mod rows;
mod thread;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use inference::model::{LoadError, LoadOptions, Loaded, Model, ModelError, RowId, Span};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use tempfile::TempDir;

const VOCABULARY: usize = 4096;
const HIDDEN: usize = 64;
const FEED_FORWARD: usize = 96;
const LAYERS: usize = 2;
const KEY_VALUE: usize = 32;

/// The folder of the built-in model.
pub fn built_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/built-in")
}

/// Loads a folder as an app that says nothing does.
pub fn load(folder: &Path) -> Result<Loaded, LoadError> {
    inference::model::load(folder, &LoadOptions::default())
}

/// The built-in model.
pub fn load_built_in() -> Loaded {
    load(&built_in()).expect("the built-in model is in the repository and loads")
}

/// Configuration of a random model.
fn config() -> serde_json::Value {
    serde_json::json!({
        "model_type": "qwen2",
        "vocab_size": VOCABULARY,
        "hidden_size": HIDDEN,
        "intermediate_size": FEED_FORWARD,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "tie_word_embeddings": true,
        "eos_token_id": 4095,
    })
}

/// Weights of a random model, different on every call with another seed, as one type.
fn weights(seed: u64, dtype: DType) -> HashMap<String, Tensor> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut tensors = HashMap::new();
    let mut add = |name: String, shape: &[usize]| {
        let count = shape.iter().product();
        let is_norm = name.contains("norm");
        let values: Vec<f32> = (0..count)
            .map(|_| if is_norm { 1.0 } else { (rng.next_u32() as f32 / u32::MAX as f32 - 0.5) * 0.5 })
            .collect();
        let tensor = Tensor::from_vec(values, shape, &Device::Cpu).and_then(|tensor| tensor.to_dtype(dtype));
        tensors.insert(name, tensor.expect("a tensor"));
    };
    add("model.embed_tokens.weight".to_owned(), &[VOCABULARY, HIDDEN]);
    add("model.norm.weight".to_owned(), &[HIDDEN]);
    for layer in 0..LAYERS {
        for (module, shape) in [
            ("input_layernorm.weight", &[HIDDEN][..]),
            ("post_attention_layernorm.weight", &[HIDDEN]),
            ("self_attn.q_proj.weight", &[HIDDEN, HIDDEN]),
            ("self_attn.q_proj.bias", &[HIDDEN]),
            ("self_attn.k_proj.weight", &[KEY_VALUE, HIDDEN]),
            ("self_attn.k_proj.bias", &[KEY_VALUE]),
            ("self_attn.v_proj.weight", &[KEY_VALUE, HIDDEN]),
            ("self_attn.v_proj.bias", &[KEY_VALUE]),
            ("self_attn.o_proj.weight", &[HIDDEN, HIDDEN]),
            ("mlp.gate_proj.weight", &[FEED_FORWARD, HIDDEN]),
            ("mlp.up_proj.weight", &[FEED_FORWARD, HIDDEN]),
            ("mlp.down_proj.weight", &[HIDDEN, FEED_FORWARD]),
        ] {
            add(format!("model.layers.{layer}.{module}"), shape);
        }
    }
    tensors
}

/// A folder with everything but weights: the built-in tokenizer and a configuration.
fn folder_without_weights() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(built_in().join(file), folder.path().join(file)).expect("copies");
    }
    write_config(folder.path(), &config());
    folder
}

fn write_config(folder: &Path, config: &serde_json::Value) {
    std::fs::write(folder.join("config.json"), config.to_string()).expect("writes");
}

/// A folder with a random model.
fn random_model(seed: u64, dtype: DType) -> TempDir {
    let folder = folder_without_weights();
    candle_core::safetensors::save(&weights(seed, dtype), folder.path().join("model.safetensors")).expect("saves");
    folder
}

/// Logits after `tokens` in a row of their own, fed in the given chunks.
fn logits(model: &mut dyn Model, tokens: &[u32], chunks: &[usize]) -> Vec<f32> {
    let row = model.open();
    let (mut start, mut logits) = (0, Vec::new());
    for chunk in chunks {
        logits = step(model, row, &tokens[start..start + chunk]).expect("steps");
        start += chunk;
    }
    assert_eq!(start, tokens.len(), "chunks cover the tokens");
    model.close(row);
    logits
}

/// Feeds one row and returns its logits.
fn step(model: &mut dyn Model, row: RowId, tokens: &[u32]) -> Result<Vec<f32>, ModelError> {
    model.step(&[Span { row, tokens, wants_logits: true }]).map(<[f32]>::to_vec)
}
