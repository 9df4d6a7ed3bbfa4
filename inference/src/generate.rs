//! Writes one letter: request -> prompt -> tokens -> text -> letter.

mod candidates;
mod prefix;
mod writing;

use std::sync::Arc;
use std::time::Instant;

use crds::CoverLetterRequestSpec;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;

use crate::built_in::{self, Plan};
use crate::facts::Facts;
use crate::letter::{Composer, EmptyLetter};
use crate::model::Loaded;
use crate::model::thread::{Event, Gauge, Job, ModelThread, Schedule, StepError, SubmitError};
use crate::plain;
use crate::prompt::chat::{ChatError, ChatTemplate};
use crate::prompt::{self, Style};
use crate::sampling::Sampling;
use crate::tokens::{self, Tokens, TooLong};
use candidates::{Answer, Candidates, seed_of, signed};
use writing::Telling;

pub use crate::model::thread::FinishReason;
pub use writing::Writing;

/// Tokens that the warm-up writes.
const WARM_UP_TOKENS: usize = 4;

/// A loaded model that writes letters.
pub struct Engine {
    thread: ModelThread,
    tokens: Arc<Tokens>,
    template: ChatTemplate,
    style: Style,
    candidates: usize,
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
    /// Pace in tokens a second at which the letter is shown; `None` is as fast as it goes.
    pub tokens_per_second: Option<u32>,
    /// The letter ends here, done or not.
    pub deadline: Option<Instant>,
    /// Ends the letter at the next token.
    pub cancel: CancellationToken,
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
        /// Tokens written so far, for all candidates together.
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
    /// Who wrote it.
    pub form: Form,
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens written, for all candidates together.
    pub completion_tokens: usize,
}

/// Who wrote a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// The model.
    Model,
    /// The program, in the plain form, because the model could not: the reason, in words.
    Plain(String),
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
    /// Starts a thread that writes up to `slots` letters at a time with the loaded model, each the best of `candidates`
    /// (at least one; with one, the letter is shown as it is written).
    #[must_use]
    pub fn start(loaded: Loaded, slots: usize, candidates: usize) -> Self {
        let candidates = candidates.max(1);
        let schedule = Schedule::new(slots.max(1) * candidates);
        Self {
            context_length: loaded.model.context_length(),
            thread: ModelThread::start(loaded.model, loaded.tokens.clone(), loaded.end_tokens, schedule),
            tokens: loaded.tokens,
            template: loaded.template,
            style: loaded.style,
            candidates,
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

    /// Begins the letter for `spec`.
    ///
    /// # Errors
    /// When the request is too long for the model, or no slot is free.
    pub fn write(&self, spec: &CoverLetterRequestSpec, options: Options) -> Result<Writing, WriteError> {
        let (messages, answer) = match self.style {
            Style::Chat => (prompt::messages(spec), Answer::Letter),
            Style::BuiltIn => match Facts::of(spec) {
                Err(why) => return Ok(Writing::telling(Telling::new(plain(spec, why.to_string())?, &options))),
                Ok(facts) => {
                    let plan = Plan::of(&facts, &spec.letter, options.sampling.seed);
                    (built_in::messages(&plan), Answer::Sentences { plan, facts: Box::new(facts) })
                }
            },
        };
        let prompt = self.template.encode(&self.tokens, &messages)?;
        tokens::fit(&prompt, options.max_new_tokens, self.context_length)?;
        let prompt_tokens = prompt.len();
        if self.candidates == 1 && matches!(answer, Answer::Letter) {
            let events = self.submit(&prompt, options.sampling.seed, options.tokens_per_second, &options)?;
            let composer = Composer::new(spec.letter.tone, &spec.applicant.name);
            return Ok(Writing::streaming(events, composer, prompt_tokens));
        }
        // The pace is that at which the letter is shown; candidates are written as fast as it goes.
        let events: Result<Vec<_>, WriteError> = (0..self.candidates)
            .map(|candidate| self.submit(&prompt, seed_of(options.sampling.seed, candidate), None, &options))
            .collect();
        let candidates = Candidates::new(Arc::new(spec.clone()), answer, options, events?);
        Ok(Writing::choosing(candidates, prompt_tokens))
    }

    fn submit(
        &self,
        prompt: &[u32],
        seed: u64,
        tokens_per_second: Option<u32>,
        options: &Options,
    ) -> Result<UnboundedReceiver<Event>, WriteError> {
        Ok(self.thread.submit(Job {
            prompt: prompt.to_vec(),
            sampling: Sampling { seed, ..options.sampling },
            max_new_tokens: options.max_new_tokens,
            tokens_per_second,
            deadline: options.deadline,
            cancel: options.cancel.clone(),
        })?)
    }

    /// Reads what all prompts begin with, once for all letters, and writes a few tokens of a request: so the first letter
    /// does not pay for cold caches, and a model that cannot be computed is found out before it is called ready.
    ///
    /// # Errors
    /// When the model cannot write.
    pub async fn warm_up(&self) -> Result<(), WriteError> {
        let [one, other] = match self.style {
            Style::Chat => [prompt::messages(&prefix::blank()), prompt::messages(&prefix::full())],
            Style::BuiltIn => prefix::plans().map(|plan| built_in::messages(&plan)),
        };
        let one = self.template.encode(&self.tokens, &one)?;
        let prefix = prefix::common(&one, &self.template.encode(&self.tokens, &other)?);
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
        ended(self.submit(&one, 0, None, &options)?).await
    }
}

/// A letter in the plain form.
fn plain(spec: &CoverLetterRequestSpec, why: String) -> Result<Finished, EmptyLetter> {
    let letter = signed(spec, &plain::letter(spec))?;
    let (finish_reason, form) = (FinishReason::Stop, Form::Plain(why));
    Ok(Finished { finish_reason, letter, form, prompt_tokens: 0, completion_tokens: 0 })
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
