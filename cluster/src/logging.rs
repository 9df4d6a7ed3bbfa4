//! The log of a program: one JSON object a line on standard error. No field holds personal data.

use thiserror::Error;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What is logged when `RUST_LOG` is not set. The client libraries log refused connections without their purpose, which
/// our own errors name.
const DEFAULT_FILTER: &str = "info,kube_client=warn,kube_client::client::builder=off,kube_runtime=warn,hyper_util=warn";

/// Why logging could not be started.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// `RUST_LOG` is not a list of filters.
    #[error("failed to parse `RUST_LOG`")]
    Filter(#[from] ParseError),
    /// The process already has a logger.
    #[error("failed to install the logger")]
    Install(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Starts the log of the process: the lines that `RUST_LOG` selects (`level` or `target=level`, with commas between them), or
/// those of `info` and above.
///
/// # Errors
/// When `RUST_LOG` is not a valid filter, or the process already has a logger.
pub fn start() -> Result<(), LoggingError> {
    // Filters by spans and their fields would cost every request more than its line costs.
    let lines = std::env::var("RUST_LOG").ok().filter(|lines| !lines.trim_matches([',', ' ']).is_empty());
    let lines = lines.unwrap_or_else(|| DEFAULT_FILTER.to_owned());
    // Blanks and empty parts would be names of targets.
    let parts: Vec<&str> = lines.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let filter: Targets = parts.join(",").parse()?;
    // `spans` ends with the current one.
    let log = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false);
    let log = log.with_writer(std::io::stderr);
    let log = tracing_subscriber::registry().with(filter).with(log);
    log.try_init().map_err(|error| LoggingError::Install(Box::new(error)))
}
