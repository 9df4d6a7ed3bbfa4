//! The operator as a program.

use anyhow::{Context as _, Result};
use clap::Parser as _;
use cluster::logging;
use cluster::shutdown::Signals;
use operator::config::{Arguments, Verb};
use operator::{generate, offline, run};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let run_arguments = match arguments.verb {
        Some(Verb::Generate { out, namespaces }) => {
            return generate::write(&out, &namespaces).context("write the manifests");
        }
        Some(Verb::Replay { file }) => return offline::replay(&file),
        Some(Verb::Simulate(simulation)) => return offline::simulate(&simulation),
        Some(Verb::Run(run_arguments)) => run_arguments,
        None => arguments.run,
    };
    logging::start().context("start logging")?;
    let client = kube::Client::try_default().await.context("find the cluster")?;
    let cancelled = CancellationToken::new();
    let signals = Signals::listen().context("listen for signals")?;
    tokio::spawn(cancel_on_signal(signals, cancelled.clone()));
    run(client, run_arguments, cancelled).await
}

/// A second signal ends the process at once.
async fn cancel_on_signal(mut signals: Signals, cancelled: CancellationToken) {
    signals.next().await;
    cancelled.cancel();
    signals.next().await;
    std::process::exit(130);
}
