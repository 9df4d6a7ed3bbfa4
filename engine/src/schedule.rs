//! The scheduler: one thread owns the backend and steps all rows together. Every row that writes is fed a token, and the
//! oldest prompts a part.
//!
//! ```text
//!   submit ──▶ bounded queue ──▶ admit ──▶ plan ──▶ step ──▶ rows: sample, send, end ──▶ sweep
//!                                 ▲ open or fork             one call of the backend       │
//!                                 └────────────────────────────────────────────────────────┘
//! ```
//!
//! A job gets a row at any step with a free slot and leaves it when it is done. Prompts are read in parts, so that a long
//! one does not hold the others up, and what all of them begin with is read once. A completion does not depend on what
//! else is being computed.

mod draft;
mod job;
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

use crate::backend::Backend;
use crate::sampling::Sampling;
use crate::tokens::Tokens;
use job::Ticket;
use row::Text;
use step_loop::StepLoop;

pub use job::{Done, Event, FinishReason, Job, Options, StepError};
pub use plan::Schedule;
pub use stats::{Monitor, Stats};

/// Why a [`Job`] was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// As many completions wait as may be computed at a time.
    #[error("failed to start a completion: all slots are taken")]
    Full,
    /// The thread has ended, which only happens when it panicked. This is a bug.
    #[error("failed to start a completion: the model thread has ended")]
    Stopped,
}

/// Handle of the thread. Dropping it cancels all completions and joins the thread.
#[derive(Debug)]
pub struct Scheduler {
    tickets: Option<SyncSender<Ticket>>,
    stop: CancellationToken,
    monitor: Monitor,
    thread: Option<JoinHandle<()>>,
}

impl Scheduler {
    /// Starts the thread. It computes up to `slots` completions at a time and lets as many more wait.
    ///
    /// # Panics
    /// When the operating system refuses a thread.
    #[must_use]
    pub fn start(backend: Box<dyn Backend>, tokens: Arc<Tokens>, end_tokens: Vec<u32>, schedule: Schedule) -> Self {
        let (sender, tickets) = sync_channel(schedule.slots.max(1));
        let stop = CancellationToken::new();
        let monitor = Monitor::default();
        let step_loop = StepLoop {
            backend,
            text: Text { tokens, end_tokens },
            tickets,
            schedule,
            stop: stop.clone(),
            monitor: monitor.clone(),
            rows: Vec::new(),
            prefix: None,
            is_open: true,
        };
        let thread = std::thread::Builder::new()
            .name("model".to_owned())
            .spawn(|| step_loop.run())
            .expect("the operating system gives the process a thread");
        Self { tickets: Some(sender), stop, monitor, thread: Some(thread) }
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
        self.hand_over(Job { prompt: prefix, options: Options::new(0, Sampling::GREEDY) }, true)
    }

    fn hand_over(&self, job: Job, is_prefix: bool) -> Result<UnboundedReceiver<Event>, SubmitError> {
        // Unbounded, since a slow reader must not stop the other rows; `max_new_tokens` bounds it all the same.
        let (events, receiver) = unbounded_channel();
        let tickets = self.tickets.as_ref().ok_or(SubmitError::Stopped)?;
        // Counted before the thread can see the job.
        self.monitor.update(|stats| stats.waiting += 1);
        let handed = tickets.try_send(Ticket { job, events, is_prefix });
        handed.inspect_err(|_| self.monitor.update(|stats| stats.waiting -= 1)).map_err(|refused| match refused {
            TrySendError::Full(_) => SubmitError::Full,
            TrySendError::Disconnected(_) => SubmitError::Stopped,
        })?;
        Ok(receiver)
    }

    /// Numbers for probes and metrics.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        self.monitor.clone()
    }

    /// Whether the thread still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.stop.cancel();
        self.tickets = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the thread has been printed already; nothing is left to be done about it.
            let _ = thread.join();
        }
    }
}
