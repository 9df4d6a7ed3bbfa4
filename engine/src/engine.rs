//! A loaded model that completes prompts.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use crate::chat::{ChatError, ChatTemplate, Message};
use crate::constraint::TokenBytes;
use crate::load::Loaded;
use crate::sampling::Sampling;
use crate::schedule::{Event, Job, Monitor, Options, Schedule, Scheduler, StepError, SubmitError};
use crate::tokens::{self, Tokens, TooLong};

/// Tokens that the warm-up writes.
const WARM_UP_TOKENS: usize = 4;

/// A loaded model and its scheduler. Dropping it cancels all completions.
pub struct Engine {
    scheduler: Scheduler,
    tokens: Arc<Tokens>,
    template: ChatTemplate,
    vocabulary: usize,
    end_tokens: Vec<u32>,
    context_length: usize,
    sha256: String,
    parameters: usize,
}

/// A completion in progress. Dropping it frees its row at the next step.
#[derive(Debug)]
pub struct Completion(UnboundedReceiver<Event>);

/// Why a prompt could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// The prompt leaves no room for the completion. Trying again does not help.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The model's template or tokenizer refused the prompt.
    #[error(transparent)]
    Prompt(#[from] ChatError),
    /// No row is free, or the model thread is gone.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// The model failed.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The engine is being taken down.
    #[error("failed to finish the completion: the engine stops")]
    Cancelled,
    /// The model thread ended in the middle. This is a bug.
    #[error("failed to finish the completion: the model thread has ended")]
    Interrupted,
}

impl Engine {
    /// Starts the thread of a loaded model.
    #[must_use]
    pub fn start(loaded: Loaded, schedule: Schedule) -> Self {
        Self {
            context_length: loaded.backend.context_length(),
            vocabulary: loaded.backend.vocabulary(),
            end_tokens: loaded.end_tokens.clone(),
            scheduler: Scheduler::start(loaded.backend, loaded.tokens.clone(), loaded.end_tokens, schedule),
            tokens: loaded.tokens,
            template: loaded.template,
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

    /// Tokens that one row can hold, prompt and completion together.
    #[must_use]
    pub fn context_length(&self) -> usize {
        self.context_length
    }

    /// What each token adds to a text, for [`crate::constraint`]. Made on every call: keep it.
    #[must_use]
    pub fn token_bytes(&self) -> TokenBytes {
        self.tokens.bytes(self.vocabulary, &self.end_tokens)
    }

    /// Numbers of the scheduler, for probes and metrics.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        self.scheduler.monitor()
    }

    /// Whether the model thread still runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.scheduler.is_alive()
    }

    /// Token ids of a conversation, up to where the model begins to answer.
    ///
    /// # Errors
    /// When the model's template or tokenizer refuses it.
    pub fn encode(&self, messages: &[Message]) -> Result<Vec<u32>, ChatError> {
        self.template.encode(&self.tokens, messages)
    }

    /// Token ids of a plain text, in which nothing is a control token: the prompt of a model that was trained to go on with
    /// it.
    ///
    /// # Errors
    /// When the model's tokenizer refuses it.
    pub fn encode_text(&self, text: &str) -> Result<Vec<u32>, ChatError> {
        Ok(self.tokens.encode_content(text)?)
    }

    /// Begins to complete `prompt`.
    ///
    /// # Errors
    /// When the prompt and the longest completion do not fit into the context, or no row is free.
    pub fn complete(&self, prompt: &[u32], options: Options) -> Result<Completion, CompleteError> {
        tokens::fit(prompt, options.max_new_tokens, self.context_length)?;
        Ok(Completion(self.scheduler.submit(Job { prompt: prompt.to_vec(), options })?))
    }

    /// Reads what both conversations begin with, once for all that begin with it, and writes a few tokens after the first:
    /// so the first completion does not pay for cold caches, and a model that cannot be computed is noticed early.
    ///
    /// # Errors
    /// When the model cannot write.
    pub async fn warm_up(&self, [one, other]: &[Vec<Message>; 2]) -> Result<(), CompleteError> {
        let one = self.encode(one)?;
        let prefix = common(&one, &self.encode(other)?);
        if !prefix.is_empty() && tokens::fit(&prefix, WARM_UP_TOKENS, self.context_length).is_ok() {
            Completion(self.scheduler.share(prefix)?).ended().await?;
        }
        let options = Options::new(WARM_UP_TOKENS, Sampling::GREEDY);
        Completion(self.scheduler.submit(Job { prompt: one, options })?).ended().await
    }
}

impl Completion {
    /// Waits for the next event; after [`Event::Done`] or an error nothing follows. Safe to drop while waiting.
    ///
    /// # Errors
    /// When the model fails, or its thread ends.
    pub async fn next(&mut self) -> Result<Event, CompleteError> {
        match self.0.recv().await {
            Some(Event::Failed(error)) => Err(error.into()),
            Some(event) => Ok(event),
            None => Err(CompleteError::Interrupted),
        }
    }

    /// Waits for the end, whatever the text.
    async fn ended(mut self) -> Result<(), CompleteError> {
        while !matches!(self.next().await?, Event::Done(_)) {}
        Ok(())
    }
}

/// Tokens that both prompts begin with.
fn common(one: &[u32], other: &[u32]) -> Vec<u32> {
    one.iter().zip(other).take_while(|(a, b)| a == b).map(|(token, _)| *token).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_beginning_counts() {
        let check = |one: &[u32], other: &[u32], expect: &[u32]| assert_eq!(common(one, other), expect);
        check(&[1, 2, 3, 4], &[1, 2, 9, 4], &[1, 2]);
        check(&[1, 2], &[1, 2, 3], &[1, 2]);
        check(&[1], &[2], &[]);
    }
}
