//! The `--name` argument of commands.

use std::path::Path;

use clap::Args;
use devcluster::node::{DEFAULT_NAME, Node, NodeError};

/// Which cluster a command is about.
#[derive(Args, Clone, Debug)]
pub struct Target {
    /// Name of the cluster
    #[arg(long, default_value = DEFAULT_NAME)]
    pub name: String,
}

impl Target {
    /// The running cluster of this name.
    pub fn node(&self, home: &Path) -> Result<Node, NodeError> {
        Node::find(home, &self.name)?.ok_or_else(|| NodeError::NotRunning { name: self.name.clone() })
    }
}
