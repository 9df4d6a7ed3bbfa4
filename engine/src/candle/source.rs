//! What the architectures are built from.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;

use crate::config::ModelConfig;
use crate::error::LoadError;
use crate::folder::Folder;

/// A configuration with its weights.
pub(super) struct Source<'a> {
    folder: &'a Folder,
    json: serde_json::Value,
    pub(super) config: &'a ModelConfig,
    pub(super) device: &'a Device,
    /// Most tokens of a row.
    pub(super) context: usize,
    tensors: HashMap<String, Tensor>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        folder: &'a Folder,
        config: &'a ModelConfig,
        tensors: HashMap<String, Tensor>,
        device: &'a Device,
        context: usize,
    ) -> Result<Self, LoadError> {
        let json = folder.json("config.json")?.unwrap_or_default();
        Ok(Self { folder, json, config, device, context: context.min(config.max_position_embeddings), tensors })
    }

    /// The fields of `config.json` that only one architecture has.
    pub(super) fn fields<T: DeserializeOwned>(&self) -> Result<T, LoadError> {
        serde_json::from_value(self.json.clone())
            .map_err(|source| LoadError::Parse { file: self.folder.file("config.json"), source: source.into() })
    }

    /// The weights, as candle takes them.
    pub(super) fn weights(&self) -> VarBuilder<'static> {
        VarBuilder::from_tensors(self.tensors.clone(), DType::F32, self.device)
    }

    pub(super) fn tensors(&self) -> &HashMap<String, Tensor> {
        &self.tensors
    }

    /// Number of key and value heads; as many as query heads when nothing is said.
    pub(super) fn key_value_heads(&self) -> usize {
        self.config.num_key_value_heads.unwrap_or(self.config.num_attention_heads)
    }

    /// Refuses a way of stretching the positions that would have to be computed, and is not here.
    pub(super) fn refuse_rope_scaling(&self) -> Result<(), LoadError> {
        match self.rope_type() {
            None | Some("default") => Ok(()),
            Some(kind) => Err(self.refusal(
                format!("rope scaling `{kind}`"),
                format!("models of type `{}` are computed without", self.config.model_type),
            )),
        }
    }

    /// Kind of rope scaling, in old and new files.
    pub(super) fn rope_type(&self) -> Option<&str> {
        ["rope_scaling", "rope_parameters"].into_iter().find_map(|field| {
            let field = self.json.get(field)?;
            field.get("rope_type").or_else(|| field.get("type"))?.as_str()
        })
    }

    /// A setting that cannot be followed.
    pub(super) fn refusal(&self, found: String, expected: String) -> LoadError {
        LoadError::Mismatch { file: self.folder.file("config.json"), found, expected }
    }

    /// Weights that do not fit.
    pub(super) fn damaged(&self, source: candle_core::Error) -> LoadError {
        LoadError::Weights { file: self.folder.path().to_owned(), source }
    }
}
