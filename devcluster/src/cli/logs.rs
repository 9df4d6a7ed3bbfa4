//! `devcluster logs`.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use devcluster::node::{COMPONENTS, Layout};
use devcluster::process::tail;

use super::Target;

/// Show the logs of a cluster's components
#[derive(Args, Debug)]
pub struct Logs {
    #[command(flatten)]
    target: Target,
    /// One component, whose whole log is shown: `node`, `kubelet`, `kube-apiserver`, ...; without it the last lines of each
    component: Option<String>,
}

impl Logs {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let layout = Layout::new(home, &self.target.name);
        let known = std::iter::once("node").chain(COMPONENTS);
        let Some(component) = self.component else {
            for component in known.filter(|component| layout.log(component).exists()) {
                println!("==> {}", layout.log(component).display());
                println!("{}", tail(&layout.log(component)));
            }
            return Ok(ExitCode::SUCCESS);
        };
        anyhow::ensure!(
            known.clone().any(|known| known == component),
            "failed to find a component `{component}`: must be one of {}",
            known.collect::<Vec<_>>().join(", ")
        );
        let mut log = File::open(layout.log(&component))
            .map_err(|error| anyhow::Error::new(error).context(format!("failed to open the log of `{component}`")))?;
        io::copy(&mut log, &mut io::stdout().lock())?;
        Ok(ExitCode::SUCCESS)
    }
}
