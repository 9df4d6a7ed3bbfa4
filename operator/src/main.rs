//! The operator as a program.

use anyhow::{Context as _, Result};
use clap::Parser as _;
use operator::config::{Arguments, Verb};
use operator::{generate, run, telemetry};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let run_arguments = match arguments.verb {
        Some(Verb::Generate { out }) => return generate::write(&out).context("write the manifests"),
        Some(Verb::Run(run_arguments)) => run_arguments,
        None => arguments.run,
    };
    telemetry::start_logs();
    let client = kube::Client::try_default().await.context("find the cluster")?;
    let cancelled = CancellationToken::new();
    let _cancel_on_signal = tokio::spawn(cancel_on_signal(cancelled.clone()));
    run(client, run_arguments, cancelled).await
}

/// A second signal ends the process at once.
async fn cancel_on_signal(cancelled: CancellationToken) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    cancelled.cancel();
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    std::process::exit(130);
}
