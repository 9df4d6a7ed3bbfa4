//! One letter: from the claimed request through the model to a finished letter with its checks, shown on its page all along.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use cluster::Chain;
use crds::RequestReason;
use crds::life::Written;
use crds::request::{self, Usage};
use engine::schedule::{Monitor, SubmitError};
use engine::{CompleteError, LoadError};
use letters::{Letter, Progress, WriteError};
use thiserror::Error;
use tokio::task::JoinError;

use super::liveness;
use super::reveal::reveal;
use super::timing::{self, Pen};
use crate::claim::Claimed;
use crate::config::ModelConfig;
use crate::metrics::reading;
use crate::model::Model;
use crate::report::Outcome;
use crate::stream::Page;
use crate::telemetry::{LetterTrace, Tracer};

/// Why there is nothing to write with.
#[derive(Debug, Error)]
pub enum WriterError {
    /// The model's files cannot be used.
    #[error("failed to load the model")]
    Load(#[from] LoadError),
    /// The model was loaded but cannot be computed.
    #[error("failed to warm the model up")]
    WarmUp(#[from] CompleteError),
    /// Loading panicked. This is a bug.
    #[error("failed to finish loading the model")]
    Panicked(#[from] JoinError),
}

/// Writes letters with one model.
pub struct Writer {
    model: Model,
    config: ModelConfig,
    active: Arc<AtomicUsize>,
    broken: Arc<AtomicBool>,
    tracer: Tracer,
}

impl Writer {
    /// Loads the model that `config` names and writes a few tokens with it.
    ///
    /// # Errors
    /// When its files are missing or damaged, or it cannot be computed.
    pub async fn load(config: ModelConfig, slots: usize) -> Result<Self, WriterError> {
        let (path, options, generation) = (config.path.clone(), config.load.clone(), config.generation());
        let begun = Instant::now();
        let model = tokio::task::spawn_blocking(move || Model::load(&path, &options, slots, generation)).await??;
        model.warm_up().await?;
        let duration_ms = begun.elapsed().as_millis() as u64;
        tracing::info!(
            model.name = config.name,
            model.sha256 = model.sha256(),
            duration_ms,
            "Loaded model `{}`",
            config.name
        );
        Ok(Self::new(model, config))
    }

    /// Writes letters with a model that was loaded already.
    #[must_use]
    pub fn new(model: Model, config: ModelConfig) -> Self {
        let (active, broken, tracer) = (Arc::default(), Arc::default(), Tracer::default());
        Self { model, config, active, broken, tracer }
    }

    /// The same writer, which traces its letters with `tracer`.
    #[must_use]
    pub fn traced_by(mut self, tracer: Tracer) -> Self {
        self.tracer = tracer;
        self
    }

    /// Begins the trace of `claimed`.
    pub(super) fn trace(&self, claimed: &Claimed) -> LetterTrace {
        timing::trace(&self.tracer, claimed, &self.config)
    }

    /// Tells, whenever it is asked, whether the model's loop moves.
    pub fn pulse(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let moves = liveness::of(self.model.monitor(), Arc::clone(&self.active));
        let broken = Arc::clone(&self.broken);
        move || !broken.load(Ordering::Relaxed) && moves()
    }

    /// Numbers of the model.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        self.model.monitor()
    }

    /// The lines of the metrics page about what the model has done, as of the call.
    pub fn reading(&self) -> impl Fn() -> String + Send + Sync + 'static {
        let (monitor, kv_tokens_max) = (self.model.monitor(), self.model.kv_tokens_max());
        move || reading::render(&monitor.stats(), kv_tokens_max)
    }

    /// Whether the model is gone for good: only a new process can write again.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Writes the letter of `claimed`. Dropping the future stops the model at its next token.
    pub(super) async fn write(&self, claimed: &Claimed, page: &Page, trace: &LetterTrace) -> Outcome {
        let _active = Active::new(&self.active);
        match self.letter(claimed, page, trace).await {
            Ok((letter, first_token)) => self.written(letter, first_token),
            Err(error) => self.failed(claimed, &error),
        }
    }

    /// The finished letter, and the milliseconds from the claim to its first token.
    async fn letter(
        &self,
        claimed: &Claimed,
        page: &Page,
        trace: &LetterTrace,
    ) -> Result<(Letter, Option<i64>), WriteError<CompleteError>> {
        let model = &self.config.name;
        let mut pen = Pen::new(claimed, model, trace);
        let mut writing = self.model.write(&claimed.request().spec, claimed.request().seed())?;
        let mut shown = 0;
        while let Some(progress) = writing.next().await {
            match progress? {
                Progress::Reading { tokens } => page.read_prompt(tokens),
                Progress::Writing { text, completion_tokens } => {
                    pen.wrote(completion_tokens);
                    page.write(&text, completion_tokens);
                    shown += text.len();
                }
                Progress::Checking => pen.check(writing.prompt_tokens()),
                Progress::Finished(letter) => {
                    let first_token = pen.down(model, &letter);
                    let show = |piece: &str| page.write(piece, letter.completion_tokens);
                    reveal(&letter.text[shown..], self.config.max_tokens_per_second, show).await;
                    return Ok((*letter, first_token));
                }
            }
        }
        Err(WriteError::Model(CompleteError::Interrupted))
    }

    fn written(&self, letter: Letter, first_token: Option<i64>) -> Outcome {
        Outcome::Written(Box::new(Written {
            letter: letter.text,
            checks: letter.checks,
            usage: Usage {
                prompt_tokens: letter.prompt_tokens as i32,
                completion_tokens: letter.completion_tokens as i32,
            },
            model: request::Model { name: self.config.name.clone(), sha256: self.model.sha256().to_owned() },
            first_token,
            plain: letter.plain,
        }))
    }

    /// What a failure means for the request: one that found the model gone already is not to blame for it.
    fn failed(&self, claimed: &Claimed, error: &WriteError<CompleteError>) -> Outcome {
        match error {
            WriteError::Model(CompleteError::TooLong(too_long)) => {
                return Outcome::Refused(
                    RequestReason::InvalidRequest,
                    format!(
                        "The request takes {} tokens and the model reads at most {}. Shorten the job description or the \
                         experience and create the request again.",
                        too_long.tokens, too_long.limit
                    ),
                );
            }
            // The same request, seed and model would write the same again.
            WriteError::Empty(_) => {
                return Outcome::Refused(
                    RequestReason::EmptyLetter,
                    "The model wrote nothing usable. Create the request again with more about the job and yourself."
                        .to_owned(),
                );
            }
            // The model thread is being taken down.
            WriteError::Model(CompleteError::Cancelled) => return Outcome::Released,
            WriteError::Model(_) => {}
        }
        tracing::error!(
            request.name = claimed.name(),
            request.attempt = claimed.attempt(),
            error = %Chain(error),
            "Could not write the letter of request `{}`",
            claimed.name()
        );
        let stopped = matches!(error, WriteError::Model(CompleteError::Submit(SubmitError::Stopped)));
        if stopped || matches!(error, WriteError::Model(CompleteError::Interrupted)) {
            self.broken.store(true, Ordering::Relaxed);
        }
        if stopped { Outcome::Released } else { Outcome::Failed("The model could not write the letter.".to_owned()) }
    }
}

/// Counts a letter as being written, also when its future is dropped.
struct Active(Arc<AtomicUsize>);

impl Active {
    fn new(active: &Arc<AtomicUsize>) -> Self {
        active.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(active))
    }
}

impl Drop for Active {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
