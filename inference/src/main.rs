//! The program of the inference pods.

use anyhow::Context as _;
use clap::Parser as _;
use inference::config::Args;
use inference::{metrics, telemetry};
use tokio::signal::unix::{SignalKind, signal};

/// The model has threads of its own; these only move small messages.
#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    telemetry::start().map_err(|error| anyhow::anyhow!("failed to start logging: {error}"))?;
    let metrics = metrics::start().context("failed to start counting")?;
    let mut terminate = signal(SignalKind::terminate()).context("failed to listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("failed to listen for SIGINT")?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    // Changes with every start, so that a claim of an earlier one is known to be dead.
    let boot_id = hex::encode(rand::random::<[u8; 16]>());
    let config = args.into_config(boot_id);
    let client = kube::Client::try_default().await.context("failed to find the API server")?;
    let result = inference::run(config, client, metrics, stop).await;
    if let Err(error) = &result {
        tracing::error!(error = %telemetry::Chain(error), "Ended");
    }
    result.context("failed to run the worker")
}
