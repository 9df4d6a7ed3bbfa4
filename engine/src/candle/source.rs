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
    pub(super) config: &'a ModelConfig,
    /// Most tokens of a row.
    pub(super) context: usize,
    tensors: HashMap<String, Tensor>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        folder: &'a Folder,
        config: &'a ModelConfig,
        tensors: HashMap<String, Tensor>,
        context: usize,
    ) -> Self {
        Self { folder, config, context: context.min(config.max_position_embeddings), tensors }
    }

    /// The fields of `config.json` that only one architecture has.
    pub(super) fn fields<T: DeserializeOwned>(&self) -> Result<T, LoadError> {
        serde_json::from_value(self.config.json.clone().into())
            .map_err(|source| LoadError::Parse { file: self.folder.file("config.json"), source: source.into() })
    }

    /// The weights, as candle takes them.
    pub(super) fn weights(&self) -> VarBuilder<'static> {
        VarBuilder::from_tensors(self.tensors.clone(), DType::F32, &Device::Cpu)
    }

    pub(super) fn tensors(&self) -> &HashMap<String, Tensor> {
        &self.tensors
    }

    /// Refuses rope scaling, which this architecture is computed without.
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
            let field = self.config.json.get(field)?;
            field.get("rope_type").or_else(|| field.get("type"))?.as_str()
        })
    }

    /// A setting that cannot be followed.
    pub(super) fn refusal(&self, found: String, expected: String) -> LoadError {
        LoadError::Mismatch { file: self.folder.file("config.json"), found, expected }
    }

    /// Weights that do not fit.
    pub(super) fn damaged(&self, source: candle_core::Error) -> LoadError {
        LoadError::Weights { file: self.folder.path().to_owned(), source: source.into() }
    }
}
