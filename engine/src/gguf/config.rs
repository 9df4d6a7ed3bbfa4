//! The settings of a file in the words of a `config.json`.

use serde_json::{Map, Value as Json, json};

use super::Gguf;
use super::reader::Value;

/// Values of the widest head.
const HEAD: u64 = 4096;

/// What the `config.json` of the same model says.
///
/// # Errors
/// Names the setting that is missing or has no such value.
pub fn config(gguf: &Gguf) -> Result<Map<String, Json>, String> {
    let architecture = gguf.architecture();
    let key = |name: &str| format!("{architecture}.{name}");
    let number = |name: &str| match gguf.value(&key(name)) {
        Some(Value::Whole(number)) if number >= 0 => Ok(json!(number as u64)),
        Some(_) => Err(format!("its setting `{}` is no number that can be used", key(name))),
        None => Err(format!("it has no setting `{}`", key(name))),
    };
    let float = |name: &str| match gguf.value(&key(name)) {
        Some(Value::Float(number)) => Some(number),
        _ => None,
    };
    let tokens = match gguf.value("tokenizer.ggml.tokens") {
        Some(Value::Array(tokens)) => Some(tokens.len() as u64),
        _ => None,
    };
    let vocabulary = gguf.rows("token_embd.weight").or(tokens).or(gguf.u64(&key("vocab_size")));
    let epsilon = float("attention.layer_norm_rms_epsilon")
        .ok_or_else(|| format!("it has no setting `{}`", key("attention.layer_norm_rms_epsilon")))?;
    let heads = number("attention.head_count")?;
    let mut config = Map::from_iter([
        ("model_type".to_owned(), json!(architecture)),
        ("vocab_size".to_owned(), json!(vocabulary.ok_or("it has no tensor `token_embd.weight`")?)),
        ("hidden_size".to_owned(), number("embedding_length")?),
        ("intermediate_size".to_owned(), number("feed_forward_length")?),
        ("num_hidden_layers".to_owned(), number("block_count")?),
        ("num_attention_heads".to_owned(), heads.clone()),
        ("num_key_value_heads".to_owned(), number("attention.head_count_kv").unwrap_or(heads)),
        ("max_position_embeddings".to_owned(), number("context_length")?),
        ("rms_norm_eps".to_owned(), json!(epsilon as f32)),
        ("rope_theta".to_owned(), json!(float("rope.freq_base").unwrap_or(10_000.0))),
        ("tie_word_embeddings".to_owned(), json!(!gguf.has_tensor("output.weight"))),
        ("attention_bias".to_owned(), json!(gguf.has_tensor("blk.0.attn_q.bias"))),
    ]);
    if let Ok(width) = number("attention.key_length") {
        config.insert("head_dim".to_owned(), width);
    }
    if let Ok(window) = number("attention.sliding_window") {
        config.insert("sliding_window".to_owned(), window);
        config.insert("use_sliding_window".to_owned(), json!(true));
    }
    if let Some(scaling) = rope_scaling(gguf, &key)? {
        config.insert("rope_scaling".to_owned(), scaling);
    }
    Ok(config)
}

/// How positions are stretched. Llama 3's own rule stands in the file as the numbers that it gives.
fn rope_scaling(gguf: &Gguf, key: &impl Fn(&str) -> String) -> Result<Option<Json>, String> {
    if gguf.values("rope_freqs.weight").is_some_and(|values| values > HEAD) {
        return Err(format!("its tensor `rope_freqs.weight` has more than {HEAD} values"));
    }
    if let Some(factors) = gguf.vector("rope_freqs.weight")? {
        return Ok(Some(json!({ "rope_type": "factors", "factors": factors })));
    }
    let factor = match gguf.value(&key("rope.scaling.factor")) {
        Some(Value::Float(factor)) => Some(factor),
        _ => None,
    };
    Ok(match gguf.text(&key("rope.scaling.type")) {
        None | Some("none") => None,
        Some(kind) => Some(json!({ "rope_type": kind, "factor": factor })),
    })
}
