//! Reads a GGUF file of a Qwen2 or Qwen3 model. Other architectures keep other values in theirs than in safetensors.
//!
//! Quantised tensors are widened to 32 bits: candle's own quantised models keep one KV cache inside a value that cannot be
//! cloned, so they would be needed once per row.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::Path;

use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::{Device, Tensor};

use crate::candle::weights::map;
use crate::config::ModelConfig;
use crate::error::LoadError;

/// Architectures that keep the same values in GGUF files as elsewhere.
const KNOWN: [&str; 2] = ["qwen2", "qwen3"];

/// What a GGUF file says beside its weights.
pub(crate) struct Metadata {
    pub(crate) chat_template: Option<String>,
    pub(crate) end_token: Option<u32>,
}

/// Reads the description in a file, after comparing it with `config`.
pub(crate) fn metadata(file: &Path, config: &ModelConfig) -> Result<Metadata, LoadError> {
    // From memory: candle asks for its place in the file before every one of a hundred thousand tokens.
    let content = Content::read(&mut Cursor::new(&map(file)?))
        .map_err(|source| LoadError::Weights { file: file.to_owned(), source })?;
    describe(file, &content, config)?;
    let chat_template =
        content.metadata.get("tokenizer.chat_template").and_then(|value| value.to_string().ok().cloned());
    let end_token = content.metadata.get("tokenizer.ggml.eos_token_id").and_then(|value| value.to_u32().ok());
    Ok(Metadata { chat_template, end_token })
}

/// Reads all tensors.
pub(crate) fn tensors(file: &Path, bytes: &[u8]) -> Result<HashMap<String, Tensor>, LoadError> {
    let damaged = |source| LoadError::Weights { file: file.to_owned(), source };
    let mut reader = Cursor::new(bytes);
    let content = Content::read(&mut reader).map_err(damaged)?;
    let mut names: Vec<&String> = content.tensor_infos.keys().collect();
    names.sort();
    let mut tensors = HashMap::new();
    for name in names {
        let Some(hugging_face) = hugging_face_name(name) else { continue };
        let read = content.tensor(&mut reader, name, &Device::Cpu).and_then(|tensor| tensor.dequantize(&Device::Cpu));
        let tensor = read.map_err(|source| damaged(source.context(format!("failed to read tensor `{name}`"))))?;
        tensors.insert(hugging_face, tensor);
    }
    Ok(tensors)
}

/// Compares the metadata with config.json, so that files of two models in one folder are found out by name.
fn describe(file: &Path, content: &Content, config: &ModelConfig) -> Result<(), LoadError> {
    let named = content.metadata.get("general.architecture").and_then(|value| value.to_string().ok());
    let architecture = named.map_or("nameless", String::as_str);
    if !KNOWN.contains(&architecture) {
        return Err(LoadError::Architecture { file: file.to_owned(), found: architecture.to_owned(), known: &KNOWN });
    }
    if architecture != config.model_type {
        return Err(LoadError::Mismatch {
            file: file.to_owned(),
            found: format!("a `{architecture}` model"),
            expected: format!("config.json says `{}`", config.model_type),
        });
    }
    for (key, expected) in [
        ("block_count", config.num_hidden_layers),
        ("embedding_length", config.hidden_size),
        ("feed_forward_length", config.intermediate_size),
        ("attention.head_count", config.num_attention_heads),
        ("attention.head_count_kv", config.num_key_value_heads.unwrap_or(config.num_attention_heads)),
    ] {
        let key = format!("{architecture}.{key}");
        let found = content.metadata.get(&key).and_then(unsigned);
        if found != Some(expected as u64) {
            return Err(LoadError::Mismatch {
                file: file.to_owned(),
                found: format!("{key} {}", found.map_or("absent".to_owned(), |value| value.to_string())),
                expected: format!("config.json says {expected}"),
            });
        }
    }
    Ok(())
}

/// `Value::to_u64` accepts every unsigned width.
fn unsigned(value: &Value) -> Option<u64> {
    value.to_u64().ok()
}

/// Translates a GGUF tensor name; `None` for tensors that these models do not have.
pub(crate) fn hugging_face_name(name: &str) -> Option<String> {
    match name {
        "token_embd.weight" => return Some("model.embed_tokens.weight".to_owned()),
        "output_norm.weight" => return Some("model.norm.weight".to_owned()),
        "output.weight" => return Some("lm_head.weight".to_owned()),
        _ => {}
    }
    let (layer, rest) = name.strip_prefix("blk.")?.split_once('.')?;
    let (module, kind) = rest.rsplit_once('.')?;
    let module = match module {
        "attn_q" => "self_attn.q_proj",
        "attn_k" => "self_attn.k_proj",
        "attn_v" => "self_attn.v_proj",
        "attn_q_norm" => "self_attn.q_norm",
        "attn_k_norm" => "self_attn.k_norm",
        "attn_output" => "self_attn.o_proj",
        "ffn_gate" => "mlp.gate_proj",
        "ffn_up" => "mlp.up_proj",
        "ffn_down" => "mlp.down_proj",
        "attn_norm" => "input_layernorm",
        "ffn_norm" => "post_attention_layernorm",
        _ => return None,
    };
    Some(format!("model.layers.{layer}.{module}.{kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensor_names_are_translated() {
        let check = |gguf: &str, expect: Option<&str>| assert_eq!(hugging_face_name(gguf).as_deref(), expect);
        check("token_embd.weight", Some("model.embed_tokens.weight"));
        check("blk.11.attn_q.bias", Some("model.layers.11.self_attn.q_proj.bias"));
        check("blk.0.ffn_norm.weight", Some("model.layers.0.post_attention_layernorm.weight"));
        check("blk.3.attn_k_norm.weight", Some("model.layers.3.self_attn.k_norm.weight"));
        check("blk.0.rope_freqs.weight", None);
        check("nonsense", None);
    }
}
