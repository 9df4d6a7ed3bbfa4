//! Numbers that the scheduler shows to probes and metrics.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the scheduler has done since its start, and holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Steps of the backend; grows as long as there is work and the scheduler lives.
    pub steps: u64,
    /// Rows summed over all steps. Divided by `steps` it is the mean number of rows in a step.
    pub stepped_rows: u64,
    /// Rows that are open now, those that wait for their pace included.
    pub rows: usize,
    /// Jobs that wait for a free slot now.
    pub waiting: usize,
    /// Tokens that the KV caches of all rows hold now. The shared prefix counts once, however many rows share it.
    pub context_tokens: usize,
    /// Tokens of prompts that were computed, the shared prefix once.
    pub prompt_tokens: u64,
    /// Tokens of prompts that did not have to be computed, since the shared prefix holds them.
    pub prefix_tokens: u64,
    /// Tokens that were written, the ones that end a completion not counted.
    pub completion_tokens: u64,
    /// Time in steps that read a prompt, whether or not other rows wrote in them as well.
    pub prefill_time: Duration,
    /// Time in steps that only wrote.
    pub decode_time: Duration,
    /// Rows summed over the steps that only wrote.
    pub decode_rows: u64,
    /// Tokens that rows drafted.
    pub drafted_tokens: u64,
    /// Those of them that were drawn. With `decode_rows` it is the tokens that the steps led to that only wrote: divided by
    /// `decode_time` the pace of all completions together.
    pub drawn_tokens: u64,
}

/// Reads the statistics of a scheduler, also after its end.
#[derive(Clone, Debug, Default)]
pub struct Monitor(Arc<Mutex<Stats>>);

/// What one step of the backend was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Rows that took part.
    pub(super) rows: usize,
    /// Tokens of prompts among what was fed.
    pub(super) prompt_tokens: usize,
    /// How long it took, sampling not included.
    pub(super) took: Duration,
}

impl Monitor {
    /// The numbers as of now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn update(&self, change: impl FnOnce(&mut Stats)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Stats {
    pub(super) fn add(&mut self, step: Step) {
        self.steps += 1;
        self.stepped_rows += step.rows as u64;
        self.prompt_tokens += step.prompt_tokens as u64;
        if step.prompt_tokens > 0 {
            self.prefill_time += step.took;
        } else {
            self.decode_time += step.took;
            self.decode_rows += step.rows as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_with_a_prompt_are_told_from_steps_that_only_write() {
        let mut stats = Stats::default();
        stats.add(Step { rows: 3, prompt_tokens: 64, took: Duration::from_millis(20) });
        stats.add(Step { rows: 2, prompt_tokens: 0, took: Duration::from_millis(5) });
        assert_eq!((stats.steps, stats.stepped_rows, stats.decode_rows), (2, 5, 2));
        assert_eq!(stats.prompt_tokens, 64);
        assert_eq!((stats.prefill_time, stats.decode_time), (Duration::from_millis(20), Duration::from_millis(5)));
    }
}
