//! Which files a model folder holds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::LoadError;

/// The weights of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum WeightFiles {
    /// One or more safetensors files, sorted by name.
    Safetensors(Vec<PathBuf>),
    /// One GGUF file.
    Gguf(PathBuf),
}

/// A folder with a model in it.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
    names: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Index {
    weight_map: std::collections::BTreeMap<String, String>,
}

impl Folder {
    /// Lists the folder.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        let read = |source| LoadError::Read { file: path.to_owned(), source };
        let mut names = BTreeSet::new();
        for entry in std::fs::read_dir(path).map_err(read)? {
            names.insert(entry.map_err(read)?.file_name().to_string_lossy().into_owned());
        }
        Ok(Self { path: path.to_owned(), names })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The bytes of a file that must be there.
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, LoadError> {
        self.read_optional(name)?.ok_or_else(|| self.missing(format!("`{name}`")))
    }

    /// The bytes of a file that may be there.
    pub(super) fn read_optional(&self, name: &str) -> Result<Option<Vec<u8>>, LoadError> {
        if !self.names.contains(name) {
            return Ok(None);
        }
        let file = self.file(name);
        std::fs::read(&file).map(Some).map_err(|source| LoadError::Read { file, source })
    }

    /// A JSON file that may be there.
    pub(super) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, LoadError> {
        let Some(bytes) = self.read_optional(name)? else { return Ok(None) };
        let value = serde_json::from_slice(&bytes)
            .map_err(|source| LoadError::Parse { file: self.file(name), source: source.into() })?;
        Ok(Some(value))
    }

    /// The weights: what the safetensors index names, else every safetensors file, else the one GGUF file.
    pub(super) fn weights(&self) -> Result<WeightFiles, LoadError> {
        if let Some(index) = self.json::<Index>("model.safetensors.index.json")? {
            let shards: BTreeSet<String> = index.weight_map.into_values().collect();
            if let Some(absent) = shards.iter().find(|shard| !self.names.contains(*shard)) {
                return Err(self.missing(format!("`{absent}`, which its index names")));
            }
            return Ok(WeightFiles::Safetensors(shards.iter().map(|name| self.file(name)).collect()));
        }
        let safetensors = self.with_extension("safetensors");
        if !safetensors.is_empty() {
            return Ok(WeightFiles::Safetensors(safetensors.iter().map(|name| self.file(name)).collect()));
        }
        match self.with_extension("gguf").as_slice() {
            [] => Err(self.missing("weights (*.safetensors or *.gguf)".to_owned())),
            [name] => Ok(WeightFiles::Gguf(self.file(name))),
            several => Err(LoadError::Ambiguous { folder: self.path.clone(), files: several.to_vec() }),
        }
    }

    pub(super) fn missing(&self, what: String) -> LoadError {
        LoadError::Missing { folder: self.path.clone(), what }
    }

    fn with_extension(&self, extension: &str) -> Vec<String> {
        let wanted = |name: &&String| Path::new(name).extension().is_some_and(|found| found == extension);
        self.names.iter().filter(wanted).cloned().collect()
    }
}
