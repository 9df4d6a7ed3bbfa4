//! Writes one letter: request -> prompt -> tokens -> text -> letter.

mod prefix;

use std::sync::Arc;
use std::time::Instant;

use crds::CoverLetterRequestSpec;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use crate::letter::{Composer, EmptyLetter};
use crate::model::Loaded;
use crate::model::thread::{Event, Gauge, Job, ModelThread, Schedule, StepError, SubmitError};
use crate::prompt::chat::{ChatError, ChatTemplate};
use crate::prompt::{self, Style};
use crate::sampling::Sampling;
use crate::tokens::{self, Tokens, TooLong};

pub use crate::model::thread::FinishReason;

/// Tokens that the warm-up writes.
const WARM_UP_TOKENS: usize = 4;

/// A loaded model that writes letters.
pub struct Engine {
    thread: ModelThread,
    tokens: Arc<Tokens>,
    template: ChatTemplate,
    style: Style,
    context_length: usize,
    sha256: String,
    parameters: usize,
}

/// How one letter is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// Longest completion in tokens.
    pub max_new_tokens: usize,
    /// How tokens are chosen. The same seed, model and request write the same letter.
    pub sampling: Sampling,
    /// Pace in tokens a second; `None` is as fast as it goes.
    pub tokens_per_second: Option<u32>,
    /// The letter ends here, done or not.
    pub deadline: Option<Instant>,
    /// Ends the letter at the next token.
    pub cancel: CancellationToken,
}

/// A letter being written. Dropping it stops the work.
pub struct Writing {
    events: UnboundedReceiver<Event>,
    composer: Composer,
    prompt_tokens: usize,
    /// What is known already and not yet told, last first.
    ready: Vec<Progress>,
    over: bool,
}

/// What becomes of a letter, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The model has read this much of the prompt.
    Reading {
        /// Tokens read so far.
        tokens: usize,
    },
    /// The model has written on.
    Writing {
        /// The letter's next text, possibly none. All texts put together are the letter.
        text: String,
        /// Tokens written so far.
        completion_tokens: usize,
    },
    /// The letter is done; nothing follows.
    Finished(Finished),
}

/// A finished letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Why the model stopped. With `Cancelled` and `Deadline` the letter is what there was, without a signature.
    pub finish_reason: FinishReason,
    /// The letter.
    pub letter: String,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens written.
    pub completion_tokens: usize,
}

