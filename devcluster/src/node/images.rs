//! Images: the one that every pod needs, and the import of archives into containerd.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::error::NodeError;
use crate::arch::Arch;
use crate::cache::Cache;
use crate::image;

/// containerd's namespace for the images and containers of Kubernetes.
const NAMESPACE: &str = "k8s.io";

/// The archive of the image that holds a pod's namespaces, written into the cache if it is not there.
pub async fn pause() -> Result<PathBuf, NodeError> {
    let cache = Cache::open().map_err(NodeError::prepare("the cache"))?;
    let image = image::pause(&[Arch::OWN], &cache.root().join("images"))
        .await
        .map_err(NodeError::prepare("the pause image"))?;
    Ok(image.archive)
}

/// Imports an archive through containerd's socket and returns the names of its images.
pub async fn import(ctr: &Path, socket: &str, archive: &Path) -> Result<Vec<String>, NodeError> {
    let output = Command::new(ctr)
        .args(["--address", socket, "--namespace", NAMESPACE, "images", "import", "--local"])
        .arg(archive)
        .output()
        .await
        .map_err(|source| NodeError::Program {
            program: ctr.display().to_string(),
            fix: "run `devcluster build`".to_owned(),
            source,
        })?;
    if output.status.success() {
        return Ok(imported(&String::from_utf8_lossy(&output.stdout)));
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(NodeError::Command { action: format!("import `{}`", archive.display()), message })
}

/// The names in lines like `unpacking NAME (DIGEST)...done`.
fn imported(output: &str) -> Vec<String> {
    let lines = output.lines().filter_map(|line| line.strip_prefix("unpacking "));
    lines.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_imported_images_are_read_from_what_ctr_prints() {
        let output = "unpacking coverletter.dev/pause:1 (sha256:00)...done\nelapsed: 0.1 s\n";
        assert_eq!(imported(output), ["coverletter.dev/pause:1"]);
    }
}
