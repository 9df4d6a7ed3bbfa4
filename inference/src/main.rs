//! The program of the inference pods.

use std::path::Path;

use anyhow::Context as _;
use cluster::Chain;
use cluster::shutdown::Signals;
use inference::command::Command;
use inference::config::Args;
use inference::source::{self, FetchArgs, Patience};
use inference::{metrics, telemetry};

/// The model has threads of its own; these only move small messages.
#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let command = Command::parse();
    telemetry::start().map_err(|error| anyhow::anyhow!("failed to start logging: {error}"))?;
    let mut signals = Signals::listen().context("failed to listen for signals")?;
    let stop = async move { signals.next().await };
    // Every HTTP client of the process takes its cryptography from here. Fails only on a second call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        Command::Work(args) => work(*args, stop).await,
        Command::Fetch(args) => fetch(&args, stop).await,
    }
}

async fn work(args: Args, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let metrics = metrics::start().context("failed to start counting")?;
    // Changes with every start, so that a claim of an earlier one is known to be dead.
    let boot_id = hex::encode(rand::random::<[u8; 16]>());
    let report = args.report.clone();
    let config = args.into_config(boot_id);
    let client = kube::Client::try_default().await.context("failed to find the API server")?;
    let result = inference::run(config, client, metrics, stop).await;
    if let Err(error) = &result {
        let sentence = Chain(error).to_string();
        tracing::error!(error = sentence, "Ended");
        leave(report.as_deref(), &sentence)?;
    }
    result.context("failed to run the worker")
}

/// Asked to end, it fails, so that nobody takes what is there for a whole model; the next start goes on from there.
async fn fetch(args: &FetchArgs, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let result = tokio::select! {
        result = source::fetch(args, Patience::default()) => result,
        () = stop => anyhow::bail!("asked to end before the model was complete"),
    };
    if let Err(error) = &result {
        let sentence = Chain(error).to_string();
        tracing::error!(error = sentence, "Fetched no model");
        leave(args.report.as_deref(), &sentence)?;
    }
    result.map(drop).context("failed to fetch the model")
}

/// Leaves the reason of the end where Kubernetes looks for it.
fn leave(report: Option<&Path>, sentence: &str) -> anyhow::Result<()> {
    let Some(file) = report else { return Ok(()) };
    std::fs::write(file, sentence).with_context(|| format!("failed to write `{}`", file.display()))
}
