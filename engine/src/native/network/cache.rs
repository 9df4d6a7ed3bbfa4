//! Keys and values of one row, 16 bits each.

use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
use memmap2::MmapMut;

use crate::native::kernels::attention::{Memory, POSITIONS};
use crate::native::shape::MAX_HEAD_DIM;

/// What one row remembers: for every layer and key head a plane of keys and one of values.
///
/// All of it is reserved at once, in pages of its own: the operating system gives memory only to what is written. (An
/// allocator would hand out memory that was used before, and clear all of it.)
pub struct Cache {
    keys: MmapMut,
    values: MmapMut,
    head_dim: usize,
    /// Positions a plane has room for.
    capacity: usize,
    length: usize,
}

impl Cache {
    /// An empty row with room for `capacity` positions in `planes` (layers times key heads) planes.
    ///
    /// # Panics
    /// When the operating system has no addresses left for it.
    #[must_use]
    pub fn new(planes: usize, head_dim: usize, capacity: usize) -> Self {
        let capacity = capacity.next_multiple_of(POSITIONS);
        let bytes = planes * capacity * head_dim * size_of::<u16>();
        let pages = || MmapMut::map_anon(bytes).expect("the operating system has addresses left for a row");
        Self { keys: pages(), values: pages(), head_dim, capacity, length: 0 }
    }

    /// Positions that are filled in all planes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Says that all planes have been written up to `length`.
    pub fn set_length(&mut self, length: usize) {
        self.length = length;
    }

    /// Takes over what `other`, a row of the same model, remembers.
    pub fn copy_from(&mut self, other: &Self) {
        let bytes = self.head_dim * size_of::<u16>();
        let (plane, used) = (self.capacity * bytes, other.length.next_multiple_of(POSITIONS) * bytes);
        for start in (0..self.keys.len()).step_by(plane) {
            self.keys[start..start + used].copy_from_slice(&other.keys[start..start + used]);
            self.values[start..start + used].copy_from_slice(&other.values[start..start + used]);
        }
        self.length = other.length;
    }

    /// Writes key and value (`head_dim` numbers each) of one position.
    pub fn write(&mut self, plane: usize, position: usize, key: &[f32], value: &[f32]) {
        let start = plane * self.capacity * self.head_dim;
        let values: &mut [u16] = bytemuck::cast_slice_mut(&mut self.values);
        let values = &mut values[start + position * self.head_dim..][..self.head_dim];
        values.reinterpret_cast_mut::<f16>().convert_from_f32_slice(value);
        let first = start + position / POSITIONS * POSITIONS * self.head_dim + position % POSITIONS;
        let mut rounded = [0u16; MAX_HEAD_DIM];
        let rounded = &mut rounded[..key.len()];
        rounded.reinterpret_cast_mut::<f16>().convert_from_f32_slice(key);
        let keys: &mut [u16] = bytemuck::cast_slice_mut(&mut self.keys);
        for (slot, key) in keys[first..].iter_mut().step_by(POSITIONS).zip(rounded) {
            *slot = *key;
        }
    }

    /// The first `positions` positions of a plane.
    #[must_use]
    pub fn memory(&self, plane: usize, positions: usize) -> Memory<'_> {
        let plane = plane * self.capacity * self.head_dim..(plane + 1) * self.capacity * self.head_dim;
        let (keys, values) = (bytemuck::cast_slice(&self.keys), bytemuck::cast_slice(&self.values));
        Memory { keys: &keys[plane.clone()], values: &values[plane], positions, head_dim: self.head_dim }
    }
}
