//! The engine of this process as the [`Complete`] of the letters.

use std::path::Path;
use std::sync::Arc;

use engine::chat;
use engine::constraint::{Constrain, Guide, TokenBytes};
use engine::sampling::{Repetition, Sampling};
use engine::schedule::{self, FinishReason, Monitor, Schedule};
use engine::{CompleteError, Engine, LoadError, LoadOptions, Loaded};
use letters::{Ask, Complete, Completions, Event, Finish, Role, Style};

use crate::generation::Generation;
use crate::limit::Limit;

/// Field of `config.json` that names the style in which a model expects a request. It is our own addition to the file: only
/// models that were trained on our format have it.
const LETTER_PROMPT: &str = "letter_prompt";

/// Of general models, tokens that are less likely than the likeliest by more than this factor are never drawn: in small
/// ones the long tail holds what spoils a letter.
const MIN_P: f64 = 0.05;

/// A model that this process computes.
pub struct Local {
    engine: Engine,
    vocabulary: Arc<TokenBytes>,
    pub(super) style: Style,
    pub(super) candidates: usize,
    rows: usize,
    generation: Generation,
}

/// A completion in progress.
#[derive(Debug)]
pub struct Completion(engine::Completion);

impl Local {
    /// Loads the folder `path` and starts to write up to `slots` letters at a time.
    ///
    /// # Errors
    /// When a file is missing, damaged or contradicts another; the error names it.
    pub fn load(path: &Path, options: &LoadOptions, slots: usize, generation: Generation) -> Result<Self, LoadError> {
        let loaded = engine::load(path, options)?;
        let style = style(loaded.config.get(LETTER_PROMPT))
            .map_err(|source| LoadError::Parse { file: path.join("config.json"), source: source.into() })?;
        Ok(Self::start(loaded, style, slots, generation))
    }

    /// Starts a loaded model that expects requests in `style`.
    #[must_use]
    pub fn start(loaded: Loaded, style: Style, slots: usize, generation: Generation) -> Self {
        let candidates = generation.candidates.unwrap_or(style.candidates()).max(1);
        let rows = slots.max(1).saturating_mul(candidates);
        let engine = Engine::start(loaded, Schedule::new(rows));
        let vocabulary = Arc::new(engine.token_bytes());
        Self { engine, vocabulary, style, candidates, rows, generation }
    }

    /// SHA-256 of the weights, hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.engine.sha256()
    }

    /// Number of parameters.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.engine.parameters()
    }

    /// Numbers of the scheduler, for probes and metrics.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        self.engine.monitor()
    }

    /// Tokens that all KV caches together can hold.
    #[must_use]
    pub fn kv_tokens_max(&self) -> usize {
        self.rows.saturating_mul(self.engine.context_length())
    }

    /// Reads the common beginning of all prompts, once for all letters, and writes a few tokens.
    ///
    /// # Errors
    /// When the model cannot write.
    pub async fn warm_up(&self) -> Result<(), CompleteError> {
        let [one, other] = letters::samples(self.style).map(|messages| messages.iter().map(message).collect());
        self.engine.warm_up(&[one, other]).await
    }
}

/// The style that the field names; without the field, the style of a chat model.
fn style(field: Option<&serde_json::Value>) -> serde_json::Result<Style> {
    field.map_or(Ok(Style::default()), |field| serde_json::from_value(field.clone()))
}

fn message(message: &letters::Message) -> chat::Message {
    let role = match message.role {
        Role::System => chat::Role::System,
        Role::User => chat::Role::User,
    };
    chat::Message { role, content: message.content.clone() }
}

impl Complete for Local {
    type Completion = Completion;
    type Error = CompleteError;

    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<Completion>, CompleteError> {
        let messages: Vec<_> = ask.messages.iter().map(message).collect();
        let prompt = self.engine.encode(&messages)?;
        let Generation { max_new_tokens, temperature, top_p, tokens_per_second, .. } = self.generation;
        // The built-in model was trained to write letters; general models of its size fall into repeating themselves.
        let is_built_in = self.style == Style::BuiltIn;
        let (min_p, repetition) = if is_built_in { (0.0, None) } else { (MIN_P, Some(Repetition::default())) };
        let constraint = ask.phrases.map(|phrases| {
            let guide = Guide::new(Limit(Arc::clone(phrases)), Arc::clone(&self.vocabulary));
            Arc::new(guide) as Arc<dyn Constrain>
        });
        // Of given phrases none leads into a loop, and words of the applicant may well come twice.
        let is_free = !is_built_in && constraint.is_none();
        let completion = |&seed| {
            let options = engine::Options {
                tokens_per_second: tokens_per_second.filter(|_| ask.is_shown),
                ends_loops: is_free,
                constraint: constraint.clone(),
                ..engine::Options::new(max_new_tokens, Sampling { temperature, top_p, min_p, repetition, seed })
            };
            self.engine.complete(&prompt, options).map(Completion)
        };
        let all = ask.seeds.iter().map(completion).collect::<Result<_, _>>()?;
        Ok(Completions { prompt_tokens: prompt.len(), all })
    }
}

impl letters::Completion for Completion {
    type Error = CompleteError;

    async fn next(&mut self) -> Result<Event, CompleteError> {
        Ok(match self.0.next().await? {
            schedule::Event::Read { tokens } => Event::Read { tokens },
            schedule::Event::Wrote { text, tokens, .. } => Event::Wrote { text, tokens },
            schedule::Event::Failed(error) => return Err(error.into()),
            schedule::Event::Done(done) => {
                let finish = match done.finish_reason {
                    FinishReason::Stop => Finish::Stop,
                    // None of these is an end that the model chose: the text stops in the middle.
                    FinishReason::Length | FinishReason::Loop | FinishReason::Constraint => Finish::Length,
                    FinishReason::Cancelled => return Err(CompleteError::Cancelled),
                };
                Event::Done { finish, tokens: done.completion_tokens }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_names_no_style_is_a_chat_model() {
        assert_eq!(style(None).expect("a style"), Style::Chat);
        assert_eq!(style(Some(&"built-in".into())).expect("a style"), Style::BuiltIn);
        assert!(style(Some(&"riddles".into())).is_err(), "an unknown style is refused");
    }
}
