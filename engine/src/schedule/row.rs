//! One completion in progress: its prompt is read, then token after token written, then it ends.

use std::sync::Arc;
use std::time::Instant;

use super::draft::{self, Trust};
use super::job::{Done, Event, FinishReason, StepError, Ticket};
use super::pace::Pace;
use super::plan::Next;
use super::stats::Monitor;
use crate::backend::{RowId, Span, Wants};
use crate::sampling::{Sampler, log_probability};
use crate::tokens::{Detokenizer, Tokens};

/// The vocabulary of all rows.
pub(super) struct Text {
    pub(super) tokens: Arc<Tokens>,
    pub(super) end_tokens: Vec<u32>,
}

pub(super) struct Row {
    pub(super) id: RowId,
    ticket: Ticket,
    sampler: Sampler,
    detokenizer: Detokenizer,
    pace: Pace,
    /// Tokens of the prompt that are in the cache, of which the first `shared` came with the prefix.
    read: usize,
    shared: usize,
    written: usize,
    /// Most tokens that may be written.
    limit: usize,
    /// The last token drawn, not fed yet; behind it those that are drafted.
    ahead: Vec<u32>,
    trust: Trust,
    /// The last event, once there is one: then the row is over.
    end: Option<Event>,
}

impl Row {
    /// A row that has read the first `shared` tokens of the prompt already.
    pub(super) fn new(id: RowId, ticket: Ticket, shared: usize, context_length: usize, now: Instant) -> Self {
        let job = &ticket.job;
        Self {
            id,
            sampler: Sampler::new(job.options.sampling, job.options.constraint.as_ref().map(|limits| limits.begin())),
            detokenizer: Detokenizer::default(),
            pace: Pace::new(job.options.tokens_per_second, now),
            read: shared,
            shared,
            written: 0,
            limit: job.options.max_new_tokens.min(context_length.saturating_sub(job.prompt.len())),
            ahead: Vec::new(),
            trust: Trust::default(),
            end: None,
            ticket,
        }
    }

    /// What comes next. Prompts are read without delay.
    pub(super) fn next(&self) -> Next {
        match self.ticket.job.prompt.len() - self.read {
            0 => Next::Token(self.pace.due()),
            left => Next::Prompt(left),
        }
    }

