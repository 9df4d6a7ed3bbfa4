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
    /// One GGUF file, or the parts of one in their order.
    Gguf(Vec<PathBuf>),
}

/// A folder with a model in it.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
    names: BTreeSet<String>,
}

/// A file that is no weights of its own, but changes those of the folder.
const ADAPTER: &str = "adapter.gguf";

#[derive(Deserialize)]
struct Index {
    weight_map: std::collections::BTreeMap<String, String>,
}

impl Folder {
    /// Lists the folder. A path to a GGUF file stands for a folder that holds only this file.
    pub(super) fn open(path: &Path) -> Result<Self, LoadError> {
        let read = |source| LoadError::Read { file: path.to_owned(), source };
        if let (true, Some(folder), Some(name)) = (path.is_file(), path.parent(), path.file_name()) {
            let names = BTreeSet::from([name.to_string_lossy().into_owned()]);
            return Ok(Self { path: folder.to_owned(), names });
        }
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
        let mut files = self.with_extension("gguf");
        files.retain(|name| name != ADAPTER);
        match files.as_slice() {
            [] => Err(self.missing("weights (*.safetensors or *.gguf)".to_owned())),
            [name] if part(name).is_none() => Ok(WeightFiles::Gguf(vec![self.file(name)])),
            [first, ..] => self.parts(first, &files),
        }
    }

    /// The adapter of the folder, where it has one.
    pub(super) fn adapter(&self) -> Option<PathBuf> {
        self.names.contains(ADAPTER).then(|| self.file(ADAPTER))
    }

    /// All parts of the split file that `first` belongs to, if `files` are those and no others.
    fn parts(&self, first: &str, files: &[String]) -> Result<WeightFiles, LoadError> {
        let ambiguous = || LoadError::Ambiguous { folder: self.path.clone(), files: files.to_vec() };
        let (stem, _, count) = part(first).ok_or_else(ambiguous)?;
        if files.iter().any(|file| part(file).is_none_or(|part| (part.0, part.2) != (stem, count))) {
            return Err(ambiguous());
        }
        // Their names sort in the order of their numbers, which all have five digits.
        for number in 1..=count {
            let name = format!("{stem}-{number:05}-of-{count:05}.gguf");
            if !self.names.contains(&name) {
                return Err(self.missing(format!("`{name}`, one of the {count} parts of its model")));
            }
        }
        Ok(WeightFiles::Gguf(files.iter().map(|name| self.file(name)).collect()))
    }

    pub(super) fn missing(&self, what: String) -> LoadError {
        LoadError::Missing { folder: self.path.clone(), what }
    }

    fn with_extension(&self, extension: &str) -> Vec<String> {
        let wanted = |name: &&String| Path::new(name).extension().is_some_and(|found| found == extension);
        self.names.iter().filter(wanted).cloned().collect()
    }
}

/// What the name of a part of a split file says: `name-00001-of-00003.gguf`.
fn part(name: &str) -> Option<(&str, u32, u32)> {
    let (rest, count) = name.strip_suffix(".gguf")?.rsplit_once("-of-")?;
    let (stem, number) = rest.rsplit_once('-')?;
    let number_of = |digits: &str| (digits.len() == 5).then(|| digits.parse::<u32>().ok()).flatten();
    Some((stem, number_of(number)?, number_of(count)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_split_file_are_told_by_their_names() {
        assert_eq!(part("a-q8-00002-of-00003.gguf"), Some(("a-q8", 2, 3)));
        for name in ["a.gguf", "a-00001-of-00002.bin", "a-1-of-2.gguf", "a-00001-of-0000x.gguf"] {
            assert_eq!(part(name), None, "{name}");
        }
    }
}
