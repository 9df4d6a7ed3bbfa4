//! The loop of the scheduler: which jobs get a row, what every row is fed, which rows end.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::job::{Event, FinishReason, StepError, Ticket};
use super::plan::{self, Limits, Next, Schedule};
use super::row::{Row, Text};
use super::stats::{Monitor, Step};
use crate::backend::{Backend, BackendError, RowId, Span};

/// How long the thread sleeps at most while every row waits for its pace: bounds how late a cancel is seen.
const NAP_MAX: Duration = Duration::from_millis(25);

pub(super) struct StepLoop {
    pub(super) backend: Box<dyn Backend>,
    pub(super) text: Text,
    pub(super) tickets: Receiver<Ticket>,
    pub(super) schedule: Schedule,
    pub(super) stop: CancellationToken,
    pub(super) monitor: Monitor,
    /// In order of arrival.
    pub(super) rows: Vec<Row>,
    pub(super) prefix: Option<Prefix>,
    /// Whether more tickets can come.
    pub(super) is_open: bool,
}

/// The beginning of most prompts, read once. Its row is never fed again and never closed.
pub(super) struct Prefix {
    row: RowId,
    tokens: Vec<u32>,
}

impl StepLoop {
    /// Runs until the handle is dropped.
    pub(super) fn run(mut self) {
        while self.is_open || !self.rows.is_empty() {
            self.admit();
            self.cancel();
            let now = Instant::now();
            let next: Vec<Next> = self.rows.iter().map(Row::next).collect();
            let limits = Limits { prompt_tokens: self.schedule.prompt_tokens, fixed_chunk: self.backend.fixed_chunk() };
            let plan = plan::plan(&next, now, limits);
            if plan.iter().any(|tokens| *tokens > 0) {
                self.step(&plan, now);
            } else if self.is_open {
                self.nap(plan::due(&next, now), now);
            }
            self.sweep();
        }
    }

