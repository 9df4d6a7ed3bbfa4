//! The model that writes the letters: computed by this process or by a server.

mod local;

use std::path::Path;

use crds::CoverLetterRequestSpec;
use engine::schedule::Monitor;
use engine::{CompleteError, LoadError, LoadOptions, Loaded};
use letters::{Ask, Complete, Completions, Event, Notes, Style, WriteError, Writing};
use thiserror::Error;
use tokio::sync::watch;

use crate::generation::Generation;
use crate::server::{self, Server, ServerConfig, ServerError};

use local::Local;

/// A model that writes letters.
pub struct Model(Kind);

enum Kind {
    Local(Box<Local>),
    Server { server: Server, candidates: usize },
}

/// A completion in progress.
#[derive(Debug)]
pub enum Completion {
    /// By the engine of this process.
    Local(local::Completion),
    /// By a server.
    Server(server::Completion),
}

/// Why a model did not complete what it was asked.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The engine of this process.
    #[error(transparent)]
    Local(#[from] CompleteError),
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
}

impl Model {
    /// Loads the folder `path` and starts to write up to `slots` letters at a time.
    ///
    /// # Errors
    /// When a file is missing, damaged or contradicts another; the error names it.
    pub fn load(path: &Path, options: &LoadOptions, slots: usize, generation: Generation) -> Result<Self, LoadError> {
        Ok(Self(Kind::Local(Box::new(Local::load(path, options, slots, generation)?))))
    }

    /// Starts a loaded model that expects requests in `style`.
    #[must_use]
    pub fn start(loaded: Loaded, style: Style, slots: usize, generation: Generation) -> Self {
        Self(Kind::Local(Box::new(Local::start(loaded, style, slots, generation))))
    }

    /// Writes with a server, and watches whether it can be asked.
    ///
    /// # Errors
    /// When the certificates to trust cannot be read.
    pub fn connect(config: ServerConfig, generation: Generation) -> Result<Self, ServerError> {
        let candidates = generation.candidates.unwrap_or(Style::Chat.candidates()).max(1);
        Ok(Self(Kind::Server { server: Server::connect(config, generation)?, candidates }))
    }

    /// SHA-256 of the weights, hexadecimal; empty for a server, which does not tell it.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.local().map_or("", Local::sha256)
    }

    /// Number of parameters; 0 for a server, which does not tell it.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.local().map_or(0, Local::parameters)
    }

    /// Numbers of the scheduler, for probes and metrics; `None` for a server.
    #[must_use]
    pub fn monitor(&self) -> Option<Monitor> {
        self.local().map(Local::monitor)
    }

    /// Tokens that all KV caches together can hold; 0 for a server.
    #[must_use]
    pub fn kv_tokens_max(&self) -> usize {
        self.local().map_or(0, Local::kv_tokens_max)
    }

    /// Why the server cannot be asked now; `None` for a model that this process computes.
    #[must_use]
    pub fn trouble(&self) -> Option<watch::Receiver<Option<String>>> {
        match &self.0 {
            Kind::Local(_) => None,
            Kind::Server { server, .. } => Some(server.trouble()),
        }
    }

    /// Reads the common beginning of all prompts, once for all letters, and writes a few tokens. A server has its own way
    /// with that.
    ///
    /// # Errors
    /// When the model cannot write.
    pub async fn warm_up(&self) -> Result<(), CompleteError> {
        match self.local() {
            Some(local) => local.warm_up().await,
            None => Ok(()),
        }
    }

    /// Begins the letter for `request`, of which a reader wrote these `notes`.
    ///
    /// # Errors
    /// When the request is too long for the model, or no slot is free.
    pub fn write(
        &self,
        request: &CoverLetterRequestSpec,
        notes: &Notes,
        seed: u64,
    ) -> Result<Writing<Completion>, WriteError<ModelError>> {
        let (style, candidates) = match &self.0 {
            Kind::Local(local) => (local.style, local.candidates),
            Kind::Server { candidates, .. } => (Style::Chat, *candidates),
        };
        letters::write(self, style, candidates, request, notes, seed)
    }

    fn local(&self) -> Option<&Local> {
        match &self.0 {
            Kind::Local(local) => Some(local),
            Kind::Server { .. } => None,
        }
    }
}

impl Complete for Model {
    type Completion = Completion;
    type Error = ModelError;

    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<Completion>, ModelError> {
        Ok(match &self.0 {
            Kind::Local(local) => each(local.complete(ask)?, Completion::Local),
            Kind::Server { server, .. } => each(server.complete(ask)?, Completion::Server),
        })
    }
}

fn each<A, B>(completions: Completions<A>, wrap: impl Fn(A) -> B) -> Completions<B> {
    let Completions { prompt_tokens, all } = completions;
    Completions { prompt_tokens, all: all.into_iter().map(wrap).collect() }
}

impl letters::Completion for Completion {
    type Error = ModelError;

    async fn next(&mut self) -> Result<Event, ModelError> {
        Ok(match self {
            Self::Local(completion) => completion.next().await?,
            Self::Server(completion) => completion.next().await?,
        })
    }
}
