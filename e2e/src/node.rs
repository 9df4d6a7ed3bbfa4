//! The devcluster node that runs the cluster: its kubectl, and its processes, which tests kill.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use devcluster::node::Node;
use nix::sys::signal::{Signal, kill};

/// The devcluster node that this kubeconfig leads to, if it leads to one.
///
/// # Errors
/// When the node's record cannot be read.
pub fn find(kubeconfig: &Path) -> Result<Option<Node>> {
    let Some(folder) = kubeconfig.parent() else { return Ok(None) };
    let (Some(home), Some(name)) = (folder.parent(), folder.file_name().and_then(|name| name.to_str())) else {
        return Ok(None);
    };
    Ok(Node::find(home, name)?)
}

/// The `kubectl` for this kubeconfig: the node's own if there is one, otherwise the one in `PATH`.
///
/// # Errors
/// When the node's record cannot be read.
pub fn kubectl(kubeconfig: &Path) -> Result<Command> {
    let mut command = match find(kubeconfig)? {
        Some(node) => node.kubectl()?,
        None => Command::new("kubectl"),
    };
    command.env("KUBECONFIG", kubeconfig);
    Ok(command)
}

/// Kills every process of the node that runs `program` with SIGKILL, as the kernel does when memory runs out.
///
/// # Errors
/// When the cluster is not a devcluster node, or no such process runs.
pub fn kill_processes(kubeconfig: &Path, program: &str) -> Result<()> {
    let node = find(kubeconfig)?.context("processes can only be killed on a devcluster node")?;
    let processes = node.processes(program)?;
    ensure!(!processes.is_empty(), "no process runs {program}");
    for process in processes {
        kill(process, Signal::SIGKILL).with_context(|| format!("kill process {process}"))?;
    }
    Ok(())
}
