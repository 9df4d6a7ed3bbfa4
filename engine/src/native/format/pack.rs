//! Repacks the weights of a model's files into a [`Store`].

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use bytemuck::Zeroable as _;
use memmap2::{Mmap, MmapMut};

use super::pages::Pages;
use super::source::Source;
use super::store::{ALIGN, Header, Section, Store, block_bytes, high_bytes};
use super::tensor::SourceTensor;
use crate::native::kernels::lanes::LANES;
use crate::native::kernels::operand::BLOCK;
use crate::native::kernels::pool::Pool;
use crate::native::kernels::weight::{
    F16Block, F32Block, LowBlock, Q4Block, Q4MinBlock, Q5Block, Q8Block, RowBlock, WeightBlock, WeightKind,
};

/// What the header of a store will state.
#[derive(Clone)]
pub struct Label {
    /// Where the weights come from.
    pub source: Source,
    /// What the weights are rounded to, as the options name it.
    pub quantization: String,
    /// Number of parameters of the model.
    pub parameters: usize,
}

/// A section to make.
pub struct Plan<'a> {
    /// Name of the section.
    pub name: String,
    /// How weights are held. Vectors are always 32-bit floats.
    pub kind: WeightKind,
    /// Whether it is a matrix in blocks, or a vector.
    pub is_matrix: bool,
    /// The tensors that it is made of, one below the other.
    pub parts: Vec<Part<'a>>,
}

/// Rows of a section that come from one tensor.
pub struct Part<'a> {
    /// The tensor.
    pub tensor: SourceTensor<'a>,
    /// Rows that it takes up; those beyond the tensor's are zero. A multiple of 16 in matrices.
    pub rows: usize,
}

impl Plan<'_> {
    /// The section, to be put at `offset`; its hash is still empty.
    fn section(&self, offset: usize) -> Section {
        let widest = self.parts.iter().map(|part| part.tensor.columns).max().unwrap_or(0);
        let (rows, columns, bytes) = if self.is_matrix {
            let (rows, columns) = (self.parts.iter().map(|part| part.rows).sum(), widest.next_multiple_of(BLOCK));
            (rows, columns, rows / LANES * (columns / BLOCK) * block_bytes(self.kind))
        } else {
            let columns = self.parts.iter().map(|part| part.tensor.columns).sum();
            (1, columns, columns * size_of::<f32>())
        };
        let range = offset..offset + bytes;
        Section { name: self.name.clone(), kind: self.kind, rows, columns, range, blake3: String::new() }
    }
}

/// Packs into a new file that appears under its name only when it is complete.
///
/// # Errors
/// When the file cannot be written, for example because the disk is full.
#[expect(unsafe_code, reason = "maps a file")]
pub fn pack_file(plans: &[Plan], label: &Label, file: &Path, pool: &mut Pool) -> std::io::Result<Store> {
    #[expect(clippy::disallowed_methods, reason = "names a temporary file, which no token depends on")]
    let partial = file.with_extension(format!("{:016x}.part", rand::random::<u64>()));
    let result = (|| {
        let mut handle = File::options().read(true).write(true).create_new(true).open(&partial)?;
        let header = write(plans, label, &mut handle, pool)?;
        handle.sync_all()?;
        std::fs::rename(&partial, file)?;
        // SAFETY: the file is new and its name was drawn by this call (process ids repeat: containers that share the cache
        // may all have the same), and no process writes to it again.
        let map = unsafe { Mmap::map(&handle) }?;
        #[cfg(target_os = "linux")]
        let _ = map.advise(super::pages::WISH);
        Ok(Store::packed(map, header))
    })();
    if result.is_err() {
        // It may not even have been made.
        let _ = std::fs::remove_file(&partial);
    }
    result
}

/// Writes a store, section by section. Through a mapping, a full disk would be a signal that ends the process.
fn write(plans: &[Plan], label: &Label, out: &mut (impl Write + Seek), pool: &mut Pool) -> std::io::Result<Header> {
    let (mut header, _) = place(plans, label);
    let mut pages = Pages::new(out);
    for (plan, section) in plans.iter().zip(&mut header.sections) {
        // Whole pages, so that blocks are aligned.
        let mut bytes = MmapMut::map_anon(section.range.len())?;
        fill(plan, section, &mut bytes, pool);
        pages.skip_to(section.range.start)?;
        pages.write_all(&bytes)?;
    }
    let out = pages.finish()?;
    // The hashes are known now.
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&header.encode())?;
    Ok(header)
}

/// Packs into memory.
///
/// # Errors
/// When there is not enough of it.
pub fn pack_memory(plans: &[Plan], label: &Label, pool: &mut Pool) -> std::io::Result<Store> {
    let (mut header, length) = place(plans, label);
    let mut map = MmapMut::map_anon(length)?;
    #[cfg(target_os = "linux")]
    let _ = map.advise(super::pages::WISH);
    for (plan, section) in plans.iter().zip(&mut header.sections) {
        fill(plan, section, &mut map[section.range.clone()], pool);
    }
    let encoded = header.encode();
    map[..encoded.len()].copy_from_slice(&encoded);
    let map: Mmap = map.make_read_only()?;
    Ok(Store::packed(map, header))
}

