//! Numbers that the step loop shows to probes and metrics.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// What the step loop has done and is doing. Written by the model thread alone; every number is read by itself, so two of
/// them may be of neighbouring steps.
#[derive(Debug, Default)]
pub struct Gauge {
    steps: AtomicU64,
    rows: AtomicUsize,
    waiting: AtomicUsize,
    context_tokens: AtomicUsize,
    stepped_rows: AtomicU64,
    prompt_tokens: AtomicU64,
    prefix_tokens: AtomicU64,
    completion_tokens: AtomicU64,
    prefill_nanos: AtomicU64,
    decode_nanos: AtomicU64,
    decode_rows: AtomicU64,
}

/// What one step of the model was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Step {
    /// Rows that took part.
    pub(super) rows: usize,
    /// Tokens of prompts among what was fed.
    pub(super) prompt_tokens: usize,
    /// How long it took, sampling not included.
    pub(super) took: Duration,
}

impl Gauge {
    /// Counter: steps of the model since the start; grows as long as there is work and the loop lives.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Gauge: completions being written right now, the ones that wait for their pace included.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    /// Gauge: jobs that wait for a free slot.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Gauge: tokens that the KV caches of all rows hold. The shared prefix counts once, however many rows share it.
    #[must_use]
    pub fn context_tokens(&self) -> usize {
        self.context_tokens.load(Ordering::Relaxed)
    }

    /// Counter: rows summed over all steps. Divided by [`Self::steps`] it is the mean batch fill.
    #[must_use]
    pub fn stepped_rows(&self) -> u64 {
        self.stepped_rows.load(Ordering::Relaxed)
    }

    /// Counter: tokens of prompts that the model has computed, the shared prefix once.
    #[must_use]
    pub fn prompt_tokens(&self) -> u64 {
        self.prompt_tokens.load(Ordering::Relaxed)
    }

    /// Counter: tokens of prompts that did not have to be computed, since the shared prefix holds them.
    #[must_use]
    pub fn prefix_tokens(&self) -> u64 {
        self.prefix_tokens.load(Ordering::Relaxed)
    }

    /// Counter: tokens that were written, the ones that end a completion not counted.
    #[must_use]
    pub fn completion_tokens(&self) -> u64 {
        self.completion_tokens.load(Ordering::Relaxed)
    }

    /// Counter: time in steps that read a prompt, whether or not letters were written in them as well.
    #[must_use]
    pub fn prefill_time(&self) -> Duration {
        Duration::from_nanos(self.prefill_nanos.load(Ordering::Relaxed))
    }

    /// Counter: time in steps that only wrote.
    #[must_use]
    pub fn decode_time(&self) -> Duration {
        Duration::from_nanos(self.decode_nanos.load(Ordering::Relaxed))
    }

    /// Counter: rows summed over the steps that only wrote, which is also the tokens they led to. Divided by
    /// [`Self::decode_time`] it is the pace of all letters together.
    #[must_use]
    pub fn decode_rows(&self) -> u64 {
        self.decode_rows.load(Ordering::Relaxed)
    }

    /// A step was taken.
    pub(super) fn stepped(&self, step: Step) {
        add(&self.steps, 1);
        add(&self.stepped_rows, step.rows as u64);
        add(&self.prompt_tokens, step.prompt_tokens as u64);
        let nanos = u64::try_from(step.took.as_nanos()).unwrap_or(u64::MAX);
        if step.prompt_tokens > 0 {
            add(&self.prefill_nanos, nanos);
        } else {
            add(&self.decode_nanos, nanos);
            add(&self.decode_rows, step.rows as u64);
        }
    }

    /// A row begins with this many tokens read.
    pub(super) fn shared(&self, tokens: usize) {
        add(&self.prefix_tokens, tokens as u64);
    }

    /// A token was written.
    pub(super) fn wrote(&self) {
        add(&self.completion_tokens, 1);
    }

    /// What is held now.
    pub(super) fn holds(&self, rows: usize, context_tokens: usize) {
        self.rows.store(rows, Ordering::Relaxed);
        self.context_tokens.store(context_tokens, Ordering::Relaxed);
    }

    /// A job was handed over. Called by those who submit, before the thread can see the job.
    pub(super) fn submitted(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// A job got a slot, or was refused after all.
    pub(super) fn admitted(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn add(counter: &AtomicU64, value: u64) {
    counter.fetch_add(value, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_with_a_prompt_are_told_from_steps_that_only_write() {
        let gauge = Gauge::default();
        gauge.stepped(Step { rows: 3, prompt_tokens: 64, took: Duration::from_millis(20) });
        gauge.stepped(Step { rows: 2, prompt_tokens: 0, took: Duration::from_millis(5) });
        assert_eq!((gauge.steps(), gauge.stepped_rows(), gauge.decode_rows()), (2, 5, 2));
        assert_eq!(gauge.prompt_tokens(), 64);
        assert_eq!((gauge.prefill_time(), gauge.decode_time()), (Duration::from_millis(20), Duration::from_millis(5)));
    }
}
