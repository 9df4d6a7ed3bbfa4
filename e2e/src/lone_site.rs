//! A site without a cluster, for stories that need none: accounts, and how people log in. The web program and Postgres are
//! the real ones; the API server does not answer, as during an outage.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use devcluster::ports::free_port;
use devcluster::process::{Guard, Process};
use fixtures::postgres::Postgres;
use tempfile::TempDir;
use tokio::sync::MutexGuard;

use crate::eventually::eventually_true;
use crate::play;

/// The program connects and migrates within a second or two, on a machine that does nothing else.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);
/// Nobody listens there.
const KUBECONFIG: &str = "{apiVersion: v1, kind: Config, current-context: none, \
    clusters: [{name: none, cluster: {server: 'https://127.0.0.1:9'}}], users: [{name: none, user: {}}], \
    contexts: [{name: none, context: {cluster: none, user: none}}]}";

/// A running site. It ends when this value drops.
pub struct LoneSite {
    port: u16,
    _process: Process,
    _guard: Guard,
    _postgres: Postgres,
    _folder: TempDir,
    /// Stories are told one after the other, with a cluster or without.
    _turn: MutexGuard<'static, ()>,
}

impl LoneSite {
    /// Starts one, once earlier stories have ended.
    ///
    /// # Errors
    /// When Postgres or the program does not start.
    pub async fn start() -> Result<Self> {
        let turn = play::turn().await;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let postgres = Postgres::start().await.context("start Postgres")?;
        let folder = tempfile::tempdir().context("make a folder for the site")?;
        let kubeconfig = folder.path().join("kubeconfig");
        fs::write(&kubeconfig, KUBECONFIG).context("write a kubeconfig")?;
        let port = free_port().context("find a free port")?;
        let mut command = Command::new(program()?);
        command.env("KUBECONFIG", kubeconfig).env("DATABASE_URL", postgres.url());
        command.env("LISTEN", format!("127.0.0.1:{port}")).env("ADMIN_LISTEN", "127.0.0.1:0");
        command.env("NAMESPACE", "none").env("APP_NAME", "letters").env("STREAM_TOKEN", "none");
        command.env("JWT_KEYS", "one:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        let guard = Guard::start().context("start a guard")?;
        let mut process = guard.spawn("webapp", &command, &folder.path().join("webapp.log"))?;
        let address = format!("http://127.0.0.1:{port}/");
        eventually_true("the site answers", ANSWERS_WITHIN, async || {
            process.check()?;
            Ok(reqwest::get(&address).await?.status().is_success())
        })
        .await?;
        Ok(Self { port, _process: process, _guard: guard, _postgres: postgres, _folder: folder, _turn: turn })
    }

    /// Its URL under this name, which leads to this machine.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }
}

/// The web program, which was built with this one.
fn program() -> Result<PathBuf> {
    let this = std::env::current_exe().context("find this program")?;
    let folder = this.parent().and_then(std::path::Path::parent).context("it has a folder")?;
    Ok(folder.join("webapp"))
}
