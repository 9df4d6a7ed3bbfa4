//! Small models fall into repeating themselves: what would go on with a repetition is made less likely (DRY, p-e-w 2024),
//! and a completion that does nothing else any more is noticed.

use std::collections::HashMap;

/// How often a passage must follow itself to be a loop.
const TURNS: usize = 3;
/// Tokens that a loop must have gone over; a row of hyphens is none.
const LOOP: usize = 48;
/// Tokens of the longest passage that is looked for.
const LONGEST: usize = 128;

/// How much less likely a token is that goes on with a repetition of `length` tokens: its logit is lower by
/// `strength * growth ^ (length - allowed)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repetition {
    /// What the first token beyond `allowed` costs, divided by `growth`.
    pub strength: f64,
    /// How much more every further token costs.
    pub growth: f64,
    /// Tokens in a row that may repeat what was written before at no cost.
    pub allowed: usize,
}

impl Default for Repetition {
    /// Names, titles and set phrases pass; whole sentences do not.
    fn default() -> Self {
        Self { strength: 0.8, growth: 1.75, allowed: 4 }
    }
}

impl Repetition {
    /// Lowers the logits of the tokens that would go on with a repetition of what was `drawn` before.
    pub(super) fn apply(&self, drawn: &[u32], logits: &mut [f32]) {
        let mut longest: HashMap<u32, usize> = HashMap::new();
        for (end, next) in drawn.iter().enumerate().skip(1) {
            // As many tokens before `next` as are the last ones now.
            let length = drawn[..end].iter().rev().zip(drawn.iter().rev()).take_while(|(a, b)| a == b).count();
            let before = longest.entry(*next).or_default();
            *before = length.max(*before);
        }
        for (token, length) in longest.into_iter().filter(|(_, length)| *length > self.allowed) {
            if let Some(logit) = logits.get_mut(token as usize) {
                let exponent = (length - self.allowed).min(LONGEST) as i32;
                *logit -= (self.strength * self.growth.powi(exponent)).min(f64::from(f32::MAX) / 4.0) as f32;
            }
        }
    }
}

/// Whether the last tokens are one passage [`TURNS`] times or more, and [`LOOP`] tokens or more.
pub(super) fn is_in_loop(drawn: &[u32]) -> bool {
    (1..=LONGEST).any(|period| {
        let span = (TURNS * period).max(LOOP);
        let last = drawn.len().checked_sub(span).map(|start| &drawn[start..]);
        last.is_some_and(|last| last[period..] == last[..span - period])
    })
}
