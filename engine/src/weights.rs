//! Opens the weight files of a model folder without copying them.

pub(crate) mod gguf;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use candle_core::Device;
use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::{Content, TensorInfo};
use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};
use sha2::{Digest, Sha256};

use crate::candle::weights::{combine, map};
use crate::error::LoadError;
use crate::folder::WeightFiles;
use crate::native::format::store::{Source, Stamp};
use crate::native::format::tensor::{SourceKind, SourceTensor};
use crate::weights::gguf::hugging_face_name;

/// Weight files in memory, as far as they are read.
pub struct Files {
    maps: Vec<(PathBuf, Mmap)>,
    is_gguf: bool,
}

/// The tensors of all files by their Hugging Face names.
pub type Tensors<'a> = BTreeMap<String, SourceTensor<'a>>;

/// What tells whether the files are the ones that were seen before.
///
/// # Errors
/// When a file cannot be looked at.
pub fn stamps(weights: &WeightFiles) -> Result<Vec<Stamp>, LoadError> {
    let stamp = |file: &PathBuf| {
        let read = |source| LoadError::Read { file: file.clone(), source };
        let metadata = std::fs::metadata(file).map_err(read)?;
        let modified = metadata.modified().map_err(read)?;
        // Before 1970 only by mistake; then the file counts as changed at its beginning.
        let modified = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() as u64;
        Ok(Stamp { name: name(file), size: metadata.len(), modified })
    };
    paths(weights).iter().map(stamp).collect()
}

fn paths(weights: &WeightFiles) -> Cow<'_, [PathBuf]> {
    match weights {
        WeightFiles::Safetensors(files) => files.into(),
        WeightFiles::Gguf(file) => vec![file.clone()].into(),
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Files {
    /// Maps the files.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub fn open(weights: &WeightFiles) -> Result<Self, LoadError> {
        let maps =
            paths(weights).iter().map(|file| Ok((file.clone(), map(file)?))).collect::<Result<_, LoadError>>()?;
        Ok(Self { maps, is_gguf: matches!(weights, WeightFiles::Gguf(_)) })
    }

    /// Reads all of the files once to name their content.
    #[must_use]
    pub fn source(&self, stamps: Vec<Stamp>) -> Source {
        let hashes: Vec<_> = self.maps.iter().map(|(file, map)| (file, hex::encode(Sha256::digest(map)))).collect();
        Source { sha256: combine(&hashes), files: stamps }
    }

    /// Lists the tensors.
    ///
    /// # Errors
    /// When a file is cut short, damaged, or holds a type that cannot be read; the error names the file.
    pub fn tensors(&self) -> Result<Tensors<'_>, LoadError> {
        let mut tensors = BTreeMap::new();
        for (file, map) in &self.maps {
            let read = if self.is_gguf { gguf(map, &mut tensors) } else { safetensors(map, &mut tensors) };
            read.map_err(|source| LoadError::Weights { file: file.clone(), source })?;
        }
        Ok(tensors)
    }
}

fn safetensors<'a>(bytes: &'a [u8], tensors: &mut Tensors<'a>) -> candle_core::Result<()> {
    let file = SafeTensors::deserialize(bytes)?;
    for (name, view) in file.tensors() {
        let kind = match view.dtype() {
            Dtype::F32 => SourceKind::F32,
            Dtype::F16 => SourceKind::F16,
            Dtype::BF16 => SourceKind::BF16,
            other => candle_core::bail!("tensor `{name}` holds {other:?}; only F32, F16 and BF16 can be read"),
        };
        let (rows, columns) = shape(&name, view.shape())?;
        let bytes = Cow::Borrowed(view.data());
        tensors.insert(name, SourceTensor { rows, columns, kind, bytes, is_widened: false });
    }
    Ok(())
}

fn gguf<'a>(bytes: &'a [u8], tensors: &mut Tensors<'a>) -> candle_core::Result<()> {
    let mut reader = Cursor::new(bytes);
    let content = Content::read(&mut reader)?;
    for (name, info) in &content.tensor_infos {
        let Some(hugging_face) = hugging_face_name(name) else { continue };
        let (rows, columns) = shape(name, info.shape.dims())?;
        let tensor = if let Some(kind) = kind(info.ggml_dtype) {
            let bytes = Cow::Borrowed(place(bytes, &content, name, info)?);
            SourceTensor { rows, columns, kind, bytes, is_widened: false }
        } else {
            let tensor = info.read(&mut reader, content.tensor_data_offset, &Device::Cpu)?;
            let values = tensor.dequantize(&Device::Cpu)?.flatten_all()?.to_vec1::<f32>()?;
            let bytes = Cow::Owned(bytemuck::cast_slice(&values).to_vec());
            SourceTensor { rows, columns, kind: SourceKind::F32, bytes, is_widened: true }
        };
        tensors.insert(hugging_face, tensor);
    }
    Ok(())
}

fn kind(dtype: GgmlDType) -> Option<SourceKind> {
    match dtype {
        GgmlDType::F32 => Some(SourceKind::F32),
        GgmlDType::F16 => Some(SourceKind::F16),
        GgmlDType::BF16 => Some(SourceKind::BF16),
        GgmlDType::Q4_0 => Some(SourceKind::Q4_0),
        GgmlDType::Q8_0 => Some(SourceKind::Q8_0),
        _ => None,
    }
}

/// The bytes of one tensor of a GGUF file.
fn place<'a>(bytes: &'a [u8], content: &Content, name: &str, info: &TensorInfo) -> candle_core::Result<&'a [u8]> {
    let (elements, block) = (info.shape.elem_count(), info.ggml_dtype.block_size());
    if !elements.is_multiple_of(block) {
        candle_core::bail!("tensor `{name}` has {elements} values, no multiple of its blocks of {block}");
    }
    let length = elements / block * info.ggml_dtype.type_size();
    let start = content.tensor_data_offset.checked_add(info.offset).and_then(|start| usize::try_from(start).ok());
    let found = start.and_then(|start| bytes.get(start..start.checked_add(length)?));
    found.ok_or_else(|| candle_core::Error::msg(format!("the file ends before the end of tensor `{name}`")))
}

fn shape(name: &str, dims: &[usize]) -> candle_core::Result<(usize, usize)> {
    match dims {
        [columns] => Ok((1, *columns)),
        [rows, columns] => Ok((*rows, *columns)),
        _ => candle_core::bail!("tensor `{name}` has {} dimensions; only vectors and matrices can be read", dims.len()),
    }
}
