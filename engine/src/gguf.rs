//! The GGUF format: one file that holds a model's settings, vocabulary, chat template and weights.
//!
//! ```text
//! "GGUF", version, counts ─▶ metadata: keys with values ─▶ tensors: name, shape, type, offset ─▶ padding ─▶ their data
//! ```
//! Everything is borrowed from the bytes of the file. Nothing that the file says makes a reader allocate more than the
//! file has, and every length is checked before it is believed.

mod adapter;
mod config;
mod reader;
mod vocabulary;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::tensor::{RowOrder, Tensor, TensorKind, Tensors};
use reader::Reader;

pub use config::config;
pub use reader::Value;
pub use vocabulary::vocabulary;

/// Architectures that keep the same values in GGUF files as elsewhere.
pub const KNOWN: [&str; 3] = ["qwen2", "qwen3", "llama"];

/// Versions of the format that differ in nothing that matters here. The first had lengths of 32 bits.
const VERSIONS: std::ops::RangeInclusive<u32> = 2..=3;
/// What offsets are multiples of, unless the file says something else.
const ALIGNMENT: u64 = 32;
/// Most dimensions of a tensor in ggml.
const DIMENSIONS: u32 = 4;

/// The header of a file, and where its tensors are.
pub struct Gguf<'a> {
    metadata: BTreeMap<&'a str, Value<'a>>,
    infos: Vec<Info<'a>>,
    /// What stands behind the header.
    data: &'a [u8],
}

/// What the header says of a tensor.
struct Info<'a> {
    name: &'a str,
    /// Columns first, as in the file.
    dims: Vec<u64>,
    kind: u32,
    offset: u64,
}

impl<'a> Gguf<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// A sentence that says where in the file what is wrong.
    pub fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let mut reader = Reader::new(bytes);
        if reader.take(4, "the format's name")? != b"GGUF" {
            return Err("it is no GGUF file: it does not begin with `GGUF`".to_owned());
        }
        let version = reader.u32("the version")?;
        if !VERSIONS.contains(&version) {
            return Err(format!("it has version {version} of the GGUF format, and versions 2 and 3 can be read"));
        }
        let (tensors, entries) = (reader.u64("the number of tensors")?, reader.u64("the number of settings")?);
        let mut metadata = BTreeMap::new();
        for _ in 0..entries {
            let key = reader.text("a setting's name")?;
            let value = reader.value(key)?;
            if metadata.insert(key, value).is_some() {
                return Err(format!("the setting `{key}` is there twice"));
            }
        }
        let mut infos = Vec::new();
        for _ in 0..tensors {
            infos.push(info(&mut reader)?);
        }
        let mut gguf = Self { metadata, infos, data: &[] };
        let alignment = gguf.u64("general.alignment").unwrap_or(ALIGNMENT);
        if !alignment.is_power_of_two() {
            return Err(format!("`general.alignment` is {alignment}, which is no power of two"));
        }
        let start = (reader.place() as u64).checked_next_multiple_of(alignment);
        // A file of settings alone may end before the padding.
        gguf.data = start.and_then(|start| bytes.get(usize::try_from(start).ok()?..)).unwrap_or_default();
        Ok(gguf)
    }

    /// The architecture, as in `llama`.
    #[must_use]
    pub fn architecture(&self) -> &'a str {
        self.text("general.architecture").unwrap_or("nameless")
    }

    /// The setting called `key`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<Value<'a>> {
        self.metadata.get(key).copied()
    }

    /// A setting that is text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'a str> {
        match self.value(key)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A setting that is a whole number, not below zero.
    #[must_use]
    pub fn u64(&self, key: &str) -> Option<u64> {
        match self.value(key)? {
            Value::Whole(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }

    /// A setting that is a token's id.
    #[must_use]
    pub fn token(&self, key: &str) -> Option<u32> {
        self.u64(key).and_then(|id| u32::try_from(id).ok())
    }

    /// The model's chat template.
    #[must_use]
    pub fn chat_template(&self) -> Option<&'a str> {
        self.text("tokenizer.chat_template")
    }

    /// Whether the file has the tensor that the format calls `name`.
    #[must_use]
    pub fn has_tensor(&self, name: &str) -> bool {
        self.infos.iter().any(|info| info.name == name)
    }

    /// Rows of the tensor that the format calls `name`.
    #[must_use]
    pub fn rows(&self, name: &str) -> Option<u64> {
        self.infos.iter().find(|info| info.name == name)?.dims.get(1).copied()
    }

    /// Values of the tensor that the format calls `name`.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<u64> {
        let dims = &self.infos.iter().find(|info| info.name == name)?.dims;
        Some(dims.iter().fold(1, |values: u64, dim| values.saturating_mul(*dim)))
    }

    /// Lists the tensors by their Hugging Face names.
    ///
    /// # Errors
    /// Names the tensor whose type is unknown or whose data is not in the file.
    pub fn tensors(&self, layout: &Layout, tensors: &mut Tensors<'a>) -> Result<(), String> {
        for info in &self.infos {
            let Some(name) = hugging_face_name(info.name) else { continue };
            let order = layout.order(info);
            tensors.insert(name, Tensor { order, ..self.tensor(info)? });
        }
        Ok(())
    }

    /// The values of a vector.
    ///
    /// # Errors
    /// As [`Self::tensors`].
    pub fn vector(&self, name: &str) -> Result<Option<Vec<f32>>, String> {
        let Some(info) = self.infos.iter().find(|info| info.name == name) else { return Ok(None) };
        self.tensor(info)?.values().map(Some)
    }

    fn tensor(&self, info: &Info<'a>) -> Result<Tensor<'a>, String> {
        let name = info.name;
        let kind = kind(info.kind)
            .map_err(|found| format!("tensor `{name}` has the type {found}, which cannot be read; {}", readable()))?;
        let too_large = || format!("tensor `{name}` has more values than a file can hold");
        let dims = info.dims.iter().rev().map(|dim| usize::try_from(*dim).map_err(|_| too_large()));
        let dims = dims.collect::<Result<Vec<_>, _>>()?;
        let columns = dims.last().copied().unwrap_or(1);
        let row = kind.row_bytes(columns).ok_or_else(|| {
            format!(
                "tensor `{name}` has rows of {columns} values, no multiple of the {} of a block",
                kind.block_values()
            )
        })?;
        let rows = dims.iter().rev().skip(1).try_fold(1usize, |rows, dim| rows.checked_mul(*dim));
        let length = rows.and_then(|rows| rows.checked_mul(row)).ok_or_else(too_large)?;
        let start = usize::try_from(info.offset).ok();
        let bytes = start.and_then(|start| self.data.get(start..start.checked_add(length)?));
        let bytes = bytes.ok_or_else(|| format!("the file ends before the end of tensor `{name}`"))?;
        Ok(Tensor { dims, kind, bytes: Cow::Borrowed(bytes), order: RowOrder::Plain, delta: None })
    }
}

