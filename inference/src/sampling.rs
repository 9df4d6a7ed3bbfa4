//! Chooses the next token from logits.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::model::ModelError;

/// Tokens less likely than the likeliest by this factor (e^-20) are never drawn: keeps sorting cheap for large vocabularies.
const NEGLIGIBLE: f64 = 20.0;

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
/// The generator is named rather than "the standard one", since that may change with a version of its crate, and then
/// every letter would read differently.
#[derive(Clone, Debug)]
pub struct Sampler {
    temperature: f64,
    top_p: f64,
    rng: Xoshiro256PlusPlus,
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
    /// [`ModelError::NotNumbers`] when there are no logits or the largest is not a finite number.
    pub fn sample(&mut self, logits: &[f32]) -> Result<u32, ModelError> {
        let (best, highest) = likeliest(logits).ok_or(ModelError::NotNumbers)?;
        if self.temperature <= 0.0 {
            return Ok(best);
        }
        let weights = self.nucleus(logits, highest);
        let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
        let mut left = self.uniform() * total;
        for (id, weight) in &weights {
            left -= weight;
            if left < 0.0 {
                return Ok(*id);
            }
        }
        // Only rounding can leave something over.
        Ok(weights.last().map_or(best, |(id, _)| *id))
    }

    /// The tokens to draw from, likeliest first, with weights that are relative to the likeliest.
    fn nucleus(&self, logits: &[f32], highest: f32) -> Vec<(u32, f64)> {
        let weight = |logit: f32| (f64::from(logit) - f64::from(highest)) / self.temperature;
        // Nearly all tokens of a large vocabulary are negligible: one comparison of 32 bits tells it of most.
        let least = ((f64::from(highest) - NEGLIGIBLE * self.temperature) as f32).next_down();
        let mut weights: Vec<(u32, f64)> = (0u32..)
            .zip(logits)
            .filter(|(_, logit)| **logit >= least)
            .map(|(id, logit)| (id, weight(*logit)))
            .filter(|(_, exponent)| *exponent > -NEGLIGIBLE)
            .map(|(id, exponent)| (id, exponent.exp()))
            .collect();
        // Stable, so that equal weights keep the order of their ids.
        weights.sort_by(|a, b| b.1.total_cmp(&a.1));
        let enough = self.top_p * weights.iter().map(|(_, weight)| weight).sum::<f64>();
        let mut sum = 0.0;
        let kept = weights.iter().take_while(|(_, weight)| {
            let more = sum < enough;
            sum += weight;
            more
        });
        let count = kept.count().max(1);
        weights.truncate(count);
        weights
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
