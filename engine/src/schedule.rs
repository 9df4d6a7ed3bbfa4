//! One thread owns the model and steps all letters together: each that is being written by a token, and the oldest
//! prompts by a part.
//!
//! ```text
//!   submit ──▶ bounded queue ──▶ admit ──▶ plan ──▶ step ──▶ rows: sample, tell, end ──▶ sweep
//!                                 ▲ open or fork             one call of the model         │
//!                                 └────────────────────────────────────────────────────────┘
//! ```
//!
//! A letter joins at any step with a free slot and leaves when it is done. Prompts are read in parts, so that a long one
//! does not hold the others up, and what all of them begin with is read once. What a letter says does not depend on what
//! else is being written.

mod pace;
mod plan;
mod row;
mod stats;
mod step_loop;

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::backend::{Model, ModelError};
use crate::sampling::Sampling;
use crate::tokens::{TokenError, Tokens};
use row::{Text, Ticket};
use step_loop::StepLoop;

pub use stats::Gauge;

/// Tokens of prompts that are read in one step. Enough to keep the arithmetic busy, few enough that letters which are being
/// written do not stand still for a noticeable time.
const PROMPT_TOKENS: usize = 128;

/// How much is done at a time.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Completions that are written at the same time; at least one.
    pub slots: usize,
    /// Tokens of prompts that are read in one step; at least one.
    pub prompt_tokens: usize,
}

impl Schedule {
    /// The usual schedule for so many completions at a time.
    #[must_use]
    pub fn new(slots: usize) -> Self {
        Self { slots: slots.max(1), prompt_tokens: PROMPT_TOKENS }
    }
}

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
    /// The receiver of the events is gone, or the thread is being taken down.
    Cancelled,
}

/// A failed step.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The network failed, perhaps for several letters at once.
    #[error("failed to step the model")]
    Model(#[source] Arc<ModelError>),
    /// The tokens could not be turned into text.
    #[error(transparent)]
    Tokens(#[from] TokenError),
}

impl From<ModelError> for StepError {
    fn from(error: ModelError) -> Self {
        Self::Model(Arc::new(error))
    }
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
    tickets: Option<SyncSender<Ticket>>,
    stop: CancellationToken,
    gauge: Arc<Gauge>,
    thread: Option<JoinHandle<()>>,
}

impl ModelThread {
    /// Starts the thread. It writes up to `slots` completions at a time and lets as many more wait.
    ///
    /// # Panics
    /// When the operating system refuses a thread.
    #[must_use]
    pub fn start(model: Box<dyn Model>, tokens: Arc<Tokens>, end_tokens: Vec<u32>, schedule: Schedule) -> Self {
        let (sender, tickets) = sync_channel(schedule.slots.max(1));
        let stop = CancellationToken::new();
        let gauge = Arc::new(Gauge::default());
        let step_loop = StepLoop {
            model,
            text: Text { tokens, end_tokens },
            tickets,
            schedule,
            stop: stop.clone(),
            gauge: gauge.clone(),
            rows: Vec::new(),
            prefix: None,
            is_open: true,
        };
        let thread = std::thread::Builder::new()
            .name("model".to_owned())
            .spawn(|| step_loop.run())
            .expect("the operating system gives the process a thread");
        Self { tickets: Some(sender), stop, gauge, thread: Some(thread) }
    }

    /// Hands a job over and returns its events. Dropping the receiver cancels the job.
    ///
    /// # Errors
    /// [`SubmitError::Full`] when too many jobs wait.
    pub fn submit(&self, job: Job) -> Result<UnboundedReceiver<Event>, SubmitError> {
        self.hand_over(job, false)
    }

    /// Reads `prefix` once and keeps it: prompts that are submitted after the `Done` of this one and begin with it do not
    /// have to read it again. A later prefix takes the place of an earlier one.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn share(&self, prefix: Vec<u32>) -> Result<UnboundedReceiver<Event>, SubmitError> {
        let job = Job {
            prompt: prefix,
            sampling: Sampling { temperature: 0.0, top_p: 1.0, seed: 0 },
            max_new_tokens: 0,
            tokens_per_second: None,
        };
        self.hand_over(job, true)
    }

    fn hand_over(&self, job: Job, is_prefix: bool) -> Result<UnboundedReceiver<Event>, SubmitError> {
        // Unbounded, since a slow reader must not stop the other letters; `max_new_tokens` bounds it all the same.
        let (events, receiver) = unbounded_channel();
        let tickets = self.tickets.as_ref().ok_or(SubmitError::Stopped)?;
        self.gauge.submitted();
        let handed = tickets.try_send(Ticket { job, events, is_prefix });
        handed.inspect_err(|_| self.gauge.admitted()).map_err(|refused| match refused {
            TrySendError::Full(_) => SubmitError::Full,
            TrySendError::Disconnected(_) => SubmitError::Stopped,
        })?;
        Ok(receiver)
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
        self.tickets = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has been printed already; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}
