//! Llama 2, 3 and their relatives that call themselves `llama`, and Mistral.

use candle_core::{DType, Device, Shape, Tensor};
use candle_transformers::models::llama::{Cache, Config, Llama, Llama3RopeConfig};
use serde::Deserialize;

use super::network::{Network, input};
use super::source::Source;
use crate::error::LoadError;

/// What `config.json` says beyond other architectures.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    head_dim: Option<usize>,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    mlp_bias: bool,
    #[serde(default)]
    rope_scaling: Option<serde_json::Value>,
    #[serde(default)]
    rope_parameters: Option<serde_json::Value>,
}

/// The weights, shared by all rows, and the cache of one row.
struct Row {
    network: Llama,
    cache: Cache,
}

pub(super) fn build(source: &Source<'_>) -> Result<Box<dyn Network>, LoadError> {
    let fields: Fields = source.fields()?;
    let head_dim = source.config.hidden_size / source.config.num_attention_heads.max(1);
    if fields.head_dim.is_some_and(|found| found != head_dim) {
        let found = format!("head_dim {}", fields.head_dim.unwrap_or_default());
        let expected = format!("hidden_size and num_attention_heads make it {head_dim}");
        return Err(source.refusal(found, expected));
    }
    if fields.attention_bias || fields.mlp_bias {
        let expected = "models of type `llama` are computed without biases".to_owned();
        return Err(source.refusal("attention_bias or mlp_bias".to_owned(), expected));
    }
    if let Some(window) = source.config.window(source.context) {
        let expected = format!("rows of more than {window} tokens are computed without it");
        return Err(source.refusal(format!("sliding_window {window}"), expected));
    }
    let config = Config {
        hidden_size: source.config.hidden_size,
        intermediate_size: source.config.intermediate_size,
        vocab_size: source.config.vocab_size,
        num_hidden_layers: source.config.num_hidden_layers,
        num_attention_heads: source.config.num_attention_heads,
        num_key_value_heads: source.config.key_value_heads(),
        use_flash_attn: false,
        rms_norm_eps: source.config.rms_norm_eps,
        rope_theta: source.config.rope_theta() as f32,
        bos_token_id: None,
        eos_token_id: None,
        rope_scaling: rope_scaling(source, &fields)?,
        max_position_embeddings: source.context,
        tie_word_embeddings: source.config.tie_word_embeddings,
    };
    check_tensors(source, &config, head_dim).map_err(|error| source.damaged(error))?;
    let load = || {
        let network = Llama::load(source.weights(), &config)?;
        Ok(Row { network, cache: Cache::new(true, DType::F32, &config, &Device::Cpu)? })
    };
    Ok(Box::new(load().map_err(|error| source.damaged(error))?))
}

fn rope_scaling(source: &Source<'_>, fields: &Fields) -> Result<Option<Llama3RopeConfig>, LoadError> {
    match source.rope_type() {
        None | Some("default") => Ok(None),
        Some("llama3") => {
            let found = fields.rope_scaling.as_ref().or(fields.rope_parameters.as_ref()).cloned().unwrap_or_default();
            let scaling = serde_json::from_value(found).map_err(|error| {
                source.refusal(
                    format!("an incomplete rope scaling ({error})"),
                    "`llama3` needs all its numbers".to_owned(),
                )
            })?;
            Ok(Some(scaling))
        }
        Some(kind) => Err(source.refusal(
            format!("rope scaling `{kind}`"),
            "models of type `llama` are computed with `llama3` or none".to_owned(),
        )),
    }
}

/// Compares the tensors of all layers with what will be read, since candle panics over a layer that does not fit. Biases
/// would be ignored silently.
fn check_tensors(source: &Source<'_>, config: &Config, head_dim: usize) -> candle_core::Result<()> {
    let (width, inner) = (config.hidden_size, config.intermediate_size);
    let (queries, keys) = (head_dim * config.num_attention_heads, head_dim * config.num_key_value_heads);
    let expected: [(&str, Shape); 9] = [
        ("self_attn.q_proj", (queries, width).into()),
        ("self_attn.k_proj", (keys, width).into()),
        ("self_attn.v_proj", (keys, width).into()),
        ("self_attn.o_proj", (width, queries).into()),
        ("mlp.gate_proj", (inner, width).into()),
        ("mlp.up_proj", (inner, width).into()),
        ("mlp.down_proj", (width, inner).into()),
        ("input_layernorm", width.into()),
        ("post_attention_layernorm", width.into()),
    ];
    for layer in 0..config.num_hidden_layers {
        for (module, shape) in &expected {
            let name = format!("model.layers.{layer}.{module}.weight");
            let Some(tensor) = source.tensors().get(&name) else { candle_core::bail!("cannot find tensor {name}") };
            if tensor.shape() != shape {
                candle_core::bail!("shape mismatch for {name}, expected: {shape:?}, got: {:?}", tensor.shape());
            }
        }
    }
    if let Some(bias) = source.tensors().keys().find(|name| name.ends_with("_proj.bias")) {
        candle_core::bail!("{bias} is there, but models of type `llama` have no biases");
    }
    Ok(())
}

impl Network for Row {
    fn read(&mut self, tokens: &[u32], position: usize) -> candle_core::Result<Tensor> {
        self.network.forward(&input(tokens)?, position, &mut self.cache)
    }

    /// The cache grows by concatenation, which leaves what others hold untouched.
    fn fork(&self) -> candle_core::Result<Box<dyn Network>> {
        Ok(Box::new(Self { network: self.network.clone(), cache: self.cache.clone() }))
    }
}
