//! Repacked weights in one block of memory: a cache file of our own, or memory without a file.
//!
//! ```text
//! 0   8 bytes    "CLWEIGHT"
//! 8   u32        format version
//! 12  u32        length of the header
//! 16  32 bytes   BLAKE3 of the header
//! 48  header     JSON: source, quantisation, sections with name, kind, shape, place and BLAKE3
//! ... sections   each at a multiple of 64 bytes
//! ```
//! Every start reads all sections to compare their hashes, so those are by BLAKE3 (O'Connor and others, 2020), several times
//! as fast as the SHA-256 that names the weights elsewhere.

use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::Mmap;
use serde::{Deserialize, Serialize};

use super::source::Source;
use crate::native::kernels::matmul::Weights;
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::pool::Pool;
use crate::native::kernels::weight::{F16Block, F32Block, LowBlock, Q4Block, Q4MinBlock, Q5Block, Q8Block, WeightKind};

/// Counts up whenever blocks or sections change.
pub const FORMAT: u32 = 5;
/// Sections begin at multiples of it: a cache line.
pub const ALIGN: usize = 64;
const MAGIC: &[u8; 8] = b"CLWEIGHT";
const PREFIX: usize = 48;

/// The header of a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Where the weights come from.
    pub source: Source,
    /// What the weights were rounded to, as the options name it.
    pub quantization: String,
    /// Number of parameters of the model.
    pub parameters: usize,
    /// What is in it, in order.
    pub sections: Vec<Section>,
}

/// One matrix or vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Name, for instance `layers.3.qkv`.
    pub name: String,
    /// How values are held.
    pub kind: WeightKind,
    /// Rows, a multiple of 16, or 1 for a vector (32-bit floats in their order).
    pub rows: usize,
    /// Columns; a multiple of 32 for matrices.
    pub columns: usize,
    /// Place in the store.
    pub range: Range<usize>,
    /// BLAKE3 of the bytes, hexadecimal.
    pub blake3: String,
}

/// Why a cache file was refused.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It could not be opened, read or mapped.
    #[error("failed to read the weight cache `{}`", file.display())]
    Read {
        /// The cache file.
        file: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("refused the weight cache `{}`: {mismatch}", file.display())]
    Mismatch {
        /// The cache file.
        file: PathBuf,
        /// What is wrong with it.
        mismatch: String,
    },
}

/// Repacked weights.
pub struct Store {
    map: Arc<Mmap>,
    header: Header,
}

/// A matrix in a store.
pub struct Matrix {
    map: Arc<Mmap>,
    range: Range<usize>,
    /// How weights are held.
    pub kind: WeightKind,
    /// Rows, a multiple of 16.
    pub rows: usize,
    /// Columns, a multiple of 32.
    pub columns: usize,
}

impl Header {
    /// Prefix and header as bytes.
    ///
    /// # Panics
    /// Never: a header has nothing that JSON cannot say.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("a header has nothing that JSON cannot say");
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend((json.len() as u32).to_le_bytes());
        bytes.extend(blake3::hash(&json).as_bytes());
        bytes.extend(json);
        bytes
    }

    /// Reads the header of a file, and nothing else.
    ///
    /// # Errors
    /// [`StoreError`], which names the file and what is wrong with it.
    pub fn read(file: &Path) -> Result<Self, StoreError> {
        let read = |source| StoreError::Read { file: file.to_owned(), source };
        let mut handle = File::open(file).map_err(read)?;
        let mut bytes = Vec::new();
        handle.by_ref().take(PREFIX as u64).read_to_end(&mut bytes).map_err(read)?;
        let length =
            bytes.get(12..16).map_or(0, |length| u32::from_le_bytes([length[0], length[1], length[2], length[3]]));
        handle.take(u64::from(length)).read_to_end(&mut bytes).map_err(read)?;
        Self::decode(&bytes).map_err(|mismatch| StoreError::Mismatch { file: file.to_owned(), mismatch })
    }

    /// Reads the header at the beginning of a store.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, String> {
        let Some((prefix, rest)) = bytes.split_at_checked(PREFIX) else {
            return Err(format!("it has {} bytes, less than the {PREFIX} of its prefix", bytes.len()));
        };
        if &prefix[..8] != MAGIC {
            return Err("it is no weight cache".to_owned());
        }
        let number = |at: usize| u32::from_le_bytes([prefix[at], prefix[at + 1], prefix[at + 2], prefix[at + 3]]);
        if number(8) != FORMAT {
            return Err(format!("it has format {}, this version writes format {FORMAT}", number(8)));
        }
        let json = rest.get(..number(12) as usize).ok_or("it ends within its header")?;
        if blake3::hash(json).as_bytes()[..] != prefix[16..] {
            return Err("its header does not have the hash that it states".to_owned());
        }
        serde_json::from_slice(json).map_err(|error| format!("its header cannot be read ({error})"))
    }
}