/// Why a letter could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The request is too long for the model. Trying again does not help.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The model's template or tokenizer refused the prompt.
    #[error(transparent)]
    Prompt(#[from] ChatError),
    /// No slot is free, or the model thread is gone.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The model failed.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The model wrote nothing.
    #[error(transparent)]
    Empty(#[from] EmptyLetter),
    /// The model thread ended in the middle. This is a bug.
    #[error("failed to finish the letter: the model thread has ended")]
    Interrupted,
}

impl Engine {
    /// Starts a thread that writes up to `slots` letters at a time with the loaded model.
    #[must_use]
    pub fn start(loaded: Loaded, slots: usize) -> Self {
        Self {
            context_length: loaded.model.context_length(),
            thread: ModelThread::start(loaded.model, loaded.tokens.clone(), loaded.end_tokens, Schedule::new(slots)),
            tokens: loaded.tokens,
            template: loaded.template,
            style: loaded.style,
            sha256: loaded.sha256,
            parameters: loaded.parameters,
        }
    }

    /// SHA-256 of the weights, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Number of parameters of the model.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Numbers of the step loop, for probes and metrics.
    #[must_use]
    pub fn gauge(&self) -> Arc<Gauge> {
        self.thread.gauge()
    }

    /// Whether the model thread still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.is_alive()
    }

    /// Token ids of the prompt for `spec`.
    ///
    /// # Errors
    /// When the model's template or tokenizer refuses it.
    pub fn prompt(&self, spec: &CoverLetterRequestSpec) -> Result<Vec<u32>, ChatError> {
        self.template.encode(&self.tokens, &prompt::messages(spec, self.style))
    }

    /// Begins the letter for `spec`.
    ///
    /// # Errors
    /// When the request is too long for the model, or no slot is free.
    pub fn write(&self, spec: &CoverLetterRequestSpec, options: Options) -> Result<Writing, WriteError> {
        let prompt = self.prompt(spec)?;
        tokens::fit(&prompt, options.max_new_tokens, self.context_length)?;
        let prompt_tokens = prompt.len();
        let events = self.thread.submit(Job {
            prompt,
            sampling: options.sampling,
            max_new_tokens: options.max_new_tokens,
            tokens_per_second: options.tokens_per_second,
            deadline: options.deadline,
            cancel: options.cancel,
        })?;
        let composer = Composer::new(spec.letter.tone, &spec.applicant.name);
        Ok(Writing { events, composer, prompt_tokens, ready: Vec::new(), over: false })
    }

    /// Reads what all prompts begin with, once for all letters, and writes a few tokens of an empty request: so the first
    /// letter does not pay for cold caches, and a model that cannot be computed is found out before it is called ready.
    ///
    /// # Errors
    /// When the model cannot write.
    pub async fn warm_up(&self) -> Result<(), WriteError> {
        let prefix = prefix::common(&self.prompt(&prefix::blank())?, &self.prompt(&prefix::full())?);
        if !prefix.is_empty() && tokens::fit(&prefix, WARM_UP_TOKENS, self.context_length).is_ok() {
            ended(self.thread.share(prefix)?).await?;
        }
        let options = Options {
            max_new_tokens: WARM_UP_TOKENS,
            sampling: Sampling { temperature: 0.0, top_p: 1.0, seed: 0 },
            tokens_per_second: None,
            deadline: None,
            cancel: CancellationToken::new(),
        };
        ended(self.write(&prefix::blank(), options)?.events).await
    }
}

impl Writing {
    /// Tokens of the prompt.
    #[must_use]
    pub fn prompt_tokens(&self) -> usize {
        self.prompt_tokens
    }

    /// Waits for the next progress; `None` after [`Progress::Finished`] or an error. Safe to drop while waiting.
    ///
    /// # Errors
    /// When the letter cannot be finished.
    pub async fn next(&mut self) -> Option<Result<Progress, WriteError>> {
        if let Some(progress) = self.ready.pop() {
            return Some(Ok(progress));
        }
        if self.over {
            return None;
        }
        let progress = match self.events.recv().await {
            Some(Event::Read { tokens }) => Ok(Progress::Reading { tokens }),
            Some(Event::Wrote { text, tokens }) => {
                Ok(Progress::Writing { text: self.composer.push(&text), completion_tokens: tokens })
            }
            Some(Event::Done(done)) => self.finish(done.finish_reason, done.completion_tokens),
            Some(Event::Failed(error)) => Err(error.into()),
            None => Err(WriteError::Interrupted),
        };
        self.over |= progress.is_err();
        Some(progress)
    }

    /// The rest of the text first, then the whole.
    fn finish(&mut self, finish_reason: FinishReason, completion_tokens: usize) -> Result<Progress, WriteError> {
        self.over = true;
        let composer = std::mem::take(&mut self.composer);
        let (text, letter) = match finish_reason {
            FinishReason::Stop | FinishReason::Length => composer.finish()?,
            FinishReason::Cancelled | FinishReason::Deadline => (String::new(), composer.abandon()),
        };
        let prompt_tokens = self.prompt_tokens;
        self.ready.push(Progress::Finished(Finished { finish_reason, letter, prompt_tokens, completion_tokens }));
        Ok(Progress::Writing { text, completion_tokens })
    }
}

/// Waits for the end of a job whose text nobody needs.
async fn ended(mut events: UnboundedReceiver<Event>) -> Result<(), WriteError> {
    while let Some(event) = events.recv().await {
        match event {
            Event::Done(_) => return Ok(()),
            Event::Failed(error) => return Err(error.into()),
            Event::Read { .. } | Event::Wrote { .. } => {}
        }
    }
    Err(WriteError::Interrupted)
}
