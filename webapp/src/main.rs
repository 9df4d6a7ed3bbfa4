//! The web application of Cover Letter Writer.

use anyhow::Context as _;
use clap::Parser as _;
use webapp::config::Config;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    cluster::logging::start().context("start logging")?;
    // Every HTTP client of the process takes its cryptography from here. Fails only on a second call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    webapp::run(Config::parse()).await
}
