//! Chooses the next token from logits.

mod nucleus;
mod repetition;

use nucleus::Nucleus;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::backend::BackendError;
use crate::constraint::Constraint;

pub use repetition::Repetition;

/// How tokens are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Flattens (above 1) or sharpens (below 1) the choice; 0 always takes the likeliest token.
    pub temperature: f64,
    /// Only the smallest set of tokens with at least this probability is drawn from; 1 draws from all.
    pub top_p: f64,
    /// Tokens that are less likely than the likeliest by more than this factor are never drawn; 0 leaves none out.
    pub min_p: f64,
    /// Makes repetitions less likely; `None` does not.
    pub repetition: Option<Repetition>,
    /// The same seed and logits give the same tokens.
    pub seed: u64,
}

/// Draws one token after the other.
///
/// The generator is named rather than "the standard one", since that may change with a version of its crate, and
/// then every seed would give other tokens.
pub struct Sampler {
    sampling: Sampling,
    constraint: Option<Box<dyn Constraint>>,
    rng: Xoshiro256PlusPlus,
    /// The tokens that were drawn.
    drawn: Vec<u32>,
    /// The logits as they are changed before a draw.
    changed: Vec<f32>,
}

impl Sampling {
    /// Always takes the likeliest token.
    pub const GREEDY: Self = Self { temperature: 0.0, top_p: 1.0, min_p: 0.0, repetition: None, seed: 0 };
}

impl Sampler {
    /// Begins a sequence of draws, limited by `constraint` if there is one.
    #[must_use]
    pub fn new(sampling: Sampling, constraint: Option<Box<dyn Constraint>>) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(sampling.seed);
        Self { sampling, constraint, rng, drawn: Vec::new(), changed: Vec::new() }
    }

    /// Draws a token; of equally likely ones the smaller id comes first. `None` when the constraint leaves none.
    ///
    /// # Errors
    /// [`BackendError::NotNumbers`] when there are no logits or the largest is not a finite number.
    pub fn sample(&mut self, logits: &[f32]) -> Result<Option<u32>, BackendError> {
        let mut changed = std::mem::take(&mut self.changed);
        let drawn = self.draw(logits, &mut changed);
        self.changed = changed;
        if let Ok(Some(token)) = drawn {
            self.drawn.push(token);
            if let Some(constraint) = &mut self.constraint {
                constraint.accept(token);
            }
        }
        drawn
    }

    /// The tokens that were drawn so far.
    #[must_use]
    pub fn drawn(&self) -> &[u32] {
        &self.drawn
    }

    /// Up to `most` tokens that the constraint leaves little choice but to draw.
    #[must_use]
    pub fn draft(&self, most: usize) -> Vec<u32> {
        self.constraint.as_ref().map(|constraint| constraint.draft(most)).unwrap_or_default()
    }

    /// Whether the last tokens repeat one passage again and again.
    #[must_use]
    pub fn is_in_loop(&self) -> bool {
        repetition::is_in_loop(&self.drawn)
    }

    fn draw(&mut self, logits: &[f32], changed: &mut Vec<f32>) -> Result<Option<u32>, BackendError> {
        let Sampling { temperature, top_p, min_p, repetition, .. } = self.sampling;
        let mut logits = logits;
        if repetition.is_some() || self.constraint.is_some() {
            // What the network gave is looked at first: what is changed below may be infinite.
            likeliest(logits).ok_or(BackendError::NotNumbers)?;
            changed.clear();
            changed.extend_from_slice(logits);
            if let Some(repetition) = repetition {
                repetition.apply(&self.drawn, changed);
            }
            if let Some(constraint) = &mut self.constraint {
                constraint.limit(changed);
                if changed.iter().all(|logit| *logit == f32::NEG_INFINITY) {
                    return Ok(None);
                }
            }
            logits = changed;
        }
        let (best, highest) = likeliest(logits).ok_or(BackendError::NotNumbers)?;
        if temperature <= 0.0 {
            return Ok(Some(best));
        }
        let uniform = self.uniform();
        Ok(Nucleus::new(logits, highest, temperature, min_p).draw(top_p, uniform).or(Some(best)))
    }

    /// Uniform in [0, 1) with 53 bits, computed here for the same reason as the generator is named.
    fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.rng.next_u64() >> 11) as f64 * STEP
    }
}

/// Natural logarithm of the probability of a token.
#[must_use]
pub fn log_probability(logits: &[f32], token: u32) -> f32 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    logits.get(token as usize).map_or(f32::NEG_INFINITY, |logit| logit - highest - total.ln())
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
