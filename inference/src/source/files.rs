//! Which files of a repository a model needs. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// The file that names the shard of every tensor.
pub(super) const INDEX: &str = "model.safetensors.index.json";
/// Files without which no model can be loaded, unless it is a GGUF file.
const REQUIRED: [&str; 2] = ["config.json", "tokenizer.json"];
/// Files that are fetched if the repository has them.
const OPTIONAL: [&str; 4] =
    ["generation_config.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"];
/// Suffix of an incomplete file.
pub(super) const PART: &str = ".part";
/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

/// Files to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// Configuration, tokenizer, and the index of the weights where there is one.
    pub small: Vec<String>,
    /// The weights.
    pub weights: Weights,
}

/// Weights to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Weights {
    /// These files.
    Files(Vec<String>),
    /// The files that [`INDEX`] names, which is fetched first.
    Index,
}

/// Why no model can be fetched from a repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// A file is missing.
    #[error("it has no {0}")]
    Missing(String),
    /// The repository holds several models.
    #[error("it has more than one model: name one of these in `files` (all parts of it, where it has several): {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// The index of the weights cannot be read.
    #[error("its {INDEX} cannot be read: {0}")]
    Index(String),
    /// The name leads out of the folder.
    #[error("`{0}` is not a valid name of a file in it")]
    Name(String),
}

/// Chooses among the files of a repository. Files in folders are ignored: they are other formats of the same model.
pub(super) fn choose(names: &[String]) -> Result<Choice, ChoiceError> {
    let has = |name: &str| names.iter().any(|found| found == name);
    let ending = |ending: &str| -> Vec<String> {
        names.iter().filter(|name| !name.contains('/') && name.ends_with(ending)).cloned().collect()
    };
    let (safetensors, gguf) = (ending(".safetensors"), ending(".gguf"));
    let is_indexed = has(INDEX);
    // A GGUF file is a whole model; half of what may stand beside it is of no use.
    let is_whole = !is_indexed && safetensors.is_empty() && !gguf.is_empty();
    let weights = if is_whole { only_model(gguf)? } else { safetensors };
    let missing = REQUIRED.into_iter().find(|name| !has(name));
    let mut small: Vec<String> = match missing {
        Some(_) if is_whole => Vec::new(),
        Some(missing) => return Err(ChoiceError::Missing(format!("`{missing}`"))),
        None => REQUIRED.into_iter().chain(OPTIONAL).filter(|name| has(name)).map(str::to_owned).collect(),
    };
    if is_indexed {
        small.push(INDEX.to_owned());
        return Ok(Choice { small, weights: Weights::Index });
    }
    if weights.is_empty() {
        return Err(ChoiceError::Missing("weights (*.safetensors or *.gguf)".to_owned()));
    }
    match weights.iter().chain(&small).find(|name| !is_safe(name)) {
        Some(name) => Err(ChoiceError::Name(name.clone())),
        None => Ok(Choice { small, weights: Weights::Files(weights) }),
    }
}

/// The GGUF files, if they are one model: one file, or all parts of one.
fn only_model(files: Vec<String>) -> Result<Vec<String>, ChoiceError> {
    let models: BTreeMap<&str, usize> = files.iter().fold(BTreeMap::new(), |mut models, name| {
        let (model, parts) = part(name).unwrap_or((name, 1));
        models.insert(model, parts);
        models
    });
    match models.iter().collect::<Vec<_>>().as_slice() {
        [(_, parts)] if **parts == files.len() => Ok(files),
        [(model, parts)] => Err(ChoiceError::Missing(format!("whole `{model}`: {} of {parts} parts", files.len()))),
        _ => Err(ChoiceError::Ambiguous(files)),
    }
}

/// Of a name such as `model-00001-of-00003.gguf` the model and the number of its parts.
fn part(name: &str) -> Option<(&str, usize)> {
    let (rest, count) = name.strip_suffix(".gguf")?.rsplit_once("-of-")?;
    let (model, number) = rest.rsplit_once('-')?;
    let is_number = |digits: &str| digits.len() == 5 && digits.bytes().all(|digit| digit.is_ascii_digit());
    (is_number(number) && is_number(count)).then(|| Some((model, count.parse().ok()?))).flatten()
}

/// The shards that an index names; each must be among `names`.
pub(super) fn shards(index: &[u8], names: &[String]) -> Result<Vec<String>, ChoiceError> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let index: Index = serde_json::from_slice(index).map_err(|error| ChoiceError::Index(error.to_string()))?;
    let shards: BTreeSet<String> = index.weight_map.into_values().collect();
    match shards.iter().find(|shard| !names.contains(shard) || !is_safe(shard)) {
        Some(absent) => Err(ChoiceError::Missing(format!("`{absent}`, which its index names"))),
        None => Ok(shards.into_iter().collect()),
    }
}

/// Whether a name stays inside the folder that it is joined to and cannot clash with a file of our own.
pub(super) fn is_safe(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']);
    name.split('/').all(part) && !name.ends_with(PART)
}

/// Parses `name=digits`.
pub(super) fn parse_checksum(text: &str) -> Result<(String, String), String> {
    let (name, digits) = text.rsplit_once('=').ok_or("it must be `name=digits`")?;
    let digits = digits.to_ascii_lowercase();
    if is_sha256(&digits) { Ok((name.to_owned(), digits)) } else { Err("it must have 64 hexadecimal digits".into()) }
}

/// Whether `text` is a SHA-256 in lower-case hexadecimal digits.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests;
