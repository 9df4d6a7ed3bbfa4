//! Measures one letter for metrics and its trace: when the first token came, and how far apart the others were.

use std::time::Instant;

use letters::{Finish, Letter};

use crate::claim::Claimed;
use crate::metrics::{self, Pace};
use crate::telemetry::{LetterTrace, Phase};

/// The times of one letter, from the moment at which its prompt is handed to the model.
pub(super) struct Timing<'a> {
    claimed: &'a Claimed,
    trace: &'a LetterTrace,
    between: metrics::Between,
    /// The current part: prefill until the first token, then decode, then checks.
    phase: Option<Phase>,
    tokens: usize,
    first: Option<FirstToken>,
    last: Instant,
}

struct FirstToken {
    at: Instant,
    /// Milliseconds since the claim.
    since_claim: i64,
}

impl<'a> Timing<'a> {
    /// Starts the clock for `claimed`, whose letter `model` writes.
    pub(super) fn start(claimed: &'a Claimed, model: &str, trace: &'a LetterTrace) -> Self {
        let (between, phase) = (metrics::Between::tokens_of(model), Some(trace.phase("prefill")));
        Self { claimed, trace, between, phase, tokens: 0, first: None, last: Instant::now() }
    }

    /// Notes that `tokens` tokens in all are written by now.
    pub(super) fn wrote(&mut self, tokens: usize) {
        let new = tokens.saturating_sub(self.tokens);
        if new == 0 {
            return;
        }
        let now = Instant::now();
        if self.first.is_some() {
            self.between.record(now.duration_since(self.last), new);
        } else {
            self.first = Some(self.first_token(now));
        }
        (self.tokens, self.last) = (tokens, now);
    }

    fn first_token(&mut self, at: Instant) -> FirstToken {
        // Prefill must end before decode begins.
        self.phase = None;
        self.phase = Some(self.trace.phase("decode"));
        let since_claim = self.claimed.held_for().as_millis() as i64;
        self.trace.first_token(since_claim as f64 / 1_000.0);
        FirstToken { at, since_claim }
    }

    /// Notes that the model has stopped, after a prompt of `prompt_tokens`, and that the letter is being checked.
    pub(super) fn check(&mut self, prompt_tokens: usize) {
        if let Some(mut phase) = self.phase.take() {
            phase.tokens(if self.first.is_some() { self.tokens } else { prompt_tokens });
        }
        self.phase = Some(self.trace.phase("checks"));
    }

    /// Records the finished letter. Returns the milliseconds from the claim to the first token.
    pub(super) fn finish(self, model: &str, letter: &Letter) -> Option<i64> {
        self.trace.finished(finish_reason(letter.finish), letter.prompt_tokens, letter.completion_tokens);
        let FirstToken { at, since_claim } = self.first?;
        let pace = Pace {
            first_token: since_claim as f64 / 1_000.0,
            rest: self.last.duration_since(at).as_secs_f64(),
            prompt_tokens: letter.prompt_tokens,
            completion_tokens: letter.completion_tokens,
        };
        metrics::written(model, pace);
        Some(since_claim)
    }
}

/// The word that the conventions for generative AI have for it.
fn finish_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
    }
}
