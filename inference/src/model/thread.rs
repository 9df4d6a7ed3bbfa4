//! One thread owns the model and steps all letters in turn, one token each, so that they advance together.
//!
//! A letter joins when there is a free slot and leaves when it is done. Prompts are read in chunks, so that a long one does
//! not hold the others up. What a letter says does not depend on what else is being written.

mod gauge;
mod pace;
mod row;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use super::{Model, ModelError};
use crate::sampling::Sampling;
use crate::tokens::{TokenError, Tokens};
use gauge::Step;
use row::Row;

pub use gauge::Gauge;

/// How long the thread sleeps at most while every letter waits for its pace: bounds how late a cancel is seen.
const NAP_MAX: Duration = Duration::from_millis(25);

/// One completion to be written.
#[derive(Clone, Debug)]
pub struct Job {
    /// Token ids of the prompt, at least one.
    pub prompt: Vec<u32>,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Longest completion in tokens.
    pub max_new_tokens: usize,
    /// Pace of this completion in tokens a second; `None` is as fast as it goes.
    pub tokens_per_second: Option<u32>,
    /// The completion ends here, done or not.
    pub deadline: Option<Instant>,
    /// Ends the completion at the next token.
    pub cancel: CancellationToken,
}

/// What happens to a [`Job`], in order; after `Done` or `Failed` nothing follows.
#[derive(Debug)]
pub enum Event {
    /// More of the prompt has been read.
    Read {
        /// Tokens read so far.
        tokens: usize,
    },
    /// A token was written.
    Wrote {
        /// Text that is now certain; empty while a character is incomplete.
        text: String,
        /// Tokens written so far.
        tokens: usize,
    },
    /// The completion ended.
    Done(Done),
    /// The model failed.
    Failed(StepError),
}

/// How a completion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Why it ended.
    pub finish_reason: FinishReason,
    /// Tokens written, the one that ended it not counted.
    pub completion_tokens: usize,
}

/// Why a completion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The model said that it is done.
    Stop,
    /// `max_new_tokens` or the context is full.
    Length,
    /// Somebody asked to stop, or nobody listens any more.
    Cancelled,
    /// The deadline passed.
    Deadline,
}

/// A failed step.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The network failed.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The tokens could not be turned into text.
    #[error(transparent)]
    Tokens(#[from] TokenError),
}

/// Why a [`Job`] was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// As many completions wait as may be written at a time.
    #[error("failed to start a letter: all slots are taken")]
    Full,
    /// The thread has ended, which only happens when it panicked. This is a bug.
    #[error("failed to start a letter: the model thread has ended")]
    Stopped,
}

/// Handle of the thread. Dropping it cancels what is being written and joins the thread.
#[derive(Debug)]
pub struct ModelThread {
    jobs: Option<SyncSender<(Job, UnboundedSender<Event>)>>,
    stop: CancellationToken,
    gauge: Arc<Gauge>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread keeps for all rows.
pub(super) struct Context {
    pub(super) model: Box<dyn Model>,
    pub(super) tokens: Arc<Tokens>,
    pub(super) end_tokens: Vec<u32>,
}

impl ModelThread {
    /// Starts the thread. It writes up to `slots` completions at a time and lets as many more wait.
    ///
    /// # Panics
    /// When the operating system refuses a thread.
    #[must_use]
    pub fn start(model: Box<dyn Model>, tokens: Arc<Tokens>, end_tokens: Vec<u32>, slots: usize) -> Self {
        let (sender, jobs) = sync_channel(slots.max(1));
        let stop = CancellationToken::new();
        let gauge = Arc::new(Gauge::default());
        let step_loop = StepLoop {
            context: Context { model, tokens, end_tokens },
            jobs,
            rows: Vec::new(),
            slots: slots.max(1),
            stop: stop.clone(),
            gauge: gauge.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("model".to_owned())
            .spawn(|| step_loop.run())
            .expect("the operating system gives the process a thread");
        Self { jobs: Some(sender), stop, gauge, thread: Some(thread) }
    }

    /// Hands a job over and returns its events. Dropping the receiver cancels the job.
    ///
    /// # Errors
    /// [`SubmitError::Full`] when too many jobs wait.
    pub fn submit(&self, job: Job) -> Result<UnboundedReceiver<Event>, SubmitError> {
        // Unbounded, since a slow reader must not stop the other letters; `max_new_tokens` bounds it all the same.
        let (events, receiver) = unbounded_channel();
        let jobs = self.jobs.as_ref().ok_or(SubmitError::Stopped)?;
        self.gauge.submitted();
        match jobs.try_send((job, events)).inspect_err(|_| self.gauge.admitted()) {
            Ok(()) => Ok(receiver),
            Err(TrySendError::Full(_)) => Err(SubmitError::Full),
            Err(TrySendError::Disconnected(_)) => Err(SubmitError::Stopped),
        }
    }

    /// Numbers for probes and metrics.
    #[must_use]
    pub fn gauge(&self) -> Arc<Gauge> {
        self.gauge.clone()
    }

    /// Whether the thread still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for ModelThread {
    fn drop(&mut self) {
        self.stop.cancel();
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has been printed already; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

struct StepLoop {
    context: Context,
    jobs: Receiver<(Job, UnboundedSender<Event>)>,
    rows: Vec<Row>,
    slots: usize,
    stop: CancellationToken,
    gauge: Arc<Gauge>,
}

impl StepLoop {
    /// Runs until the handle is dropped.
    fn run(mut self) {
        let mut open = true;
        while open || !self.rows.is_empty() {
            open &= self.admit();
            let now = Instant::now();
            let is_ending = self.stop.is_cancelled();
            let mut stepped = false;
            self.rows.retain_mut(|row| {
                if !is_ending && !row.is_over(now) && !row.is_due(now) {
                    return true;
                }
                stepped = true;
                let prompt_tokens = row.prompt_left();
                let goes_on = row.advance(&mut self.context, now, is_ending);
                let prompt_tokens = prompt_tokens - row.prompt_left();
                self.gauge.stepped(Step { rows: 1, prompt_tokens, took: now.elapsed() });
                goes_on
            });
            self.gauge.holds(self.rows.len(), 0);
            if !stepped && open {
                open &= self.nap(now);
            }
        }
    }

    /// Takes jobs while slots are free. Returns false once no more can come.
    fn admit(&mut self) -> bool {
        while self.rows.len() < self.slots {
            match self.jobs.try_recv() {
                Ok((job, events)) => self.begin(job, events),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        true
    }

    fn begin(&mut self, job: Job, events: UnboundedSender<Event>) {
        self.gauge.admitted();
        self.rows.push(Row::new(&mut self.context, job, events));
    }

    /// Waits for the next due row or a new job, whichever comes first. Returns false once no more jobs can come.
    fn nap(&mut self, now: Instant) -> bool {
        let next = self.rows.iter().map(|row| row.due().saturating_duration_since(now)).min();
        let received = match next {
            // Nothing to do: sleep until there is, without waking up in between.
            None => self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) if self.rows.len() >= self.slots => {
                std::thread::sleep(next.unwrap_or(NAP_MAX).min(NAP_MAX));
                Err(RecvTimeoutError::Timeout)
            }
            Some(wait) => self.jobs.recv_timeout(wait.min(NAP_MAX)),
        };
        match received {
            Ok((job, events)) => {
                self.begin(job, events);
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }
}
