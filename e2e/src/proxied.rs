//! The API server behind a proxy that breaks connections off when it is told to.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use fixtures::fault_proxy::FaultProxy;
use serde_json::json;
use tempfile::TempDir;

use crate::environment::Environment;

/// No fault is permitted, so that none is drawn.
const SEED: u64 = 1;

/// A proxy, which ends when the value drops.
pub struct Proxied {
    proxy: FaultProxy,
    folder: TempDir,
}

impl Proxied {
    /// Starts it.
    ///
    /// # Errors
    /// When there is no way to the API server, or no port.
    pub async fn start(environment: &Environment) -> Result<Self> {
        let proxy = FaultProxy::start(environment.configuration().await?, SEED).await?;
        let folder = tempfile::tempdir().context("make a folder for a kubeconfig")?;
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "proxy", "cluster": {"server": proxy.url()}}],
            "users": [{"name": "proxy", "user": {}}],
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "proxy"}}],
            "current-context": "proxy",
        });
        let proxied = Self { proxy, folder };
        std::fs::write(proxied.kubeconfig(), kubeconfig.to_string()).context("write a kubeconfig")?;
        Ok(proxied)
    }

    /// The kubeconfig that leads to the proxy.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// Breaks all connections off. New ones are taken.
    pub fn cut(&self) {
        self.proxy.cut();
    }
}
