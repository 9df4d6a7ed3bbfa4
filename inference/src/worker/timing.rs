//! Watches the clock while a letter is written: when the first token came, how far the others were apart.

use std::time::Instant;

use jiff::Timestamp;
use letters::{Finish, Letter};

use crate::claim::Claimed;
use crate::config::ModelConfig;
use crate::metrics::{self, Pace};
use crate::telemetry::{Ask, LetterTrace, Phase, Tracer};

/// Begins the trace of `claimed`, which `config` writes; its claim is the first part, and is over now.
pub(super) fn trace(tracer: &Tracer, claimed: &Claimed, config: &ModelConfig) -> LetterTrace {
    let since = || claimed.since().unwrap_or_else(Timestamp::now).into();
    let trace = tracer.letter(|| Ask {
        model: config.name.clone(),
        max_tokens: config.max_new_tokens,
        temperature: f64::from(config.temperature_milli) / 1_000.0,
        top_p: f64::from(config.top_p_milli) / 1_000.0,
        seed: claimed.request().seed(),
        request_uid: claimed.uid().to_owned(),
        attempt: claimed.attempt(),
        worker: worker(claimed).to_owned(),
        claimed: since(),
    });
    trace.phase_since("claim", since()).end();
    trace
}

fn worker(claimed: &Claimed) -> &str {
    let claim = claimed.request().status.as_ref().and_then(|status| status.claim.as_ref());
    claim.map_or("", |claim| claim.worker.as_str())
}

/// One letter on the clock, from the moment at which its prompt is handed to the model.
pub(super) struct Pen<'a> {
    claimed: &'a Claimed,
    trace: &'a LetterTrace,
    between: metrics::Between,
    /// The part that is going on: reading until the first token, then writing, then checking.
    phase: Option<Phase>,
    tokens: usize,
    first: Option<First>,
    last: Instant,
}

struct First {
    at: Instant,
    /// Milliseconds since the claim.
    since_claim: i64,
}

impl<'a> Pen<'a> {
    /// Takes up the pen for `claimed`, which `model` writes.
    pub(super) fn new(claimed: &'a Claimed, model: &str, trace: &'a LetterTrace) -> Self {
        let (between, phase) = (metrics::Between::tokens_of(model), Some(trace.phase("prefill")));
        Self { claimed, trace, between, phase, tokens: 0, first: None, last: Instant::now() }
    }

    /// So many tokens are written by now.
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

    fn first_token(&mut self, at: Instant) -> First {
        // The one part ends before the other begins.
        self.phase = None;
        self.phase = Some(self.trace.phase("decode"));
        let now = Timestamp::now();
        let since_claim = now.duration_since(self.claimed.since().unwrap_or(now)).as_millis().max(0) as i64;
        self.trace.first_token(since_claim as f64 / 1_000.0);
        First { at, since_claim }
    }

    /// The model has stopped after a prompt of so many tokens, and the letter is being checked.
    pub(super) fn check(&mut self, prompt_tokens: usize) {
        if let Some(mut phase) = self.phase.take() {
            phase.tokens(if self.first.is_some() { self.tokens } else { prompt_tokens });
        }
        self.phase = Some(self.trace.phase("checks"));
    }

    /// The letter is finished. Returns the milliseconds from the claim to the first token.
    pub(super) fn down(self, model: &str, letter: &Letter) -> Option<i64> {
        self.trace.finished(finish_reason(letter.finish), letter.prompt_tokens, letter.completion_tokens);
        let First { at, since_claim } = self.first?;
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

/// As the conventions for generative AI write it.
fn finish_reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
    }
}