/// Decides where every section lies; also returns the length of the whole.
fn place(plans: &[Plan], label: &Label) -> (Header, usize) {
    let header = |offset: usize| {
        let mut end = offset;
        let mut sections = Vec::new();
        for plan in plans {
            let section = plan.section(end.next_multiple_of(ALIGN));
            end = section.range.end;
            sections.push(section);
        }
        let Label { source, quantization, parameters } = label.clone();
        (Header { source, quantization, parameters, sections }, end)
    };
    // The header's own length depends on the numbers in it, and grows by the hashes: leave room for both.
    let room = header(0).0.encode().len() + plans.len() * (2 * 20 + 64);
    header(room)
}

/// Packs one section into its bytes, and notes their hash.
fn fill(plan: &Plan, section: &mut Section, bytes: &mut [u8], pool: &mut Pool) {
    match (plan.is_matrix, plan.kind) {
        (false, _) => {
            let values: Vec<f32> = plan.parts.iter().flat_map(|part| part.tensor.vector()).collect();
            bytes.copy_from_slice(bytemuck::cast_slice(&values));
        }
        (true, WeightKind::Q4) => blocks::<Q4Block>(plan, section.columns, bytes, pool),
        (true, WeightKind::Q4Min) => blocks::<Q4MinBlock>(plan, section.columns, bytes, pool),
        (true, WeightKind::Q5) => blocks::<Q5Block>(plan, section.columns, bytes, pool),
        (true, WeightKind::Q8) => blocks::<Q8Block>(plan, section.columns, bytes, pool),
        (true, WeightKind::Q8Split) => split_blocks(plan, section.columns, bytes, pool),
        (true, WeightKind::F16) => blocks::<F16Block>(plan, section.columns, bytes, pool),
        (true, WeightKind::F32) => blocks::<F32Block>(plan, section.columns, bytes, pool),
    }
    section.blake3 = blake3::hash(bytes).to_hex().to_string();
}

fn blocks<B: WeightBlock>(plan: &Plan, columns: usize, bytes: &mut [u8], pool: &mut Pool) {
    let per_row = columns / BLOCK;
    let blocks: &mut [B] = bytemuck::cast_slice_mut(bytes);
    let mut rest = blocks;
    for part in &plan.parts {
        let (mine, others) = rest.split_at_mut(part.rows / LANES * per_row);
        rest = others;
        pool.for_each(mine.chunks_mut(per_row).enumerate(), |(group, blocks)| {
            group_of_rows(&part.tensor, group, blocks);
        });
    }
}

/// As [`blocks`], for a matrix of one tensor whose halves lie apart.
fn split_blocks(plan: &Plan, columns: usize, bytes: &mut [u8], pool: &mut Pool) {
    let per_row = columns / BLOCK;
    let (high, low) = bytes.split_at_mut(high_bytes(bytes.len()));
    let (high, low): (&mut [Q4Block], &mut [LowBlock]) =
        (bytemuck::cast_slice_mut(high), bytemuck::cast_slice_mut(low));
    let tensor = &plan.parts[0].tensor;
    let groups = high.chunks_mut(per_row).zip(low.chunks_mut(per_row)).enumerate();
    pool.for_each(groups, |(group, (high, low))| {
        let mut whole = vec![Q8Block::zeroed(); per_row];
        group_of_rows(tensor, group, &mut whole);
        for (whole, halves) in whole.iter().zip(high.iter_mut().zip(low)) {
            (*halves.0, *halves.1) = whole.split();
        }
    });
}

/// The blocks of sixteen rows of a tensor, zeros beyond its last.
fn group_of_rows<B: WeightBlock>(tensor: &SourceTensor, group: usize, blocks: &mut [B]) {
    for (index, block) in blocks.iter_mut().enumerate() {
        for lane in 0..LANES {
            let row = group * LANES + lane;
            let is_there = row < tensor.rows;
            block.set(lane, &if is_there { values::<B>(tensor, row, index) } else { B::round(&[0.0; BLOCK]) });
        }
    }
}

/// 32 weights as they are in the file if this kind can hold them so, else rounded.
fn values<B: WeightBlock>(tensor: &SourceTensor, row: usize, block: usize) -> RowBlock {
    if block * BLOCK >= tensor.columns {
        return B::round(&[0.0; BLOCK]);
    }
    if tensor.exact_kind() == B::KIND
        && let Some(steps) = tensor.steps(row, block)
    {
        return steps;
    }
    B::round(&tensor.floats(row, block))
}

#[cfg(test)]
mod tests;
