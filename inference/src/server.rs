//! A model that an OpenAI-compatible server computes, such as vLLM, KServe, llm-d, Ollama or llama-server.
//!
//! ```text
//!   ask ──▶ question ──▶ call ──▶ events ──▶ thoughts ──▶ chosen sentences, or the text as it comes
//!                         │ waits for a busy server
//!                         └── trouble ──▶ watch: asks for the models until the server is well again
//! ```
//!
//! The worker claims requests only while the server is well. Messages of the server can quote what applicants typed:
//! none is logged or stored, only their status and the names that the protocol has for errors.

mod api;
mod call;
mod connection;
mod error;
mod events;
mod question;
mod thoughts;
mod watch;

use std::sync::Arc;

use letters::{Ask, Complete, Completions, Event};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::{Semaphore, watch as channel};
use tokio::task::JoinHandle;

use crate::generation::Generation;
use call::Call;
use connection::Connection;
use question::Question;
use watch::Watch;

pub use connection::ServerConfig;
pub use error::ServerError;

/// A model behind a server.
pub struct Server {
    connection: Arc<Connection>,
    watch: Arc<Watch>,
    permits: Arc<Semaphore>,
    generation: Generation,
    _watching: Task,
}

/// A completion in progress. Dropping it closes its connection, which ends the work of the server.
#[derive(Debug)]
pub struct Completion {
    events: UnboundedReceiver<Result<Event, ServerError>>,
    _call: Task,
}

/// A task that ends when this is dropped.
#[derive(Debug)]
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Server {
    /// Prepares the connection, and begins to watch whether the server is there and has the model.
    ///
    /// # Errors
    /// When the certificates cannot be read. A server that is away is no error.
    pub fn connect(config: ServerConfig, generation: Generation) -> Result<Self, ServerError> {
        let permits = Arc::new(Semaphore::new(config.concurrency.max(1)));
        let connection = Arc::new(Connection::new(config)?);
        let watch = Arc::new(Watch::new(&connection));
        let watching = tokio::spawn(Arc::clone(&watch).run(Arc::clone(&connection)));
        Ok(Self { connection, watch, permits, generation, _watching: Task(watching) })
    }

    /// Why the server cannot be asked now, as a sentence without a full stop; `None` while it is well.
    #[must_use]
    pub fn trouble(&self) -> channel::Receiver<Option<String>> {
        self.watch.trouble()
    }
}

impl Complete for Server {
    type Completion = Completion;
    type Error = ServerError;

    fn complete(&self, ask: &Ask<'_>) -> Result<Completions<Completion>, ServerError> {
        let completion = |&seed| {
            let call = Call {
                connection: Arc::clone(&self.connection),
                watch: Arc::clone(&self.watch),
                permits: Arc::clone(&self.permits),
                question: Question::new(ask, self.connection.model(), &self.generation, seed),
                tokens_per_second: self.generation.tokens_per_second.filter(|_| ask.is_shown),
            };
            let (sender, events) = mpsc::unbounded_channel();
            Completion { events, _call: Task(tokio::spawn(call.run(sender))) }
        };
        Ok(Completions { prompt_tokens: 0, all: ask.seeds.iter().map(completion).collect() })
    }
}

impl letters::Completion for Completion {
    type Error = ServerError;

    async fn next(&mut self) -> Result<Event, ServerError> {
        self.events.recv().await.unwrap_or(Err(ServerError::Stopped))
    }
}