    /// What the model is fed for a step of so many tokens.
    pub(super) fn span(&self, tokens: usize) -> Span<'_> {
        let prompt = &self.ticket.job.prompt;
        if self.read == prompt.len() {
            return Span { row: self.id, tokens: &self.ahead, wants: Wants::Each };
        }
        let end = self.read + tokens;
        let wants = if end == prompt.len() && self.limit > 0 { Wants::Last } else { Wants::Nothing };
        Span { row: self.id, tokens: &prompt[self.read..end], wants }
    }

    /// Drafts up to `most` tokens behind the last one.
    pub(super) fn draft(&mut self, most: usize) {
        let most = most.min((self.limit - self.written).saturating_sub(1));
        self.ahead.truncate(1);
        // A row with a pace has time.
        if most == 0 || self.ahead.is_empty() || !self.pace.is_free() {
            return;
        }
        let most = most.min(self.trust.length());
        if most > 0 {
            let mut drafted = self.sampler.draft(most);
            if drafted.is_empty() {
                drafted = draft::lookup(&self.ticket.job.prompt, self.sampler.drawn(), most);
            }
            self.ahead.append(&mut drafted);
        }
    }

    /// Tokens of its own that the row's cache holds.
    pub(super) fn held(&self) -> usize {
        self.read - self.shared + self.written - usize::from(!self.ahead.is_empty())
    }

    /// Notes a step of so many tokens, after which come the `logits` that the span wanted, those of one token after the
    /// other. Returns the tokens that the row's cache must keep, if it holds drafts that were not drawn.
    pub(super) fn stepped(
        &mut self,
        tokens: usize,
        logits: &[f32],
        text: &Text,
        monitor: &Monitor,
        now: Instant,
    ) -> Option<usize> {
        if let Next::Prompt(_) = self.next() {
            self.read += tokens;
            self.send(Event::Read { tokens: self.read });
        }
        let fed = std::mem::take(&mut self.ahead);
        if logits.is_empty() {
            if self.read == self.ticket.job.prompt.len() {
                self.finish(FinishReason::Length, text);
            }
            return None;
        }
        let drafts = fed.get(1..).unwrap_or_default();
        let mut drawn = 0;
        for logits in logits.chunks_exact(logits.len() / (drafts.len() + 1)) {
            match self.write(logits, text, monitor, now) {
                Ok(None) if self.ahead.first() == drafts.get(drawn) => drawn += 1,
                Ok(None) => break,
                Ok(Some(reason)) => {
                    self.finish(reason, text);
                    break;
                }
                Err(error) => {
                    self.fail(error);
                    break;
                }
            }
        }
        self.trust.learn(drafts.len(), drawn);
        if !drafts.is_empty() {
            monitor.update(|stats| {
                stats.drafted_tokens += drafts.len() as u64;
                stats.drawn_tokens += drawn as u64;
            });
        }
        // The last token that was drawn is not fed yet.
        (drawn < drafts.len()).then(|| self.read + self.written.saturating_sub(1))
    }

    /// Draws the next token. Returns why the completion ends, if it does.
    fn write(
        &mut self,
        logits: &[f32],
        text: &Text,
        monitor: &Monitor,
        now: Instant,
    ) -> Result<Option<FinishReason>, StepError> {
        let Some(token) = self.sampler.sample(logits)? else { return Ok(Some(FinishReason::Constraint)) };
        if text.end_tokens.contains(&token) {
            return Ok(Some(FinishReason::Stop));
        }
        self.ahead = vec![token];
        self.written += 1;
        self.pace.wrote(now);
        monitor.update(|stats| stats.completion_tokens += 1);
        let piece = self.detokenizer.push(&text.tokens, token)?;
        let log_probability = self.ticket.job.options.tells_probability.then(|| log_probability(logits, token));
        self.send(Event::Wrote { text: piece, tokens: self.written, log_probability });
        let is_in_loop = self.ticket.job.options.ends_loops && self.sampler.is_in_loop();
        let is_long = self.written >= self.limit;
        Ok(is_in_loop.then_some(FinishReason::Loop).or(is_long.then_some(FinishReason::Length)))
    }

    /// Whether the receiver of the events is gone.
    pub(super) fn is_abandoned(&self) -> bool {
        self.ticket.events.is_closed()
    }

    /// Ends the row. Bytes that never became a character are shown as such rather than dropped.
    pub(super) fn finish(&mut self, finish_reason: FinishReason, text: &Text) {
        let rest = std::mem::take(&mut self.detokenizer).finish(&text.tokens).unwrap_or_default();
        if !rest.is_empty() {
            self.send(Event::Wrote { text: rest, tokens: self.written, log_probability: None });
        }
        self.end = Some(Event::Done(Done { finish_reason, completion_tokens: self.written }));
    }

    /// Ends the row with an error.
    pub(super) fn fail(&mut self, error: StepError) {
        self.end = Some(Event::Failed(error));
    }

    pub(super) fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// The tokens that the row leaves behind for others to begin with, if that is what it was for.
    pub(super) fn take_prefix(&mut self) -> Option<Vec<u32>> {
        let is_read = matches!(self.end, Some(Event::Done(Done { finish_reason: FinishReason::Length, .. })));
        (self.ticket.is_prefix && is_read).then(|| std::mem::take(&mut self.ticket.job.prompt))
    }

    /// Sends the last event.
    pub(super) fn send_end(&mut self) {
        if let Some(end) = self.end.take() {
            self.send(end);
        }
    }

    /// A receiver that is gone is noticed by [`Self::is_abandoned`].
    fn send(&self, event: Event) {
        let _ = self.ticket.events.send(event);
    }
}
