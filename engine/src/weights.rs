//! The weight files of a model folder, mapped: the tensors in them by their Hugging Face names, and the hash that names
//! the model.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use crate::error::{Cause, LoadError};
use crate::folder::WeightFiles;
use crate::gguf::{Gguf, Layout};
use crate::tensor::{RowOrder, Tensor, TensorKind, Tensors};

/// Weight files in memory, as far as they are read.
pub struct Files {
    maps: Vec<(PathBuf, Mmap)>,
    is_gguf: bool,
    /// An adapter for them.
    adapter: Option<(PathBuf, Mmap)>,
}

impl Files {
    /// Maps the files. They are not read yet.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub fn open(weights: &WeightFiles, adapter: Option<PathBuf>) -> Result<Self, LoadError> {
        let (files, is_gguf) = match weights {
            WeightFiles::Safetensors(files) => (files, false),
            WeightFiles::Gguf(files) => (files, true),
        };
        let maps = files.iter().map(|file| Ok((file.clone(), map(file)?))).collect::<Result<_, LoadError>>()?;
        let adapter = adapter.map(|file| Ok((file.clone(), map(&file)?))).transpose()?;
        Ok(Self { maps, is_gguf, adapter })
    }

    /// Where the files are.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.all().map(|(file, _)| file.as_path())
    }

    /// The first GGUF file with its header, which has the settings of the whole model, where the files are of this format.
    ///
    /// # Errors
    /// When the header is damaged.
    pub fn gguf(&self) -> Result<Option<(&Path, Gguf<'_>)>, LoadError> {
        let Some((file, map)) = self.maps.first().filter(|_| self.is_gguf) else { return Ok(None) };
        Ok(Some((file.as_path(), header(file, map)?)))
    }

    /// Reads all of the files once for the SHA-256, hexadecimal, that names them: of the file, or with several files of the
    /// lines that `sha256sum` prints for them.
    pub fn sha256(&self) -> String {
        let hash = |map: &Mmap| hex::encode(Sha256::digest(map));
        if let ([(_, only)], None) = (self.maps.as_slice(), &self.adapter) {
            return hash(only);
        }
        let mut sum = Sha256::new();
        for (file, map) in self.all() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            sum.update(format!("{}  {name}\n", hash(map)));
        }
        hex::encode(sum.finalize())
    }

    /// Lists the tensors of a model with heads of so many values.
    ///
    /// # Errors
    /// When a file is cut short, damaged, or holds a type that cannot be read; the error names the file.
    pub fn tensors(&self, head_dim: usize) -> Result<Tensors<'_>, LoadError> {
        let mut tensors = BTreeMap::new();
        for (file, map) in &self.maps {
            let damaged = |source: Cause| LoadError::Weights { file: file.clone(), source };
            if self.is_gguf {
                let gguf = header(file, map)?;
                // Further parts of a model do not repeat what the first says.
                let layout = Layout::new(self.architecture()?, head_dim);
                gguf.tensors(&layout, &mut tensors).map_err(|why| damaged(why.into()))?;
            } else {
                safetensors(map, &mut tensors).map_err(damaged)?;
            }
        }
        if let Some((file, map)) = &self.adapter {
            let damaged = |why: String| LoadError::Weights { file: file.clone(), source: why.into() };
            if !self.is_gguf {
                return Err(damaged(
                    "an adapter is added to weights in GGUF files, and this folder has safetensors: take the model as GGUF, or remove the adapter".into(),
                ));
            }
            let adapter = header(file, map)?;
            let (found, expected) = (adapter.architecture(), self.architecture()?);
            if found != expected {
                return Err(damaged(format!(
                    "it is an adapter of a `{found}` model, and the weights are of a `{expected}` model"
                )));
            }
            let layout = Layout::new(expected, head_dim);
            for (name, delta) in adapter.deltas(&layout).map_err(damaged)? {
                let tensor = tensors.get_mut(&name).ok_or_else(|| damaged(format!("the model has no `{name}`")))?;
                delta.fits(&tensor.dims).map_err(|why| damaged(format!("`{name}`: {why}")))?;
                tensor.delta = Some(delta);
            }
        }
        Ok(tensors)
    }

    /// The files of the model and the adapter.
    fn all(&self) -> impl Iterator<Item = &(PathBuf, Mmap)> {
        self.maps.iter().chain(&self.adapter)
    }

    fn architecture(&self) -> Result<&str, LoadError> {
        Ok(self.gguf()?.map_or("nameless", |(_, gguf)| gguf.architecture()))
    }
}

fn header<'a>(file: &Path, bytes: &'a [u8]) -> Result<Gguf<'a>, LoadError> {
    Gguf::read(bytes).map_err(|why| LoadError::Weights { file: file.to_owned(), source: why.into() })
}

/// The bytes of a weight file, read from the disk as far as they are looked at.
#[expect(unsafe_code, reason = "maps a file")]
fn map(file: &Path) -> Result<Mmap, LoadError> {
    let read = |source| LoadError::Read { file: file.to_owned(), source };
    let handle = File::open(file).map_err(read)?;
    // SAFETY: model files are complete before they are loaded and are not written to afterwards: volumes are mounted
    // read-only, and downloads get their names by renaming.
    unsafe { Mmap::map(&handle) }.map_err(read)
}

fn safetensors<'a>(bytes: &'a [u8], tensors: &mut Tensors<'a>) -> Result<(), Cause> {
    for (name, view) in SafeTensors::deserialize(bytes)?.tensors() {
        let kind = match view.dtype() {
            Dtype::F32 => TensorKind::F32,
            Dtype::F16 => TensorKind::F16,
            Dtype::BF16 => TensorKind::BF16,
            other => return Err(format!("tensor `{name}` holds {other:?}; only F32, F16 and BF16 can be read").into()),
        };
        let (dims, bytes) = (view.shape().to_vec(), Cow::Borrowed(view.data()));
        tensors.insert(name, Tensor { dims, kind, bytes, order: RowOrder::Plain, delta: None });
    }
    Ok(())
}
