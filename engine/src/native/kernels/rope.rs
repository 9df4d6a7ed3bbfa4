//! Rotary position embedding (Su et al., 2021), halves rotated against each other as in Llama and Qwen.

/// Cosines and sines of every position.
pub struct Rope {
    /// `[position][head_dim / 2]` pairs of cosine and sine.
    table: Vec<(f32, f32)>,
    half: usize,
}

impl Rope {
    /// The table for `positions` positions; each pair of values turns by its own of `frequencies` from one to the next.
    #[must_use]
    pub fn new(frequencies: &[f32], positions: usize) -> Self {
        let half = frequencies.len();
        // Angles are rounded to 32 bits as the reference implementations do.
        let angle = |position: usize, index: usize| f64::from(position as f32 * frequencies[index]);
        let table =
            (0..positions * half).map(|at| angle(at / half, at % half)).map(|a| (a.cos() as f32, a.sin() as f32));
        Self { table: table.collect(), half }
    }

    /// Rotates one head (`head_dim` values) in place.
    pub fn rotate(&self, head: &mut [f32], position: usize) {
        let (first, second) = head.split_at_mut(self.half);
        let angles = &self.table[position * self.half..(position + 1) * self.half];
        for ((first, second), (cos, sin)) in first.iter_mut().zip(second).zip(angles) {
            (*first, *second) = (*first * cos - *second * sin, *second * cos + *first * sin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rope(head_dim: usize, positions: usize) -> Rope {
        let frequency = |index: usize| 10_000f32.powf(-2.0 * index as f32 / head_dim as f32);
        Rope::new(&(0..head_dim / 2).map(frequency).collect::<Vec<_>>(), positions)
    }

    #[test]
    fn position_zero_changes_nothing() {
        let mut head: Vec<f32> = (0..32).map(|i| i as f32).collect();
        let before = head.clone();
        rope(32, 4).rotate(&mut head, 0);
        assert_eq!(head, before);
    }

    #[test]
    fn products_depend_on_the_distance_alone() {
        let rope = rope(16, 600);
        let product = |a: usize, b: usize| -> f32 {
            let mut query: Vec<f32> = (0..16).map(|i| (i as f32).sin()).collect();
            let mut key: Vec<f32> = (0..16).map(|i| (i as f32).cos()).collect();
            rope.rotate(&mut query, a);
            rope.rotate(&mut key, b);
            query.iter().zip(key).map(|(a, b)| a * b).sum()
        };
        for (a, b) in [(10, 3), (300, 293), (599, 592)] {
            assert!((product(a, b) - product(7, 0)).abs() < 1e-3);
        }
    }
}
