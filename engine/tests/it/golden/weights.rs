//! Weights and prompts out of a hash, the same as in `tests/golden/make.py`.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use serde::Deserialize;

/// Tokens of a prompt are below this, which every vocabulary holds.
const TOKENS: u64 = 4096;

/// The shape of a model, in the words of config.json.
#[derive(Deserialize)]
pub struct Shape {
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: usize,
    vocab_size: usize,
    rope_theta: f64,
    tie_word_embeddings: bool,
}

impl Shape {
    /// Its config.json.
    pub fn config(&self, context: usize) -> serde_json::Value {
        serde_json::json!({
            "model_type": "qwen2",
            "hidden_size": self.hidden_size,
            "intermediate_size": self.intermediate_size,
            "num_hidden_layers": self.num_hidden_layers,
            "num_attention_heads": self.num_attention_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "vocab_size": self.vocab_size,
            "rope_theta": self.rope_theta,
            "tie_word_embeddings": self.tie_word_embeddings,
            "max_position_embeddings": context,
            "rms_norm_eps": 1e-6,
            "eos_token_id": 0,
        })
    }
}

/// All tensors of the model, rounded to `dtype`.
pub fn tensors(shape: &Shape, dtype: DType) -> HashMap<String, Tensor> {
    let hidden = shape.hidden_size;
    let feed_forward = shape.intermediate_size;
    let key_value = hidden / shape.num_attention_heads * shape.num_key_value_heads;
    let mut all = HashMap::new();
    let mut add = |name: String, dimensions: &[usize]| {
        let tensor = Tensor::from_vec(values(&name, dimensions), dimensions, &Device::Cpu)
            .and_then(|tensor| tensor.to_dtype(dtype))
            .expect("as many values as the shape wants");
        all.insert(name, tensor);
    };
    add("model.embed_tokens.weight".to_owned(), &[shape.vocab_size, hidden]);
    add("model.norm.weight".to_owned(), &[hidden]);
    if !shape.tie_word_embeddings {
        add("lm_head.weight".to_owned(), &[shape.vocab_size, hidden]);
    }
    for layer in 0..shape.num_hidden_layers {
        for (module, dimensions) in [
            ("input_layernorm.weight", &[hidden][..]),
            ("post_attention_layernorm.weight", &[hidden]),
            ("self_attn.q_proj.weight", &[hidden, hidden]),
            ("self_attn.q_proj.bias", &[hidden]),
            ("self_attn.k_proj.weight", &[key_value, hidden]),
            ("self_attn.k_proj.bias", &[key_value]),
            ("self_attn.v_proj.weight", &[key_value, hidden]),
            ("self_attn.v_proj.bias", &[key_value]),
            ("self_attn.o_proj.weight", &[hidden, hidden]),
            ("mlp.gate_proj.weight", &[feed_forward, hidden]),
            ("mlp.up_proj.weight", &[feed_forward, hidden]),
            ("mlp.down_proj.weight", &[hidden, feed_forward]),
        ] {
            add(format!("model.layers.{layer}.{module}"), dimensions);
        }
    }
    all
}

/// The first tokens of the one prompt.
pub fn tokens(count: usize) -> Vec<u32> {
    hashes("tokens", count).map(|hash| (hash % TOKENS) as u32).collect()
}

fn values(name: &str, dimensions: &[usize]) -> Vec<f32> {
    // 24 bits of the hash, which a 32-bit float holds exactly, as a number from -1 to 1.
    let unit = hashes(name, dimensions.iter().product()).map(|hash| (hash >> 40) as f32 / (1 << 23) as f32 - 1.0);
    if name.contains("norm") {
        return unit.map(|unit| 1.0 + unit * 0.25).collect();
    }
    let columns = dimensions.last().copied().unwrap_or(1);
    let amplitude = amplitude(name, columns);
    unit.map(|unit| unit * amplitude).collect()
}

fn amplitude(name: &str, columns: usize) -> f32 {
    if name.ends_with("bias") {
        return 0.5;
    }
    if name.contains("embed_tokens") {
        return 0.25;
    }
    let gain = match name {
        _ if name.contains("q_proj") || name.contains("k_proj") => 6.0,
        _ if name.contains("o_proj") => 12.0,
        _ if name.contains("down_proj") => 24.0,
        _ => 3.0,
    };
    (gain / columns as f64).sqrt() as f32
}

/// splitmix64 of the name's FNV-1a hash plus the index.
fn hashes(name: &str, count: usize) -> impl Iterator<Item = u64> {
    let start = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    (1..=count as u64).map(move |index| {
        let mut mixed = start.wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    })
}
