//! The web application of Cover Letter Writer.

use anyhow::Context as _;
use clap::Parser as _;
use webapp::config::{Args, Config};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    webapp::telemetry::start_logging();
    let config = Config::try_from(Args::parse()).context("failed to read the configuration")?;
    webapp::run(config).await
}
