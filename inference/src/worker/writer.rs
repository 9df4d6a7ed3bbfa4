//! Writes the letter of a claimed request with the model and relays the text to its stream.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use crate::server::ServerError;
use cluster::Chain;
use crds::request;
use engine::schedule::Monitor;
use engine::{CompleteError, LoadError};
use jiff::Timestamp;
use letters::{Letter, Notes, Progress, WriteError};
use thiserror::Error;
use tokio::task::JoinError;

use super::liveness::Liveness;
use super::outcome;
use super::reveal::reveal;
use super::timing::Timing;
use crate::claim::Claimed;
use crate::config::{ModelConfig, Place};
use crate::lease::Trouble;
use crate::metrics::reading;
use crate::model::{Model, ModelError};
use crate::reader::{Reader, ReaderConfig};
use crate::report::Outcome;
use crate::stream::LetterStream;
use crate::telemetry::{LetterAttributes, LetterTrace, Tracer};

/// Why the model cannot be used.
#[derive(Debug, Error)]
pub enum WriterError {
    /// Its files are missing or damaged.
    #[error("failed to load the model")]
    Load(#[from] LoadError),
    /// It was loaded but cannot be computed.
    #[error("failed to warm the model up")]
    WarmUp(#[from] CompleteError),
    /// The server cannot be asked at all.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Loading panicked. This is a bug.
    #[error("failed to finish loading the model")]
    Panicked(#[from] JoinError),
}

/// Writes letters with one model.
pub struct Writer {
    model: Model,
    config: ModelConfig,
    reader: Option<Reader>,
    liveness: Arc<Liveness>,
    tracer: Tracer,
}

impl Writer {
    /// Loads the model that `config` names and writes a few tokens with it, or connects to its server; and loads the
    /// `reader` of notes.
    ///
    /// # Errors
    /// When files are missing or damaged, or a model cannot be computed. A server that is away is no error.
    pub async fn load(config: ModelConfig, reader: Option<ReaderConfig>, slots: usize) -> Result<Self, WriterError> {
        let writer = Self::load_model(config, slots).await?;
        let Some(reader) = reader else { return Ok(writer) };
        let reader = tokio::task::spawn_blocking(move || Reader::load(reader)).await??;
        tracing::info!("Loaded the reader of notes");
        Ok(Self { reader: Some(reader), ..writer })
    }

    async fn load_model(config: ModelConfig, slots: usize) -> Result<Self, WriterError> {
        let generation = config.generation();
        let (path, options) = match &config.place {
            Place::Here { path, load } => (path.clone(), load.clone()),
            Place::Server(server) => return Ok(Self::new(Model::connect(server.clone(), generation)?, config)),
        };
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

    /// A writer with a model that is already loaded.
    #[must_use]
    pub fn new(model: Model, config: ModelConfig) -> Self {
        Self { model, config, reader: None, liveness: Arc::default(), tracer: Tracer::default() }
    }

    /// The same writer, which traces its letters with `tracer`.
    #[must_use]
    pub fn traced_by(mut self, tracer: Tracer) -> Self {
        self.tracer = tracer;
        self
    }

    /// A probe that returns whether the model can still write.
    pub fn probe(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        Arc::clone(&self.liveness).probe(self.model.monitor())
    }

    /// A probe that returns whether the model can be asked now.
    pub fn availability(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let trouble = self.trouble();
        move || trouble.as_ref().is_none_or(|trouble| trouble.borrow().is_none())
    }

    /// Why the model cannot be asked at present; `None` for a model that can always be.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        self.model.trouble()
    }

    /// Numbers of the model's scheduler; those of an idle one for a server.
    #[must_use]
    pub fn monitor(&self) -> Monitor {
        self.model.monitor().unwrap_or_default()
    }

    /// Returns, at each call, the lines of the metrics page about what the model has done so far.
    pub fn reading(&self) -> impl Fn() -> String + Send + Sync + 'static {
        let (monitor, kv_tokens_max) = (self.model.monitor(), self.model.kv_tokens_max());
        let is_available = self.availability();
        move || match &monitor {
            Some(monitor) => reading::render(&monitor.stats(), kv_tokens_max),
            None => reading::render_server(is_available()),
        }
    }

    /// Whether the model's thread has ended, so that only a new process can write again.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.liveness.is_broken()
    }

    /// Whether a letter can be begun now.
    pub(super) fn can_write(&self) -> bool {
        !self.is_broken() && self.availability()()
    }

    /// Begins the trace of `claimed`. Its first part is the claim, which ends now.
    pub(super) fn trace(&self, claimed: &Claimed) -> LetterTrace {
        // By the clock of this machine, as all other times of the trace.
        let since = SystemTime::from(Timestamp::now()) - claimed.held_for();
        let trace = self.tracer.letter(|| LetterAttributes {
            model: self.config.name.clone(),
            max_tokens: self.config.max_new_tokens,
            temperature: f64::from(self.config.temperature_milli) / 1_000.0,
            top_p: f64::from(self.config.top_p_milli) / 1_000.0,
            seed: claimed.request().seed(),
            request_uid: claimed.uid().to_owned(),
            attempt: claimed.attempt(),
            worker: claimed.worker().to_owned(),
            claimed: since,
        });
        trace.phase_since("claim", since).end();
        trace
    }

    /// Writes the letter of `claimed`. Dropping the future stops the model at its next token.
    pub(super) async fn write(&self, claimed: &Claimed, stream: &LetterStream, trace: &LetterTrace) -> Outcome {
        // The reader has a time limit of its own; the model's steps are watched from here on.
        let notes = self.notes(claimed).await;
        let _active = self.liveness.begin();
        let error = match self.relay(claimed, &notes, stream, trace).await {
            Ok((letter, first_token)) => {
                return outcome::written(letter, self.name(), first_token);
            }
            Err(error) => error,
        };
        let (outcome, is_fatal) = (outcome::failed(&error), outcome::is_fatal(&error));
        if is_fatal {
            self.liveness.set_broken();
        }
        if is_fatal || matches!(outcome, Outcome::Failed(_)) {
            tracing::error!(
                request.name = claimed.name(),
                request.attempt = claimed.attempt(),
                error = %Chain(&error),
                "Could not write the letter of request `{}`",
                claimed.name()
            );
        }
        outcome
    }

    /// The model as letters name it.
    pub(super) fn name(&self) -> request::Model {
        request::Model { name: self.config.name.clone(), sha256: self.model.sha256().to_owned() }
    }

    /// What the reader writes of the notes of `claimed`; nothing where there is none, or where it fails: rules read them.
    async fn notes(&self, claimed: &Claimed) -> Notes {
        let Some(reader) = &self.reader else { return Notes::default() };
        reader.read(&claimed.request().spec).await.unwrap_or_else(|error| {
            let name = claimed.name();
            tracing::warn!(request.name = name, error = %Chain(&error), "Could not read the notes of request `{name}`");
            Notes::default()
        })
    }

    /// Relays the model's progress to the stream. Returns the letter and the milliseconds from the claim to its first token.
    async fn relay(
        &self,
        claimed: &Claimed,
        notes: &Notes,
        stream: &LetterStream,
        trace: &LetterTrace,
    ) -> Result<(Letter, Option<i64>), WriteError<ModelError>> {
        let model = &self.config.name;
        let mut timing = Timing::start(claimed, model, trace);
        let mut writing = self.model.write(&claimed.request().spec, notes, claimed.request().seed())?;
        let mut shown = 0;
        while let Some(progress) = writing.next().await {
            match progress? {
                Progress::Reading { tokens } => stream.read_prompt(tokens),
                Progress::Writing { text, completion_tokens } => {
                    timing.wrote(completion_tokens);
                    stream.write(&text, completion_tokens);
                    shown += text.len();
                }
                Progress::Checking => timing.check(writing.prompt_tokens()),
                Progress::Finished(letter) => {
                    let first_token = timing.finish(model, &letter);
                    let show = |piece: &str| stream.write(piece, letter.completion_tokens);
                    reveal(&letter.text[shown..], self.config.max_tokens_per_second, show).await;
                    return Ok((*letter, first_token));
                }
            }
        }
        Err(WriteError::Model(CompleteError::Interrupted.into()))
    }
}
