//! kubectl against a control plane of ours.

use std::process::{ExitStatus, Stdio};

use tokio::{io::AsyncWriteExt, process::Command};

use super::ControlPlane;

/// Why kubectl gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum KubectlError {
    /// It could not be run.
    #[error("failed to run kubectl")]
    Run(#[from] std::io::Error),
    /// It ran and reported an error.
    #[error("`kubectl {arguments}` failed ({status}): {stderr}")]
    Failed {
        /// What it was asked, separated by spaces.
        arguments: String,
        /// How it ended.
        status: ExitStatus,
        /// What it said.
        stderr: String,
    },
}

impl ControlPlane {
    /// Runs kubectl as the administrator and returns what it printed.
    ///
    /// # Errors
    /// [`KubectlError`] with what kubectl said.
    pub async fn kubectl(&self, arguments: &[&str]) -> Result<String, KubectlError> {
        self.kubectl_with_input(arguments, "").await
    }

    /// Like [`kubectl`](Self::kubectl), with `input` for a command that reads a file named `-`.
    ///
    /// # Errors
    /// [`KubectlError`] with what kubectl said.
    pub async fn kubectl_with_input(&self, arguments: &[&str], input: &str) -> Result<String, KubectlError> {
        let mut command = Command::new(self.binaries.path("kubectl"));
        // Its caches stay in our folder, and its user's own settings stay out of the test.
        command.env("KUBECONFIG", self.kubeconfig()).env("HOME", &self.folder).current_dir(&self.folder);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn()?;
        let stdin = child.stdin.take();
        let write = async move {
            if let Some(mut stdin) = stdin {
                // A command that does not read its input is no failure.
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
