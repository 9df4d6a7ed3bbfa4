//! The cluster under test, read from the environment variables that `cargo xtask test` sets.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};

/// Path of an administrator's kubeconfig.
const KUBECONFIG: &str = "E2E_KUBECONFIG";
/// Address of the forwarder that leads to node port 30080.
const URL: &str = "E2E_URL";

/// A cluster with the operator installed and all images loaded.
#[derive(Clone, Debug)]
pub struct Environment {
    /// An administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// URL that leads to [`crate::app::NODE_PORT`], without a trailing slash.
    pub url: String,
}

impl Environment {
    /// Reads the two variables.
    ///
    /// # Panics
    /// When one is missing, with the command that sets them.
    #[must_use]
    pub fn from_variables() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let (Some(kubeconfig), Some(url)) = (variable(KUBECONFIG), variable(URL)) else {
            panic!("no cluster to test ({KUBECONFIG} and {URL} are not set): run `cargo xtask test --only-e2e`");
        };
        Self { kubeconfig: kubeconfig.into(), url: url.trim_end_matches('/').to_owned() }
    }

    /// How a client reaches the API server.
    ///
    /// # Errors
    /// When the kubeconfig cannot be read.
    pub async fn configuration(&self) -> Result<Config> {
        let kubeconfig =
            Kubeconfig::read_from(&self.kubeconfig).with_context(|| format!("read {}", self.kubeconfig.display()))?;
        Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
    }
}

/// Root of the checkout.
///
/// # Panics
/// Never: this crate is a folder of the workspace.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("e2e is a folder of the workspace")
}

/// Folder of the screenshots: `target/e2e`.
#[must_use]
pub fn pictures() -> PathBuf {
    root().join("target/e2e")
}
