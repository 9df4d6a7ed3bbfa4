//! Logs as JSON lines on standard error, and traces for a collector where one is configured. No field and no attribute
//! holds personal data.

mod collector;
mod http;
mod letter;
mod traces;

use tracing_subscriber::EnvFilter;

pub use collector::{Collector, HeaderError, Headers, TelemetryArgs};
pub use letter::{LetterAttributes, LetterTrace, Phase, Tracer};
pub use traces::{Traces, TracesError};

/// What is logged when `RUST_LOG` says nothing.
const DEFAULT_FILTER: &str = "info,kube_client=warn,kube_runtime=warn,hyper_util=warn";

/// Starts logging for the whole process.
///
/// # Errors
/// When a logger was already started, or `RUST_LOG` cannot be read as a filter.
pub fn start() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let filter = EnvFilter::builder().parse(std::env::var("RUST_LOG").unwrap_or_else(|_| DEFAULT_FILTER.to_owned()))?;
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(std::io::stderr).try_init()
}
