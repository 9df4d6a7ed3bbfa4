//! Gemma 3, text only.

use candle_core::Tensor;
use candle_nn::Activation;
use candle_transformers::models::gemma3::{Config, Model};
use serde::Deserialize;

use super::network::{Network, input};
use super::source::Source;
use crate::error::LoadError;

/// What `config.json` says beyond other architectures; what it leaves out is as in the original implementation.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    head_dim: Option<usize>,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    hidden_activation: Option<Activation>,
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default)]
    rope_local_base_freq: Option<f64>,
    #[serde(default)]
    rope_parameters: Option<RopeParameters>,
    #[serde(default)]
    query_pre_attn_scalar: Option<usize>,
    #[serde(default)]
    sliding_window: Option<usize>,
    #[serde(default, alias = "_sliding_window_pattern")]
    sliding_window_pattern: Option<usize>,
    #[serde(default)]
    layer_types: Option<Vec<String>>,
    #[serde(default)]
    final_logit_softcapping: Option<f64>,
    #[serde(default)]
    attn_logit_softcapping: Option<f64>,
}

/// The form of newer files: one entry per kind of layer.
#[derive(Deserialize)]
struct RopeParameters {
    full_attention: Rope,
    sliding_attention: Rope,
}

#[derive(Deserialize)]
struct Rope {
    rope_theta: f64,
    #[serde(default)]
    rope_type: Option<String>,
}

struct Row {
    /// Never stepped.
    fresh: Model,
    network: Model,
    /// What the network has read, as it was read.
    history: Vec<Vec<u32>>,
    window: usize,
    /// Whether several tokens may be read at once.
    takes_chunks: bool,
}

pub(super) fn build(source: &Source<'_>) -> Result<Box<dyn Network>, LoadError> {
    let fields: Fields = source.fields()?;
    let config = config(source, &fields)?;
    let fresh = Model::new(false, &config, source.weights()).map_err(|error| source.damaged(error))?;
    Ok(Box::new(Row {
        network: fresh.clone(),
        fresh,
        history: Vec::new(),
        window: config.sliding_window,
        takes_chunks: config.num_key_value_heads == 1,
    }))
}

fn config(source: &Source<'_>, fields: &Fields) -> Result<Config, LoadError> {
    let rope = fields.rope_parameters.as_ref();
    let stretched = rope.and_then(|rope| rope.full_attention.rope_type.as_deref()).filter(|kind| *kind != "default");
    if let Some(kind) = stretched.or(source.rope_type().filter(|kind| *kind != "default")) {
        let expected = "models of type `gemma3_text` are computed without".to_owned();
        return Err(source.refusal(format!("rope scaling `{kind}`"), expected));
    }
    let head_dim = fields.head_dim.unwrap_or(256);
    let scalar = fields.query_pre_attn_scalar.unwrap_or(256);
    if scalar != head_dim {
        let expected = format!("attention is computed with the head_dim, which is {head_dim}");
        return Err(source.refusal(format!("query_pre_attn_scalar {scalar}"), expected));
    }
    let config = source.config;
    let layers = config.num_hidden_layers;
    Ok(Config {
        attention_bias: fields.attention_bias,
        head_dim,
        hidden_activation: fields.hidden_activation.unwrap_or(Activation::GeluPytorchTanh),
        hidden_size: config.hidden_size,
        intermediate_size: config.intermediate_size,
        num_attention_heads: config.num_attention_heads,
        num_hidden_layers: layers,
        num_key_value_heads: source.config.key_value_heads(),
        rms_norm_eps: config.rms_norm_eps,
        rope_theta: fields.rope_theta.or(rope.map(|rope| rope.full_attention.rope_theta)).unwrap_or(1e6),
        rope_local_base_freq: fields
            .rope_local_base_freq
            .or(rope.map(|rope| rope.sliding_attention.rope_theta))
            .unwrap_or(1e4),
        vocab_size: config.vocab_size,
        final_logit_softcapping: fields.final_logit_softcapping,
        attn_logit_softcapping: fields.attn_logit_softcapping,
        query_pre_attn_scalar: scalar,
        // candle reserves all of it; a row sees no farther than its context.
        sliding_window: fields.sliding_window.unwrap_or(4_096).min(source.context),
        sliding_window_pattern: pattern(source, fields)?,
        max_position_embeddings: source.context,
    })
}

/// The distance between layers with full attention.
fn pattern(source: &Source<'_>, fields: &Fields) -> Result<usize, LoadError> {
    let Some(types) = &fields.layer_types else { return Ok(fields.sliding_window_pattern.unwrap_or(6).max(1)) };
    let is_full = |layer: &String| layer == "full_attention";
    let pattern = types.iter().position(is_full).map_or(types.len() + 1, |first| first + 1);
    if types.iter().enumerate().any(|(index, layer)| is_full(layer) != ((index + 1) % pattern == 0)) {
        let expected = "full and sliding attention must take turns evenly".to_owned();
        return Err(source.refusal("other layer_types".to_owned(), expected));
    }
    Ok(pattern)
}

impl Row {
    /// Reads tokens without adding them to the history.
    fn feed(&mut self, tokens: &[u32], position: usize) -> candle_core::Result<Tensor> {
        // Beyond the window, candle's cache and its mask do not fit together for more than one token at a time, and with
        // several heads its cache takes only one at a time at all.
        let whole = if self.takes_chunks { self.window.saturating_sub(position).min(tokens.len()) } else { 0 };
        let mut logits = None;
        if whole > 0 {
            logits = Some(self.network.forward(&input(&tokens[..whole])?, position)?);
        }
        for (index, token) in tokens.iter().enumerate().skip(whole) {
            logits = Some(self.network.forward(&input(&[*token])?, position + index)?);
        }
        logits.ok_or_else(|| candle_core::Error::Msg("no tokens to read".to_owned()))
    }
}

impl Network for Row {
    fn read(&mut self, tokens: &[u32], position: usize) -> candle_core::Result<Tensor> {
        let logits = self.feed(tokens, position)?;
        self.history.push(tokens.to_vec());
        Ok(logits)
    }

    /// The cache is written in place, and a clone would write into the same memory: everything is read again.
    fn fork(&self) -> candle_core::Result<Box<dyn Network>> {
        let mut copy = Self {
            fresh: self.fresh.clone(),
            network: self.fresh.clone(),
            history: Vec::new(),
            window: self.window,
            takes_chunks: self.takes_chunks,
        };
        let mut position = 0;
        for tokens in &self.history {
            copy.read(tokens, position)?;
            position += tokens.len();
        }
        Ok(Box::new(copy))
    }
}
