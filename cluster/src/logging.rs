//! The log of a program: one JSON object a line on standard error. No field holds personal data.

use thiserror::Error;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

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

/// Starts the log of the process: the lines that `RUST_LOG` selects, or those of `info` and above.
///
/// # Errors
/// When `RUST_LOG` is not a valid filter, or the process already has a logger.
pub fn start() -> Result<(), LoggingError> {
    let filter = EnvFilter::builder().parse(std::env::var("RUST_LOG").unwrap_or_else(|_| DEFAULT_FILTER.to_owned()))?;
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter);
    log.with_writer(std::io::stderr).try_init().map_err(LoggingError::Install)
}
