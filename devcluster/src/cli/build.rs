//! `devcluster build`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use devcluster::node;

/// Build and unpack everything a cluster needs, once for this machine
///
/// About eleven minutes on two cores the first time; nothing when it is there already.
#[derive(Args, Debug)]
pub struct Build {
    /// Copy everything but runc and nft into this folder, for a machine where `DEVCLUSTER_PROGRAMS` names it
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
}

impl Build {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let began = Instant::now();
        let programs = node::prepare().await?;
        println!("Kubernetes programs  {}", programs.kubernetes.display());
        println!("container runtime    {}", programs.runtime.display());
        for folder in &programs.tools {
            println!("runc and nft         {}", folder.display());
        }
        if let Some(folder) = &self.into {
            programs.copy_to(folder)?;
        }
        println!("All is there after {:.1} s", began.elapsed().as_secs_f64());
        Ok(ExitCode::SUCCESS)
    }
}
