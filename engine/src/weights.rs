//! The weight files of a model folder, mapped: the tensors in them by their Hugging Face names, and the hash that names
//! the model.

mod gguf;
mod tensor;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use crate::error::{Cause, LoadError};
use crate::folder::WeightFiles;

pub use gguf::Gguf;
pub use tensor::{Tensor, TensorKind, Tensors};

/// Weight files in memory, as far as they are read.
pub struct Files {
    maps: Vec<(PathBuf, Mmap)>,
    /// The header, where the one file is of this format.
    gguf: Option<Gguf>,
}

impl Files {
    /// Maps the files. Their tensors are not read yet.
    ///
    /// # Errors
    /// When one cannot be opened, or the header of a GGUF file is damaged.
    pub fn open(weights: &WeightFiles) -> Result<Self, LoadError> {
        match weights {
            WeightFiles::Safetensors(files) => {
                let maps = files.iter().map(|file| Ok((file.clone(), map(file)?)));
                Ok(Self { maps: maps.collect::<Result<_, LoadError>>()?, gguf: None })
            }
            WeightFiles::Gguf(file) => {
                let map = map(file)?;
                let gguf = Gguf::read(&map).map_err(|source| LoadError::Weights { file: file.clone(), source })?;
                Ok(Self { maps: vec![(file.clone(), map)], gguf: Some(gguf) })
            }
        }
    }

    /// Where the files are.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.maps.iter().map(|(file, _)| file.as_path())
    }

    /// The GGUF file and its header, if there is one.
    pub fn gguf(&self) -> Option<(&Path, &Gguf)> {
        Some((self.paths().next()?, self.gguf.as_ref()?))
    }

    /// Reads all of the files once for the SHA-256, hexadecimal, that names them: of the file, or with several files of the
    /// lines that `sha256sum` prints for them.
    pub fn sha256(&self) -> String {
        let hash = |map: &Mmap| hex::encode(Sha256::digest(map));
        if let [(_, only)] = self.maps.as_slice() {
            return hash(only);
        }
        let mut sum = Sha256::new();
        for (file, map) in &self.maps {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            sum.update(format!("{}  {name}\n", hash(map)));
        }
        hex::encode(sum.finalize())
    }

    /// Lists the tensors.
    ///
    /// # Errors
    /// When a file is cut short, damaged, or holds a type that cannot be read; the error names the file.
    pub fn tensors(&self) -> Result<Tensors<'_>, LoadError> {
        let mut tensors = BTreeMap::new();
        for (file, map) in &self.maps {
            let read = match &self.gguf {
                Some(gguf) => gguf.tensors(map, &mut tensors),
                None => safetensors(map, &mut tensors),
            };
            read.map_err(|source| LoadError::Weights { file: file.clone(), source })?;
        }
        Ok(tensors)
    }
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
        tensors.insert(name, Tensor { dims, kind, bytes, is_widened: false });
    }
    Ok(())
}
