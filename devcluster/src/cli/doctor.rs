//! `devcluster doctor`.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

/// Check whether this machine can run a cluster
#[derive(Args, Debug)]
pub struct Doctor {}

impl Doctor {
    pub async fn run(self, _home: &Path) -> anyhow::Result<ExitCode> {
        Ok(ExitCode::SUCCESS)
    }
}
