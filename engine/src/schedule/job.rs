//! Jobs, and what becomes of them.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use crate::backend::BackendError;
use crate::constraint::Constrain;
use crate::sampling::Sampling;
use crate::tokens::TokenError;

/// One completion to be computed.
#[derive(Clone, Debug)]
pub struct Job {
    /// Token ids of the prompt, at least one.
    pub prompt: Vec<u32>,
    /// How it is completed.
    pub options: Options,
}

/// How a prompt is completed.
#[derive(Clone, Debug)]
pub struct Options {
    /// Longest completion in tokens.
    pub max_new_tokens: usize,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// Pace in tokens a second; `None` is as fast as it goes.
    pub tokens_per_second: Option<u32>,
    /// What limits the tokens; `None` limits nothing.
    pub constraint: Option<Arc<dyn Constrain>>,
    /// Whether a completion that only repeats itself is ended.
    pub ends_loops: bool,
    /// Whether each token is told with its probability.
    pub tells_probability: bool,
}

impl Options {
    /// As fast as it goes, whatever the tokens are.
    #[must_use]
    pub fn new(max_new_tokens: usize, sampling: Sampling) -> Self {
        Self {
            max_new_tokens,
            sampling,
            tokens_per_second: None,
            constraint: None,
            ends_loops: false,
            tells_probability: false,
        }
    }
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
        /// Natural logarithm of the probability that the network gave the token, whatever the constraint left; `None`
        /// unless the options ask for it.
        log_probability: Option<f32>,
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
    /// It only repeated itself, and the options end that.
    Loop,
    /// The constraint left no token.
    Constraint,
    /// The receiver of the events is gone, or the scheduler is being taken down.
    Cancelled,
}

/// A failed step.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The network failed, perhaps for several rows at once.
    #[error("failed to step the model")]
    Model(#[source] Arc<BackendError>),
    /// The tokens could not be turned into text.
    #[error(transparent)]
    Tokens(#[from] TokenError),
}

impl From<BackendError> for StepError {
    fn from(error: BackendError) -> Self {
        Self::Model(Arc::new(error))
    }
}

/// A job that waits for its turn.
pub(super) struct Ticket {
    pub(super) job: Job,
    pub(super) events: UnboundedSender<Event>,
    /// Whether what was read stays open for others to begin with.
    pub(super) is_prefix: bool,
}
