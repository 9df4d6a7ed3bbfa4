//! `devcluster kubeconfig`, `url`, `kubectl` and `load`: ways into a running cluster.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::target::Target;

/// Print the path of a cluster's kubeconfig
#[derive(Args, Debug)]
pub struct Kubeconfig {
    #[command(flatten)]
    target: Target,
}

impl Kubeconfig {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        println!("{}", self.target.node(home)?.kubeconfig().display());
        Ok(ExitCode::SUCCESS)
    }
}

/// Print the local address of the web (node port 30080)
#[derive(Args, Debug)]
pub struct Url {
    #[command(flatten)]
    target: Target,
}

impl Url {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        println!("http://{}", self.target.node(home)?.web());
        Ok(ExitCode::SUCCESS)
    }
}

/// Run kubectl, of the cluster's own version, against a cluster
#[derive(Args, Debug)]
pub struct Kubectl {
    #[command(flatten)]
    target: Target,
    /// Arguments of kubectl
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

impl Kubectl {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let mut kubectl = self.target.node(home)?.kubectl()?;
        // Only returns when kubectl could not be run.
        let error = kubectl.args(self.arguments).exec();
        Err(anyhow::Error::new(error).context("failed to run kubectl: run `devcluster build`"))
    }
}

/// Import image archives, as `devcluster image` and `docker save` write them
#[derive(Args, Debug)]
pub struct Load {
    #[command(flatten)]
    target: Target,
    /// The archives
    #[arg(required = true, value_name = "IMAGE.tar")]
    archives: Vec<PathBuf>,
}

impl Load {
    pub async fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let node = self.target.node(home)?;
        for archive in self.archives {
            let began = Instant::now();
            for image in node.load_image(&archive).await? {
                println!("Loaded {image} in {:.1} s", began.elapsed().as_secs_f64());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
