//! kubectl for a control plane.

use std::process::{ExitStatus, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::ControlPlane;

/// Why kubectl gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum KubectlError {
    /// It could not be run.
    #[error("failed to run kubectl")]
    Run(#[from] std::io::Error),
    /// It ended with an error.
    #[error("`kubectl {arguments}` failed ({status}): {stderr}")]
    Failed {
        /// Its arguments, separated by spaces.
        arguments: String,
        /// Its exit status.
        status: ExitStatus,
        /// Its standard error.
        stderr: String,
    },
}

impl ControlPlane {
    /// Runs kubectl as the administrator and returns its standard output.
    ///
    /// # Errors
    /// [`KubectlError`].
    pub async fn kubectl(&self, arguments: &[&str]) -> Result<String, KubectlError> {
        self.kubectl_with_input(arguments, "").await
    }

    /// Like [`kubectl`](Self::kubectl), with `input` on standard input, which kubectl reads as the file `-`.
    ///
    /// # Errors
    /// [`KubectlError`].
    pub async fn kubectl_with_input(&self, arguments: &[&str], input: &str) -> Result<String, KubectlError> {
        let mut command = Command::new(self.binaries.path("kubectl"));
        // Its cache belongs in this folder, and the settings of the machine's user do not belong in a test.
        command.env("KUBECONFIG", self.kubeconfig()).env("HOME", &self.folder).current_dir(&self.folder);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn()?;
        let stdin = child.stdin.take();
        let write = async move {
            if let Some(mut stdin) = stdin {
                // It fails when the command ends without reading it all, which is no error.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
        };
        let ((), output) = tokio::join!(write, child.wait_with_output());
        let output = output?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(KubectlError::Failed { arguments: arguments.join(" "), status: output.status, stderr })
    }
}
