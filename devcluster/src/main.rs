//! Runs and stops a Kubernetes node on this machine: `devcluster --help`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use devcluster::node::{Stage, chain, run_stage};

mod cli;

fn main() -> ExitCode {
    // Before anything else: a stage makes namespaces, which the kernel refuses to a process with several threads.
    let mut arguments = std::env::args_os().skip(1);
    if let Some(stage) = arguments.next().and_then(|first| Stage::from_argument(first.to_str()?)) {
        let folder = PathBuf::from(arguments.next().unwrap_or_default());
        return report(run_stage(stage, folder).map(|()| ExitCode::SUCCESS).map_err(Into::into));
    }
    report(cli::run(cli::Cli::parse()))
}

fn report(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("{}", chain(error.as_ref()));
        ExitCode::FAILURE
    })
}
