//! The tokenizer of a file.

use super::Gguf;
use super::reader::Value;
use crate::tokens::{Kind, Listed};

/// The tokens of the file in the order of their ids, and how text becomes them.
///
/// # Errors
/// Names the setting that is missing or does not fit another.
pub fn vocabulary<'a>(gguf: &Gguf<'a>) -> Result<Listed<'a>, String> {
    let list = |key: &str| match gguf.value(key) {
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(format!("its setting `{key}` is no list")),
        None => Err(format!("it has no setting `{key}`")),
    };
    let texts = |key: &str| list(key)?.texts().ok_or_else(|| format!("its setting `{key}` is no list of texts"));
    let tokens = texts("tokenizer.ggml.tokens")?;
    let kinds = match list("tokenizer.ggml.token_type") {
        Ok(kinds) => kinds.values().map(kind).collect(),
        Err(_) => vec![Kind::Normal; tokens.len()],
    };
    if kinds.len() != tokens.len() {
        let (tokens, kinds) = (tokens.len(), kinds.len());
        return Err(format!("it has {tokens} `tokenizer.ggml.tokens` and {kinds} `tokenizer.ggml.token_type`"));
    }
    let score = |score| if let Value::Float(score) = score { score as f32 } else { 0.0 };
    let scores = list("tokenizer.ggml.scores").map(|scores| scores.values().map(score).collect()).unwrap_or_default();
    Ok(Listed {
        model: gguf.text("tokenizer.ggml.model").ok_or("it has no setting `tokenizer.ggml.model`")?,
        pre: gguf.text("tokenizer.ggml.pre"),
        tokens,
        kinds,
        merges: texts("tokenizer.ggml.merges").unwrap_or_default(),
        scores,
        adds_space: !matches!(gguf.value("tokenizer.ggml.add_space_prefix"), Some(Value::Bool(false))),
        unknown: gguf.token("tokenizer.ggml.unknown_token_id"),
    })
}

/// The kinds of the format: unknown, control, user defined, unused and byte have numbers of their own.
fn kind(value: Value) -> Kind {
    match value {
        Value::Whole(2 | 3) => Kind::Control,
        Value::Whole(4) => Kind::Added,
        Value::Whole(5) => Kind::Unused,
        Value::Whole(6) => Kind::Byte,
        _ => Kind::Normal,
    }
}
