//! The program of the inference pods.

use std::path::Path;

use anyhow::Context as _;
use cluster::shutdown::Signals;
use cluster::{Chain, logging};
use inference::command::Command;
use inference::config::Args;
use inference::metrics;
use inference::source::{self, FetchArgs, Patience};

/// Two threads are enough: the model computes on threads of its own.
#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let command = Command::parse();
    logging::start().context("failed to start logging")?;
    let mut signals = Signals::listen().context("failed to listen for signals")?;
    let stop = async move { signals.next().await };
    // Every HTTP client of the process uses this provider. Only a second call fails.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        Command::Work(args) => work(*args, stop).await,
        Command::Fetch(args) => fetch(&args, stop).await,
    }
}

async fn work(args: Args, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let metrics = metrics::start().context("failed to start the metrics")?;
    // New at every start, so that claims of an earlier start are known to be abandoned.
    let boot_id = hex::encode(rand::random::<[u8; 16]>());
    let report = args.report.clone();
    let config = args.into_config(boot_id);
    let client = kube::Client::try_default().await.context("failed to find the API server")?;
    let result = inference::run(config, client, metrics, stop).await;
    if let Err(error) = &result {
        let sentence = Chain(error).to_string();
        tracing::error!(error = sentence, "The worker stopped on an error");
        write_report(report.as_deref(), &sentence)?;
    }
    result.context("failed to run the worker")
}

/// Fails when it is asked to stop, because the model is incomplete; the next start continues the download.
async fn fetch(args: &FetchArgs, stop: impl Future<Output = ()> + Send) -> anyhow::Result<()> {
    let result = tokio::select! {
        result = source::fetch(args, Patience::default()) => result,
        () = stop => anyhow::bail!("asked to end before the model was complete"),
    };
    if let Err(error) = &result {
        let sentence = Chain(error).to_string();
        tracing::error!(error = sentence, "Could not fetch the model");
        write_report(args.report.as_deref(), &sentence)?;
    }
    result.map(drop).context("failed to fetch the model")
}

/// Writes the reason of the end to the file that Kubernetes reads as the termination message.
fn write_report(report: Option<&Path>, sentence: &str) -> anyhow::Result<()> {
    let Some(file) = report else { return Ok(()) };
    std::fs::write(file, sentence).with_context(|| format!("failed to write `{}`", file.display()))
}
