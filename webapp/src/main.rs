//! The web application of Cover Letter Writer.

use anyhow::Context as _;
use clap::Parser as _;
use webapp::config::{Args, Config};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    webapp::telemetry::start_logging();
    // Every HTTP client of the process takes its cryptography from here. Fails only on a second call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::try_from(Args::parse()).context("failed to read the configuration")?;
    webapp::run(config).await
}
