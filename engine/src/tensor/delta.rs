//! What an adapter adds to a matrix.

use super::kind::SUB;

/// The product of a tall and a wide matrix, which is added to a matrix of a model (`LoRA`, Hu et al. 2021,
/// <https://arxiv.org/abs/2106.09685>).
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    rank: usize,
    columns: usize,
    /// `rank` values for every row, with the adapter's scale in them.
    tall: Vec<f32>,
    /// `columns` values for every rank.
    wide: Vec<f32>,
}

impl Delta {
    /// The delta of a matrix of `rows` and `columns`.
    ///
    /// # Errors
    /// When one of the two has another shape.
    pub fn new([rows, columns]: [usize; 2], rank: usize, tall: Vec<f32>, wide: Vec<f32>) -> Result<Self, String> {
        let fits = |values: &[f32], one: usize| one.checked_mul(rank) == Some(values.len());
        if rank == 0 || !fits(&tall, rows) || !fits(&wide, columns) {
            return Err(format!(
                "an adapter of rank {rank} does not fit a matrix of {rows} rows and {columns} columns"
            ));
        }
        Ok(Self { rank, columns, tall, wide })
    }

    /// Whether it is the delta of a matrix of this shape.
    ///
    /// # Errors
    /// When it is not.
    pub fn fits(&self, dims: &[usize]) -> Result<(), String> {
        let (rows, columns) = (self.tall.len() / self.rank, self.columns);
        if dims == [rows, columns] {
            return Ok(());
        }
        Err(format!("the adapter is for {rows} rows and {columns} columns, and the model has {dims:?}"))
    }

    /// Adds what belongs to the 32 values with number `index` of a row.
    pub fn add(&self, row: usize, index: usize, values: &mut [f32; SUB]) {
        let factors = &self.tall[row * self.rank..(row + 1) * self.rank];
        for (factor, wide) in factors.iter().zip(self.wide.chunks_exact(self.columns)) {
            for (value, wide) in values.iter_mut().zip(&wide[index * SUB..]) {
                *value += factor * wide;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gets_its_share_of_every_rank() {
        let wide: Vec<f32> = (0..80).map(|value: u8| f32::from(value)).collect();
        let delta = Delta::new([2, 40], 2, vec![1.0, 0.0, 2.0, 10.0], wide).expect("fits");
        let mut values = [1.0; SUB];
        delta.add(1, 1, &mut values);
        assert_eq!(values[..2], [1.0 + 2.0 * 32.0 + 10.0 * 72.0, 1.0 + 2.0 * 33.0 + 10.0 * 73.0]);
        assert_eq!(values[8..], [1.0; SUB - 8], "beyond the end of the row nothing is added");
    }

    #[test]
    fn another_shape_is_refused() {
        let error = Delta::new([2, 40], 2, vec![0.0; 4], vec![0.0; 79]).expect_err("one value is missing");
        assert!(error.contains("rank 2"), "{error}");
    }
}