/// What decides in which order the rows of a file stand.
pub struct Layout {
    /// Rows of a head, where queries and keys stand in pairs.
    paired_head: Option<usize>,
}

impl Layout {
    /// The layout of a file of `architecture` with heads of so many values.
    #[must_use]
    pub fn new(architecture: &str, head: usize) -> Self {
        Self { paired_head: (architecture == "llama" && head > 0 && head.is_multiple_of(2)).then_some(head) }
    }

    fn order(&self, info: &Info) -> RowOrder {
        let is_rotated = info.name.contains(".attn_q.") || info.name.contains(".attn_k.");
        let rows = info.dims.last().copied().unwrap_or(1);
        match self.paired_head {
            Some(head) if is_rotated && rows.is_multiple_of(head as u64) => RowOrder::Pairs(head),
            _ => RowOrder::Plain,
        }
    }
}

fn info<'a>(reader: &mut Reader<'a>) -> Result<Info<'a>, String> {
    let name = reader.text("a tensor's name")?;
    let count = reader.u32(name)?;
    if count > DIMENSIONS {
        return Err(format!("tensor `{name}` has {count} dimensions, and the format knows {DIMENSIONS}"));
    }
    let dims = (0..count).map(|_| reader.u64(name)).collect::<Result<_, _>>()?;
    Ok(Info { name, dims, kind: reader.u32(name)?, offset: reader.u64(name)? })
}

/// The kind that a number of the format stands for, or the name of the type that cannot be read.
fn kind(number: u32) -> Result<TensorKind, String> {
    Ok(match number {
        0 => TensorKind::F32,
        1 => TensorKind::F16,
        2 => TensorKind::Q4_0,
        3 => TensorKind::Q4_1,
        6 => TensorKind::Q5_0,
        7 => TensorKind::Q5_1,
        8 => TensorKind::Q8_0,
        10 => TensorKind::Q2_K,
        11 => TensorKind::Q3_K,
        12 => TensorKind::Q4_K,
        13 => TensorKind::Q5_K,
        14 => TensorKind::Q6_K,
        20 => TensorKind::IQ4_NL,
        23 => TensorKind::IQ4_XS,
        30 => TensorKind::BF16,
        other => return Err(unreadable(other).map_or_else(|| format!("number {other}"), |name| format!("`{name}`"))),
    })
}

/// The names of types that ggml has and this engine does not.
fn unreadable(number: u32) -> Option<&'static str> {
    Some(match number {
        9 => "Q8_1",
        15 => "Q8_K",
        16 => "IQ2_XXS",
        17 => "IQ2_XS",
        18 => "IQ3_XXS",
        19 => "IQ1_S",
        21 => "IQ3_S",
        22 => "IQ2_S",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        29 => "IQ1_M",
        34 => "TQ1_0",
        35 => "TQ2_0",
        39 => "MXFP4",
        40 => "NVFP4",
        _ => return None,
    })
}

/// Which types can be read.
fn readable() -> String {
    format!("{:?} can", TensorKind::ALL).replace(['[', ']'], "")
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
mod tests;
