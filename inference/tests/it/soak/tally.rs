//! What became of the letters, by the history of their requests.

use std::collections::BTreeMap;
use std::fmt;

use crds::request::{Form, Outcome, State};
use crds::{CoverLetterRequest, life};

use crate::history::{History, claim};

/// Counts over all requests.
#[derive(Debug, Default)]
pub struct Tally {
    /// Requests that have a letter.
    pub written: usize,
    /// Those in the plain form, because every attempt failed.
    pub plain: usize,
    /// Requests without a letter, those that were never seen included.
    pub lost: usize,
    /// Requests that were finished twice, or changed after their end.
    pub doubled: usize,
    /// Reports that were accepted although another claim stood, and claims out of turn.
    pub stale: usize,
    /// Claims.
    pub attempts: usize,
    /// How the attempts ended that brought no letter.
    vain: BTreeMap<String, usize>,
    /// Those of them that each worker lost by its silence.
    silent: BTreeMap<String, usize>,
    /// Milliseconds from the creation to the end, in ascending order.
    took: Vec<i64>,
}

impl Tally {
    /// Counts what `history` shows of `created` requests.
    pub fn of(history: &History, created: usize) -> Self {
        let mut tally = Self::default();
        history.each(|versions| tally.add(versions));
        tally.lost = created - tally.written;
        tally.took.sort_unstable();
        tally
    }

    fn add(&mut self, versions: &[&CoverLetterRequest]) {
        let mut ends = 0;
        for (before, after) in
            versions.iter().zip(&versions[1..]).filter(|(before, after)| before.status != after.status)
        {
            let is_claim = claim(after).is_some() && claim(before) != claim(after);
            let grows = life::attempt(after) == life::attempt(before) + 1;
            self.attempts += usize::from(is_claim);
            let in_turn = !is_claim || before.state() == State::Queued && grows;
            let in_order = is_claim || life::attempt(before) == life::attempt(after);
            let is_current = after.state() != State::Succeeded || claim(before) == claim(after);
            self.stale += usize::from(!in_turn || !in_order || !is_current);
            self.doubled += usize::from(before.is_terminal());
            ends += usize::from(after.state() == State::Succeeded);
        }
        self.doubled += ends.saturating_sub(1);
        let Some(status) = versions.last().and_then(|last| last.status.as_ref()) else { return };
        for attempt in &status.attempts {
            *self.vain.entry(format!("{:?}: {}", attempt.outcome, attempt.message)).or_default() += 1;
            if attempt.outcome == Outcome::Lost {
                *self.silent.entry(attempt.worker.clone()).or_default() += 1;
            }
        }
        if status.letter.as_ref().is_some_and(|letter| letter.trim_end().ends_with("John")) {
            self.written += 1;
            self.plain += usize::from(status.form == Some(Form::Plain));
            self.took.extend(status.timings.as_ref().map(|timings| timings.total));
        }
    }

    /// Attempts that `worker` lost by its silence.
    pub fn lost_by(&self, worker: &str) -> usize {
        self.silent.get(worker).copied().unwrap_or(0)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, plain, lost, doubled, stale, attempts, vain, took, .. } = self;
        writeln!(
            formatter,
            "{written} written ({plain} in the plain form), {lost} lost, {doubled} doubled, {stale} stale writes accepted, \
             {attempts} attempts"
        )?;
        if let (Some(median), Some(most)) = (took.get(took.len() / 2), took.last()) {
            writeln!(formatter, "created -> finished: half within {median} ms, all within {most} ms")?;
        }
        vain.iter().try_for_each(|(why, count)| writeln!(formatter, "{count:6} x {why}"))
    }
}
