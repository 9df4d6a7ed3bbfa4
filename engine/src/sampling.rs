//! Chooses the next token from logits.

mod nucleus;

use nucleus::Nucleus;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::backend::BackendError;

/// How tokens are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Flattens (above 1) or sharpens (below 1) the choice; 0 always takes the likeliest token.
    pub temperature: f64,
    /// Only the smallest set of tokens with at least this probability is drawn from; 1 draws from all.
    pub top_p: f64,
    /// The same seed and logits give the same tokens.
    pub seed: u64,
}

/// Draws one token after the other.
///
/// The generator is named rather than "the standard one", since that may change with a version of its crate, and
/// then every seed would give other tokens.
#[derive(Clone, Debug)]
pub struct Sampler {
    temperature: f64,
    top_p: f64,
    rng: Xoshiro256PlusPlus,
}

impl Sampling {
    /// Always takes the likeliest token.
    pub const GREEDY: Self = Self { temperature: 0.0, top_p: 1.0, seed: 0 };
}

impl Sampler {
    /// Begins a sequence of draws.
    #[must_use]
    pub fn new(sampling: Sampling) -> Self {
        Self {
            temperature: sampling.temperature,
            top_p: sampling.top_p,
            rng: Xoshiro256PlusPlus::seed_from_u64(sampling.seed),
        }
    }

    /// Draws a token; of equally likely ones the smaller id comes first.
    ///
    /// # Errors
    /// [`BackendError::NotNumbers`] when there are no logits or the largest is not a finite number.
    pub fn sample(&mut self, logits: &[f32]) -> Result<u32, BackendError> {
        let (best, highest) = likeliest(logits).ok_or(BackendError::NotNumbers)?;
        if self.temperature <= 0.0 {
            return Ok(best);
        }
        let uniform = self.uniform();
        Ok(Nucleus::new(logits, highest, self.temperature).draw(self.top_p, uniform).unwrap_or(best))
    }

    /// Uniform in [0, 1) with 53 bits, computed here for the same reason as the generator is named.
    fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.rng.next_u64() >> 11) as f64 * STEP
    }
}

/// The first of the largest logits; `None` if there is none, one is not a number, or the largest is infinite.
fn likeliest(logits: &[f32]) -> Option<(u32, f32)> {
    /// Compared side by side, so that the compiler can use vectors.
    const LANES: usize = 16;
    let (chunks, rest) = logits.as_chunks::<LANES>();
    let mut most = [f32::NEG_INFINITY; LANES];
    let mut is_number = [true; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            most[lane] = if chunk[lane] > most[lane] { chunk[lane] } else { most[lane] };
            is_number[lane] &= !chunk[lane].is_nan();
        }
    }
    let highest = most.iter().chain(rest).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
    if !is_number.iter().all(|is_number| *is_number) || rest.iter().any(|logit| logit.is_nan()) || !highest.is_finite()
    {
        return None;
    }
    let first = logits.iter().position(|logit| *logit >= highest)?;
    Some((first as u32, highest))
}

#[cfg(test)]
mod tests;
