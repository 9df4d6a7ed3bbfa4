//! Small random models of every architecture, written to disk: they show what depends on files, caches and rows; what they
//! say does not matter.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::built_in;

pub const VOCABULARY: usize = 4096;
pub const CONTEXT: usize = 256;
const HIDDEN: usize = 64;
const FEED_FORWARD: usize = 96;
pub const LAYERS: usize = 2;
const HEADS: usize = 4;
const HEAD: usize = HIDDEN / HEADS;

/// Key and value heads: Gemma has the one that its smallest real model has.
fn key_value_heads(architecture: &str) -> usize {
    if architecture == "gemma3_text" { 1 } else { 2 }
}

/// Configuration of a random model.
pub fn config(architecture: &str) -> Value {
    let mut config = json!({
        "model_type": architecture,
        "vocab_size": VOCABULARY,
        "hidden_size": HIDDEN,
        "intermediate_size": FEED_FORWARD,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": key_value_heads(architecture),
        "max_position_embeddings": CONTEXT,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "tie_word_embeddings": true,
        "eos_token_id": 4095,
    });
    let more = match architecture {
        "qwen3" => json!({ "head_dim": HEAD }),
        "llama" => json!({ "rope_scaling": {
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64,
        } }),
        "gemma3_text" => json!({
            "head_dim": HEAD, "query_pre_attn_scalar": HEAD, "hidden_activation": "gelu_pytorch_tanh",
            "sliding_window": 32, "layer_types": ["sliding_attention", "full_attention"],
        }),
        _ => json!({}),
    };
    let (fields, more) = (config.as_object_mut().expect("an object"), more.as_object().expect("an object").clone());
    fields.extend(more);
    config
}

/// Weights of a random model, different on every call with another seed, as one type.
pub fn weights(architecture: &str, seed: u64, dtype: DType) -> HashMap<String, Tensor> {
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
        for (module, shape) in modules(architecture) {
            add(format!("model.layers.{layer}.{module}"), &shape);
        }
    }
    tensors
}

/// Tensors of one layer.
fn modules(architecture: &str) -> Vec<(&'static str, Vec<usize>)> {
    let key_value = HEAD * key_value_heads(architecture);
    let mut modules = vec![
        ("input_layernorm.weight", vec![HIDDEN]),
        ("post_attention_layernorm.weight", vec![HIDDEN]),
        ("self_attn.q_proj.weight", vec![HIDDEN, HIDDEN]),
        ("self_attn.k_proj.weight", vec![key_value, HIDDEN]),
        ("self_attn.v_proj.weight", vec![key_value, HIDDEN]),
        ("self_attn.o_proj.weight", vec![HIDDEN, HIDDEN]),
        ("mlp.gate_proj.weight", vec![FEED_FORWARD, HIDDEN]),
        ("mlp.up_proj.weight", vec![FEED_FORWARD, HIDDEN]),
        ("mlp.down_proj.weight", vec![HIDDEN, FEED_FORWARD]),
    ];
    if architecture == "qwen2" {
        modules.extend([
            ("self_attn.q_proj.bias", vec![HIDDEN]),
            ("self_attn.k_proj.bias", vec![key_value]),
            ("self_attn.v_proj.bias", vec![key_value]),
        ]);
    }
    if ["qwen3", "gemma3_text"].contains(&architecture) {
        modules.extend([("self_attn.q_norm.weight", vec![HEAD]), ("self_attn.k_norm.weight", vec![HEAD])]);
    }
    if architecture == "gemma3_text" {
        modules.extend([
            ("pre_feedforward_layernorm.weight", vec![HIDDEN]),
            ("post_feedforward_layernorm.weight", vec![HIDDEN]),
        ]);
    }
    modules
}

/// A folder with everything but weights: the built-in tokenizer and a configuration.
pub fn folder_without_weights(architecture: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(built_in().join(file), folder.path().join(file)).expect("copies");
    }
    write_config(folder.path(), &config(architecture));
    folder
}

pub fn write_config(folder: &Path, config: &Value) {
    std::fs::write(folder.join("config.json"), config.to_string()).expect("writes");
}

pub fn write_weights(folder: &Path, weights: &HashMap<String, Tensor>) {
    candle_core::safetensors::save(weights, folder.join("model.safetensors")).expect("saves");
}

/// A folder with a random model.
pub fn model(architecture: &str, seed: u64, dtype: DType) -> TempDir {
    let folder = folder_without_weights(architecture);
    write_weights(folder.path(), &weights(architecture, seed, dtype));
    folder
}

/// A folder with a random Qwen2 of 32 bits.
pub fn qwen2(seed: u64) -> TempDir {
    model("qwen2", seed, DType::F32)
}
