//! Keys and values of one row, 16 bits each.

use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};

use super::attention::Memory;

/// Positions whose keys lie side by side, so that one register holds the same dimension of all of them.
pub const POSITIONS: usize = 16;

/// What one row remembers: for every layer and key head a plane of keys and one of values.
///
/// All of it is reserved at once; the operating system gives memory only to what is written.
pub struct Cache {
    keys: Vec<u16>,
    values: Vec<u16>,
    head_dim: usize,
    /// Positions a plane has room for.
    capacity: usize,
    length: usize,
}

impl Cache {
    /// An empty row with room for `capacity` positions in `planes` (layers times key heads) planes.
    #[must_use]
    pub fn new(planes: usize, head_dim: usize, capacity: usize) -> Self {
        let capacity = capacity.next_multiple_of(POSITIONS);
        let room = planes * capacity * head_dim;
        Self { keys: vec![0; room], values: vec![0; room], head_dim, capacity, length: 0 }
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
        let (plane, used) = (self.capacity * self.head_dim, other.length.next_multiple_of(POSITIONS) * self.head_dim);
        for start in (0..self.keys.len()).step_by(plane) {
            self.keys[start..start + used].copy_from_slice(&other.keys[start..start + used]);
            self.values[start..start + used].copy_from_slice(&other.values[start..start + used]);
        }
        self.length = other.length;
    }

    /// Writes key and value (`head_dim` numbers each) of one position.
    pub fn write(&mut self, plane: usize, position: usize, key: &[f32], value: &[f32]) {
        let start = plane * self.capacity * self.head_dim;
        let values = &mut self.values[start + position * self.head_dim..][..self.head_dim];
        values.reinterpret_cast_mut::<f16>().convert_from_f32_slice(value);
        let first = start + position / POSITIONS * POSITIONS * self.head_dim + position % POSITIONS;
        for (slot, key) in self.keys[first..].iter_mut().step_by(POSITIONS).zip(key) {
            *slot = f16::from_f32(*key).to_bits();
        }
    }

    /// The first `positions` positions of a plane.
    #[must_use]
    pub fn memory(&self, plane: usize, positions: usize) -> Memory<'_> {
        let plane = plane * self.capacity * self.head_dim..(plane + 1) * self.capacity * self.head_dim;
        Memory { keys: &self.keys[plane.clone()], values: &self.values[plane], positions, head_dim: self.head_dim }
    }
}
