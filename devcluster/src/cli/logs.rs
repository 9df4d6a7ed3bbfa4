//! `devcluster logs`.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use devcluster::node::{COMPONENTS, Layout};
use devcluster::process::tail;

use super::target::Target;

/// Show the logs of a cluster's components, or those of a failed start
#[derive(Args, Debug)]
pub struct Logs {
    #[command(flatten)]
    target: Target,
    /// Show the whole log of this component (`node`, `kubelet`, `kube-apiserver`, ...) instead of the last lines of each
    component: Option<String>,
}

impl Logs {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let layout = Layout::new(home, &self.target.name);
        let logs = if layout.logs().exists() { layout.logs() } else { layout.failed_logs() };
        let log = |component: &str| logs.join(format!("{component}.log"));
        let known = std::iter::once("node").chain(COMPONENTS);
        let Some(component) = self.component else {
            for component in known.filter(|component| log(component).exists()) {
                println!("==> {}", log(component).display());
                println!("{}", tail(&log(component)));
            }
            return Ok(ExitCode::SUCCESS);
        };
        anyhow::ensure!(
            known.clone().any(|known| known == component),
            "failed to find a component `{component}`: must be one of {}",
            known.collect::<Vec<_>>().join(", ")
        );
        let mut text = File::open(log(&component))
            .map_err(|error| anyhow::Error::new(error).context(format!("failed to open the log of `{component}`")))?;
        io::copy(&mut text, &mut io::stdout().lock())?;
        Ok(ExitCode::SUCCESS)
    }
}
