//! Reads weight files into 32-bit tensors by their Hugging Face names, with the hash that names the model.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use candle_core::safetensors::SliceSafetensors;
use candle_core::{DType, Device, Tensor};
use memmap2::Mmap;
use sha2::{Digest, Sha256};

use crate::error::LoadError;
use crate::folder::WeightFiles;
use crate::weights::gguf;

/// Everything the weight files hold.
pub(crate) struct Weights {
    /// Tensors by Hugging Face name, 32 bits a value: the fastest type that candle has on a CPU without bf16.
    pub(crate) tensors: HashMap<String, Tensor>,
    /// SHA-256, hexadecimal: of the file, or with several files of the lines that `sha256sum` prints for them.
    pub(crate) sha256: String,
}

pub(crate) fn read(files: &WeightFiles) -> Result<Weights, LoadError> {
    match files {
        WeightFiles::Safetensors(files) => {
            let mut tensors = HashMap::new();
            let mut hashes = Vec::new();
            for file in files {
                let bytes = map(file)?;
                hashes.push((file, hex::encode(Sha256::digest(&bytes))));
                add_safetensors(&bytes, &mut tensors)
                    .map_err(|source| LoadError::Weights { file: file.clone(), source })?;
            }
            Ok(Weights { tensors, sha256: combine(&hashes) })
        }
        WeightFiles::Gguf(file) => {
            let bytes = map(file)?;
            Ok(Weights { tensors: gguf::tensors(file, &bytes)?, sha256: hex::encode(Sha256::digest(&bytes)) })
        }
    }
}

/// The bytes of a weight file, read from the disk as far as they are looked at.
#[expect(unsafe_code, reason = "maps a file")]
pub(crate) fn map(file: &Path) -> Result<Mmap, LoadError> {
    let read = |source| LoadError::Read { file: file.to_owned(), source };
    let handle = File::open(file).map_err(read)?;
    // SAFETY: model files are complete before a worker starts and are not written to afterwards: volumes are mounted
    // read-only, and downloads get their names by renaming.
    unsafe { Mmap::map(&handle) }.map_err(read)
}

fn add_safetensors(bytes: &[u8], tensors: &mut HashMap<String, Tensor>) -> candle_core::Result<()> {
    let file = SliceSafetensors::new(bytes)?;
    for (name, _) in file.tensors() {
        let tensor = file.load(&name, &Device::Cpu)?.to_dtype(DType::F32)?;
        tensors.insert(name, tensor);
    }
    Ok(())
}

/// One hash for several files: that of the lines which `sha256sum` prints for them.
pub(crate) fn combine(hashes: &[(&std::path::PathBuf, String)]) -> String {
    if let [(_, only)] = hashes {
        return only.clone();
    }
    let mut sum = Sha256::new();
    for (file, hash) in hashes {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        sum.update(format!("{hash}  {name}\n"));
    }
    hex::encode(sum.finalize())
}
