//! `devcluster down`.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use devcluster::node::{Instance, Node};

use super::target::Target;

/// Stop a cluster and remove everything of it, its data included
#[derive(Args, Debug)]
pub struct Down {
    #[command(flatten)]
    target: Target,
    /// Stop all clusters
    #[arg(long, conflicts_with = "name")]
    all: bool,
}

impl Down {
    pub fn run(self, home: &Path) -> anyhow::Result<ExitCode> {
        let names = if self.all { Instance::names(home) } else { vec![self.target.name] };
        for name in names {
            let existed = home.join(&name).exists();
            match Node::find(home, &name)? {
                Some(node) => node.stop()?,
                None => Node::removed(home, &name)?,
            }
            println!("The cluster `{name}` {}", if existed { "is gone" } else { "was not running" });
        }
        Ok(ExitCode::SUCCESS)
    }
}