impl Store {
    /// Takes weights that were just packed.
    #[must_use]
    pub fn packed(map: Mmap, header: Header) -> Self {
        Self { map: Arc::new(map), header }
    }

    /// Maps a cache file and compares every section with its hash.
    ///
    /// # Errors
    /// [`StoreError`], which names the file and what is wrong with it.
    #[expect(unsafe_code, reason = "maps a file")]
    pub fn open(file: &Path, pool: &mut Pool) -> Result<Self, StoreError> {
        let read = |source| StoreError::Read { file: file.to_owned(), source };
        let handle = File::open(file).map_err(read)?;
        // SAFETY: cache files are written under another name and renamed when complete; no process writes to them in place.
        let map = unsafe { Mmap::map(&handle) }.map_err(read)?;
        #[cfg(target_os = "linux")]
        let _ = map.advise(super::pages::WISH);
        let mismatch = |mismatch| StoreError::Mismatch { file: file.to_owned(), mismatch };
        let header = Header::decode(&map).map_err(mismatch)?;
        verify(&map, &header, pool).map_err(mismatch)?;
        Ok(Self { map: Arc::new(map), header })
    }

    /// What the store says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The matrix of this name, if there is one.
    #[must_use]
    pub fn matrix(&self, name: &str) -> Option<Matrix> {
        let section = self.section(name)?;
        Some(Matrix {
            map: Arc::clone(&self.map),
            range: section.range.clone(),
            kind: section.kind,
            rows: section.rows,
            columns: section.columns,
        })
    }

    /// The vector of this name, if there is one.
    #[must_use]
    pub fn vector(&self, name: &str) -> Option<Vec<f32>> {
        let section = self.section(name)?;
        Some(bytemuck::pod_collect_to_vec(&self.map[section.range.clone()]))
    }

    fn section(&self, name: &str) -> Option<&Section> {
        self.header.sections.iter().find(|section| section.name == name)
    }
}

/// Compares all sections with their hashes, on all threads.
fn verify(bytes: &[u8], header: &Header, pool: &mut Pool) -> Result<(), String> {
    let mut found = vec![Ok(()); header.sections.len()];
    pool.for_each(header.sections.iter().zip(&mut found), |(section, found)| {
        *found = match bytes.get(section.range.clone()) {
            None => Err(format!("it has {} bytes and ends before `{}`", bytes.len(), section.name)),
            Some(bytes) if blake3::hash(bytes).to_hex().as_str() != section.blake3 => {
                Err(format!("`{}` does not have the hash that the header states", section.name))
            }
            Some(_) => Ok(()),
        };
    });
    found.into_iter().collect()
}

impl Matrix {
    /// The blocks.
    #[must_use]
    pub fn weights(&self) -> Weights<'_> {
        self.group_weights(0..self.rows / crate::native::kernels::lanes::LANES)
    }

    /// The blocks of some groups of sixteen rows.
    #[must_use]
    pub fn group_weights(&self, groups: Range<usize>) -> Weights<'_> {
        let blocks = self.columns / BLOCK;
        let blocks = groups.start * blocks..groups.end * blocks;
        let bytes = &self.map[self.range.clone()];
        match self.kind {
            WeightKind::Q4 => Weights::Q4(&bytemuck::cast_slice(bytes)[blocks]),
            WeightKind::Q4Min => Weights::Q4Min(&bytemuck::cast_slice(bytes)[blocks]),
            WeightKind::Q5 => Weights::Q5(&bytemuck::cast_slice(bytes)[blocks]),
            WeightKind::Q8 => Weights::Q8(&bytemuck::cast_slice(bytes)[blocks]),
            WeightKind::Q8Split => {
                let (high, low) = bytes.split_at(high_bytes(bytes.len()));
                Weights::Q8Split(&bytemuck::cast_slice(high)[blocks.clone()], &bytemuck::cast_slice(low)[blocks])
            }
            WeightKind::F16 => Weights::F16(&bytemuck::cast_slice(bytes)[blocks]),
            WeightKind::F32 => Weights::F32(&bytemuck::cast_slice(bytes)[blocks]),
        }
    }
}

/// How many of the bytes of a split matrix are upper halves.
#[must_use]
pub fn high_bytes(bytes: usize) -> usize {
    bytes / block_bytes(WeightKind::Q8Split) * size_of::<Q4Block>()
}

/// Bytes of 16 x 32 weights.
#[must_use]
pub fn block_bytes(kind: WeightKind) -> usize {
    match kind {
        WeightKind::Q4 => size_of::<Q4Block>(),
        WeightKind::Q4Min => size_of::<Q4MinBlock>(),
        WeightKind::Q5 => size_of::<Q5Block>(),
        WeightKind::Q8 => size_of::<Q8Block>(),
        WeightKind::Q8Split => size_of::<Q4Block>() + size_of::<LowBlock>(),
        WeightKind::F16 => size_of::<F16Block>(),
        WeightKind::F32 => size_of::<F32Block>(),
    }
}
