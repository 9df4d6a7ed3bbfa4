//! One completion on its way: prompt, then token after token, then its end.

use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::pace::Pace;
use super::{Context, Done, Event, FinishReason, Job, StepError};
use crate::model::{RowId, Span};
use crate::sampling::Sampler;
use crate::tokens::Detokenizer;

/// Tokens of a prompt that are read in one step. Fixed, since the split has a hair's influence on the logits and the same
/// letter must come out the same.
const PREFILL_CHUNK: usize = 64;

pub(super) struct Row {
    id: RowId,
    job: Job,
    events: UnboundedSender<Event>,
    sampler: Sampler,
    detokenizer: Detokenizer,
    pace: Pace,
    read: usize,
    written: usize,
    /// Logits after everything fed so far.
    logits: Vec<f32>,
    /// The last token drawn, not fed yet.
    last: Option<u32>,
}

/// Whether a row goes on.
enum Outcome {
    Going,
    Ended(FinishReason),
}

impl Row {
    pub(super) fn new(context: &mut Context, job: Job, events: UnboundedSender<Event>) -> Self {
        Self {
            id: context.model.open(),
            sampler: Sampler::new(job.sampling),
            detokenizer: Detokenizer::default(),
            pace: Pace::new(job.tokens_per_second, Instant::now()),
            job,
            events,
            read: 0,
            written: 0,
            logits: Vec::new(),
            last: None,
        }
    }

    /// Tokens of the prompt that are still to be read.
    pub(super) fn prompt_left(&self) -> usize {
        self.job.prompt.len() - self.read
    }

    /// When the next step may happen. Prompts are read without delay.
    pub(super) fn due(&self) -> Instant {
        self.pace.due()
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.read < self.job.prompt.len() || now >= self.due()
    }

    /// Whether something outside has ended the completion.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.interrupted(now).is_some()
    }

    fn interrupted(&self, now: Instant) -> Option<FinishReason> {
        if self.job.cancel.is_cancelled() || self.events.is_closed() {
            return Some(FinishReason::Cancelled);
        }
        self.job.deadline.is_some_and(|deadline| now >= deadline).then_some(FinishReason::Deadline)
    }

    /// Takes one step. Returns false when the row has ended and may be forgotten.
    pub(super) fn advance(&mut self, context: &mut Context, now: Instant, is_ending: bool) -> bool {
        let interrupted = if is_ending { Some(FinishReason::Cancelled) } else { self.interrupted(now) };
        let outcome = match interrupted {
            Some(reason) => Ok(Outcome::Ended(reason)),
            None if self.read < self.job.prompt.len() => self.read(context),
            None => self.write(context, now),
        };
        let last_event = match outcome {
            Ok(Outcome::Going) => return true,
            Ok(Outcome::Ended(finish_reason)) => {
                self.flush(context);
                Event::Done(Done { finish_reason, completion_tokens: self.written })
            }
            Err(error) => Event::Failed(error),
        };
        context.model.close(self.id);
        self.send(last_event);
        false
    }

    fn read(&mut self, context: &mut Context) -> Result<Outcome, StepError> {
        let end = (self.read + PREFILL_CHUNK).min(self.job.prompt.len());
        self.logits = step(context, self.id, &self.job.prompt[self.read..end])?;
        self.read = end;
        self.send(Event::Read { tokens: end });
        Ok(Outcome::Going)
    }

    fn write(&mut self, context: &mut Context, now: Instant) -> Result<Outcome, StepError> {
        let room = context.model.context_length().saturating_sub(self.job.prompt.len());
        if self.written >= self.job.max_new_tokens.min(room) {
            return Ok(Outcome::Ended(FinishReason::Length));
        }
        if let Some(token) = self.last.take() {
            self.logits = step(context, self.id, &[token])?;
        }
        let token = self.sampler.sample(&self.logits)?;
        if context.end_tokens.contains(&token) {
            return Ok(Outcome::Ended(FinishReason::Stop));
        }
        self.last = Some(token);
        self.written += 1;
        self.pace.wrote(now);
        let text = self.detokenizer.push(&context.tokens, token)?;
        self.send(Event::Wrote { text, tokens: self.written });
        Ok(Outcome::Going)
    }

    /// Bytes that never became a character are shown as such rather than dropped.
    fn flush(&mut self, context: &Context) {
        let text = std::mem::take(&mut self.detokenizer).finish(&context.tokens).unwrap_or_default();
        if !text.is_empty() {
            self.send(Event::Wrote { text, tokens: self.written });
        }
    }

    /// A receiver that is gone is noticed by [`Self::interrupted`].
    fn send(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

fn step(context: &mut Context, row: RowId, tokens: &[u32]) -> Result<Vec<f32>, StepError> {
    Ok(context.model.step(&[Span { row, tokens, wants_logits: true }])?.to_vec())
}
