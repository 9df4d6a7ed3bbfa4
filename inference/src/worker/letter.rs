//! One letter: from the claimed request through the model to a finished letter with its checks, shown on its page all along.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use crds::RequestReason;
use crds::life::Written;
use crds::request::{Model, Usage};
use thiserror::Error;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::pen::{self, Pen};
use super::pulse;
use crate::checks::{self, check};
use crate::claim::Claimed;
use crate::config::ModelConfig;
use crate::generate::{Engine, FinishReason, Finished, Form, Options, Progress, WriteError};
use crate::metrics::Reading;
use crate::model::thread::SubmitError;
use crate::model::{self, LoadError, Loaded};
use crate::report::Outcome;
use crate::sampling::Sampling;
use crate::stream::Page;
use crate::telemetry::{Chain, LetterTrace, Tracer};

/// Why there is nothing to write with.
#[derive(Debug, Error)]
pub enum WriterError {
    /// The model's files cannot be used.
    #[error("failed to load the model")]
    Load(#[from] LoadError),
    /// The model was loaded but cannot be computed.
    #[error("failed to warm the model up")]
    WarmUp(#[from] WriteError),
    /// Loading panicked. This is a bug.
    #[error("failed to finish loading the model")]
    Panicked(#[from] JoinError),
}

/// Writes letters with one model.
pub struct Writer {
    engine: Engine,
    config: ModelConfig,
    active: Arc<AtomicUsize>,
    broken: Arc<AtomicBool>,
    tracer: Tracer,
    kv_tokens_max: usize,
}

impl Writer {
    /// Loads the model that `config` names and writes a few tokens with it.
    ///
    /// # Errors
    /// When its files are missing or damaged, or it cannot be computed.
    pub async fn load(config: ModelConfig, slots: usize) -> Result<Self, WriterError> {
        let (path, options) = (config.path.clone(), config.load.clone());
        let begun = Instant::now();
        let loaded = tokio::task::spawn_blocking(move || model::load(&path, &options)).await??;
        let writer = Self::new(loaded, config, slots);
        writer.engine.warm_up().await?;
        let duration_ms = begun.elapsed().as_millis() as u64;
        tracing::info!(
            model.name = writer.config.name,
            model.sha256 = writer.engine.sha256(),
            duration_ms,
            "Loaded model `{}`",
            writer.config.name
        );
        Ok(writer)
    }

    /// Writes up to `slots` letters at a time with a model that was loaded already.
    #[must_use]
    pub fn new(loaded: Loaded, config: ModelConfig, slots: usize) -> Self {
        let (active, broken, tracer) = (Arc::default(), Arc::default(), Tracer::default());
        let candidates = config.candidates.unwrap_or(loaded.style.candidates()).max(1);
        let rows = slots.max(1).saturating_mul(candidates);
        let kv_tokens_max = rows.saturating_mul(loaded.model.context_length());
        Self { engine: Engine::start(loaded, slots, candidates), config, active, broken, tracer, kv_tokens_max }
    }

    /// The same writer, which traces its letters with `tracer`.
    #[must_use]
    pub fn traced_by(mut self, tracer: Tracer) -> Self {
        self.tracer = tracer;
        self
    }

    /// Begins the trace of `claimed`.
    pub(super) fn trace(&self, claimed: &Claimed) -> LetterTrace {
        pen::trace(&self.tracer, claimed, &self.config)
    }

    /// Tells, whenever it is asked, whether the model's loop moves.
    pub fn pulse(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let moves = pulse::of(self.engine.gauge(), Arc::clone(&self.active));
        let broken = Arc::clone(&self.broken);
        move || !broken.load(Ordering::Relaxed) && moves()
    }

    /// Tells, whenever it is asked, what the model has done so far.
    pub fn reading(&self) -> impl Fn() -> Reading + Send + Sync + 'static {
        let (gauge, kv_tokens_max) = (self.engine.gauge(), self.kv_tokens_max);
        move || Reading::of(&gauge, kv_tokens_max)
    }

    /// Whether the model is gone for good: only a new process can write again.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Writes the letter of `claimed`. Dropping the future stops the model at its next token.
    pub(super) async fn write(&self, claimed: &Claimed, page: &Page, trace: &LetterTrace) -> Outcome {
        let _active = Active::new(&self.active);
        match self.finished(claimed, page, trace).await {
            Ok((finished, first_token)) => self.outcome(claimed, finished, first_token, trace),
            Err(WriteError::TooLong(too_long)) => Outcome::Refused(
                RequestReason::InvalidRequest,
                format!(
                    "The request takes {} tokens and the model reads at most {}. Shorten the job description or the \
                     experience and create the request again.",
                    too_long.tokens, too_long.limit
                ),
            ),
            // The same request, seed and model would write the same again.
            Err(WriteError::Empty(_)) => Outcome::Refused(
                RequestReason::EmptyLetter,
                "The model wrote nothing usable. Create the request again with more about the job and yourself."
                    .to_owned(),
            ),
            Err(error) => {
                tracing::error!(
                    request.name = claimed.name(),
                    request.attempt = claimed.attempt(),
                    error = %Chain(&error),
                    "Could not write the letter of request `{}`",
                    claimed.name()
                );
                self.failed(&error)
            }
        }
    }

    /// What a failure of ours means for the request: one that found the model gone already is not to blame for it.
    fn failed(&self, error: &WriteError) -> Outcome {
        let stopped = matches!(error, WriteError::Submit(SubmitError::Stopped));
        if stopped || matches!(error, WriteError::Interrupted) {
            self.broken.store(true, Ordering::Relaxed);
        }
        if stopped { Outcome::Released } else { Outcome::Failed("The model could not write the letter.".to_owned()) }
    }

    /// The finished letter, and the milliseconds from the claim to its first token.
    async fn finished(
        &self,
        claimed: &Claimed,
        page: &Page,
        trace: &LetterTrace,
    ) -> Result<(Finished, Option<i64>), WriteError> {
        let spec = &claimed.request().spec;
        let model = &self.config.name;
        let mut pen = Pen::new(claimed, model, trace);
        let mut writing = self.engine.write(spec, self.options(claimed.request().seed()))?;
        while let Some(progress) = writing.next().await {
            match progress? {
                Progress::Reading { tokens } => page.read_prompt(tokens),
                Progress::Writing { text, completion_tokens } => {
                    pen.wrote(completion_tokens);
                    page.write(&text, completion_tokens);
                }
                Progress::Finished(finished) => {
                    let first_token = pen.down(model, &finished);
                    return Ok((finished, first_token));
                }
            }
        }
        Err(WriteError::Interrupted)
    }

    fn outcome(&self, claimed: &Claimed, finished: Finished, first_token: Option<i64>, trace: &LetterTrace) -> Outcome {
        match finished.finish_reason {
            FinishReason::Stop | FinishReason::Length => {}
            // Nobody else ends a letter of ours: the model thread is being taken down.
            FinishReason::Cancelled => return Outcome::Released,
            FinishReason::Deadline => return Outcome::DeadlineExceeded,
        }
        let checking = trace.phase("checks");
        let mut checks = check(&claimed.request().spec, &finished.letter);
        checking.end();
        let plain = match finished.form {
            Form::Model => None,
            Form::Plain(why) => Some(why),
        };
        checks.splice(..0, plain.as_deref().map(checks::plain_form));
        Outcome::Written(Box::new(Written {
            checks,
            letter: finished.letter,
            usage: Usage {
                prompt_tokens: finished.prompt_tokens as i32,
                completion_tokens: finished.completion_tokens as i32,
            },
            model: Model { name: self.config.name.clone(), sha256: self.engine.sha256().to_owned() },
            first_token,
            plain,
        }))
    }

    fn options(&self, seed: u64) -> Options {
        Options {
            max_new_tokens: self.config.max_new_tokens as usize,
            sampling: Sampling {
                temperature: f64::from(self.config.temperature_milli) / 1_000.0,
                top_p: f64::from(self.config.top_p_milli) / 1_000.0,
                seed,
            },
            tokens_per_second: self.config.max_tokens_per_second,
            // The worker watches the deadline, and whether the letter is still wanted; it drops the work then.
            deadline: None,
            cancel: CancellationToken::new(),
        }
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
