//! Reads a GGUF file of a Qwen2 or Qwen3 model with candle's parser. Other architectures keep other values in theirs than
//! in safetensors.

use std::borrow::Cow;
use std::io::Cursor;
use std::path::Path;

use candle_core::Device;
use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::{Content, TensorInfo, Value};

use super::tensor::{Tensor, TensorKind, Tensors};
use crate::config::ModelConfig;
use crate::error::{Cause, LoadError};

/// Architectures that keep the same values in GGUF files as elsewhere.
const KNOWN: [&str; 2] = ["qwen2", "qwen3"];

/// What a GGUF file says of itself and of its tensors.
pub struct Gguf(Content);

impl Gguf {
    /// Reads the header of a file.
    pub fn read(bytes: &[u8]) -> Result<Self, Cause> {
        // From memory: candle asks for its place in the file before every one of a hundred thousand tokens.
        let mut content = Content::read(&mut Cursor::new(bytes))?;
        // The vocabulary, which is in `tokenizer.json` too: a hundred thousand strings.
        content.metadata.retain(|_, value| !matches!(value, Value::Array(_)));
        Ok(Self(content))
    }

    /// The model's chat template.
    pub fn chat_template(&self) -> Option<String> {
        self.0.metadata.get("tokenizer.chat_template").and_then(|value| value.to_string().ok().cloned())
    }

    /// The token that ends a completion.
    pub fn end_token(&self) -> Option<u32> {
        self.0.metadata.get("tokenizer.ggml.eos_token_id").and_then(|value| value.to_u32().ok())
    }

    /// Compares the header of `file` with `config.json`, so that files of two models in one folder are noticed, by name.
    pub fn compare(&self, file: &Path, config: &ModelConfig) -> Result<(), LoadError> {
        let metadata = &self.0.metadata;
        let named = metadata.get("general.architecture").and_then(|value| value.to_string().ok());
        let architecture = named.map_or("nameless", String::as_str);
        if !KNOWN.contains(&architecture) {
            return Err(LoadError::Architecture {
                file: file.to_owned(),
                found: architecture.to_owned(),
                known: &KNOWN,
            });
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
            ("attention.head_count_kv", config.key_value_heads()),
        ] {
            let key = format!("{architecture}.{key}");
            let found = metadata.get(&key).and_then(|value| value.to_u64().ok());
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

    /// Lists the tensors in the `bytes` of the file. Types that cannot be multiplied with as they are, are widened to 32
    /// bits.
    pub fn tensors<'a>(&self, bytes: &'a [u8], tensors: &mut Tensors<'a>) -> Result<(), Cause> {
        let mut reader = Cursor::new(bytes);
        for (name, info) in &self.0.tensor_infos {
            let Some(hugging_face) = hugging_face_name(name) else { continue };
            let dims = info.shape.dims().to_vec();
            let tensor = if let Some(kind) = kind(info.ggml_dtype) {
                let bytes = Cow::Borrowed(self.place(bytes, name, info)?);
                Tensor { dims, kind, bytes, is_widened: false }
            } else {
                let tensor = info.read(&mut reader, self.0.tensor_data_offset, &Device::Cpu);
                let widened =
                    tensor.and_then(|tensor| tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>());
                let values = widened.map_err(|source| source.context(format!("failed to read tensor `{name}`")))?;
                let bytes = Cow::Owned(bytemuck::cast_slice(&values).to_vec());
                Tensor { dims, kind: TensorKind::F32, bytes, is_widened: true }
            };
            tensors.insert(hugging_face, tensor);
        }
        Ok(())
    }

    /// The bytes of one tensor.
    fn place<'a>(&self, bytes: &'a [u8], name: &str, info: &TensorInfo) -> Result<&'a [u8], Cause> {
        let (elements, block) = (info.shape.elem_count(), info.ggml_dtype.block_size());
        if !elements.is_multiple_of(block) {
            return Err(format!("tensor `{name}` has {elements} values, no multiple of its blocks of {block}").into());
        }
        let length = elements / block * info.ggml_dtype.type_size();
        let start = self.0.tensor_data_offset.checked_add(info.offset).and_then(|start| usize::try_from(start).ok());
        let found = start.and_then(|start| bytes.get(start..start.checked_add(length)?));
        found.ok_or_else(|| format!("the file ends before the end of tensor `{name}`").into())
    }
}

fn kind(dtype: GgmlDType) -> Option<TensorKind> {
    match dtype {
        GgmlDType::F32 => Some(TensorKind::F32),
        GgmlDType::F16 => Some(TensorKind::F16),
        GgmlDType::BF16 => Some(TensorKind::BF16),
        GgmlDType::Q4_0 => Some(TensorKind::Q4_0),
        GgmlDType::Q8_0 => Some(TensorKind::Q8_0),
        _ => None,
    }
}

/// Translates a GGUF tensor name; `None` for tensors that these models do not have.
fn hugging_face_name(name: &str) -> Option<String> {
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
