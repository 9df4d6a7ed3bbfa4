//! `devcluster build`.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use devcluster::node;

/// Build and unpack everything a cluster needs, once for this machine
///
/// About eleven minutes on two cores the first time; nothing when it is there already.
#[derive(Args, Debug)]
pub struct Build;

impl Build {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let began = Instant::now();
        let programs = node::prepare().await?;
        println!("Kubernetes programs  {}", programs.kubernetes.display());
        println!("container runtime    {}", programs.runtime.display());
        for folder in &programs.tools {
            println!("runc and nft         {}", folder.display());
        }
        println!("All is there after {:.1} s", began.elapsed().as_secs_f64());
        Ok(ExitCode::SUCCESS)
    }
}