    /// Gives free slots to the jobs that wait.
    fn admit(&mut self) {
        while self.rows.len() < self.schedule.slots.max(1) {
            match self.tickets.try_recv() {
                Ok(ticket) => self.begin(ticket),
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    self.is_open = false;
                    return;
                }
            }
        }
    }

    /// Opens a row, behind the prefix whenever the prompt begins with it: the same prompt always goes the same way.
    fn begin(&mut self, ticket: Ticket) {
        self.monitor.update(|stats| stats.waiting -= 1);
        let prompt = &ticket.job.prompt;
        let prefix = self
            .prefix
            .as_ref()
            .filter(|prefix| prompt.len() > prefix.tokens.len() && prompt.starts_with(&prefix.tokens));
        let (row, shared) = match prefix {
            _ if prompt.is_empty() => (Err(BackendError::InvalidTokens), 0),
            Some(prefix) => (self.backend.fork(prefix.row), prefix.tokens.len()),
            None => (Ok(self.backend.open()), 0),
        };
        match row {
            Ok(id) => {
                self.monitor.update(|stats| stats.prefix_tokens += shared as u64);
                self.rows.push(Row::new(id, ticket, shared, self.backend.context_length(), Instant::now()));
            }
            Err(error) => {
                // A receiver that is gone has cancelled the job.
                let _ = ticket.events.send(Event::Failed(error.into()));
            }
        }
    }

    /// Ends the rows whose receiver is gone, and all when the thread is being taken down.
    fn cancel(&mut self) {
        let is_ending = self.stop.is_cancelled();
        for row in self.rows.iter_mut().filter(|row| is_ending || row.is_abandoned()) {
            row.finish(FinishReason::Cancelled, &self.text);
        }
        self.sweep();
    }

    /// Feeds every row as many tokens as `plan` says, in one step of the backend.
    fn step(&mut self, plan: &[usize], now: Instant) {
        let begun = Instant::now();
        let fed: Vec<(usize, usize)> = plan.iter().copied().enumerate().filter(|(_, tokens)| *tokens > 0).collect();
        self.draft(&fed);
        let spans: Vec<Span<'_>> = fed.iter().map(|(index, tokens)| self.rows[*index].span(*tokens)).collect();
        let wants: Vec<usize> = spans.iter().map(|span| span.wants.count(span.tokens.len())).collect();
        let prompts = fed.iter().filter(|(index, _)| matches!(self.rows[*index].next(), Next::Prompt(_)));
        let prompt_tokens = prompts.map(|(_, tokens)| tokens).sum();
        let vocabulary = self.backend.vocabulary();
        match self.backend.step(&spans) {
            Ok(logits) => {
                let step = Step { rows: fed.len(), prompt_tokens, took: begun.elapsed() };
                self.monitor.update(|stats| stats.add(step));
                let mut rest = logits;
                let mut kept = Vec::new();
                for ((index, tokens), wants) in fed.into_iter().zip(wants) {
                    let row = &mut self.rows[index];
                    let Some((logits, others)) = rest.split_at_checked(wants * vocabulary) else {
                        row.fail(BackendError::NotNumbers.into());
                        continue;
                    };
                    rest = others;
                    let keeps = row.stepped(tokens, logits, &self.text, &self.monitor, now);
                    kept.extend(keeps.map(|length| (row.id, length)));
                }
                for (row, length) in kept {
                    self.backend.forget(row, length);
                }
            }
            // Nothing has changed: the others can go on without the one that cannot.
            Err(error) if error.is_of_input() && fed.len() > 1 => {
                for (index, tokens) in fed {
                    let mut alone = vec![0; plan.len()];
                    alone[index] = tokens;
                    self.step(&alone, now);
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for (index, _) in fed {
                    self.rows[index].fail(StepError::Model(Arc::clone(&error)));
                }
            }
        }
    }

    /// Has the rows that write in this step draft what comes next, where that pays.
    fn draft(&mut self, fed: &[(usize, usize)]) {
        let writes = |index: usize| matches!(self.rows[index].next(), Next::Token(_));
        let rows = fed.iter().filter(|(index, _)| writes(*index)).count();
        let prompt_tokens = fed.iter().filter(|(index, _)| !writes(*index)).map(|(_, tokens)| tokens).sum();
        let most = if self.backend.takes_drafts() { self.schedule.drafted_tokens } else { 0 };
        let each = plan::drafts(rows, prompt_tokens, most);
        for (index, _) in fed {
            if matches!(self.rows[*index].next(), Next::Token(_)) {
                self.rows[*index].draft(each);
            }
        }
    }

    /// Closes the rows that are over.
    fn sweep(&mut self) {
        let Self { rows, backend, prefix, monitor, .. } = self;
        let mut ended: Vec<Row> = rows.extract_if(.., |row| row.is_over()).collect();
        for row in &mut ended {
            let before = match row.take_prefix() {
                Some(tokens) => prefix.replace(Prefix { row: row.id, tokens }).map(|prefix| prefix.row),
                None => Some(row.id),
            };
            if let Some(id) = before {
                backend.close(id);
            }
        }
        let shared = prefix.as_ref().map_or(0, |prefix| prefix.tokens.len());
        let context_tokens = shared + rows.iter().map(Row::held).sum::<usize>();
        monitor.update(|stats| (stats.rows, stats.context_tokens) = (rows.len(), context_tokens));
        for row in &mut ended {
            row.send_end();
        }
    }

    /// Waits for the next due row or a new job, whichever comes first.
    fn nap(&mut self, due: Option<Instant>, now: Instant) {
        let received = match due.map(|due| due.saturating_duration_since(now).min(NAP_MAX)) {
            // Nothing to do: sleep until there is, without waking up in between.
            None => self.tickets.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(wait) if self.rows.len() >= self.schedule.slots => {
                std::thread::sleep(wait);
                Err(RecvTimeoutError::Timeout)
            }
            Some(wait) => self.tickets.recv_timeout(wait),
        };
        match received {
            Ok(ticket) => self.begin(ticket),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.is_open = false,
        }
    }
}
