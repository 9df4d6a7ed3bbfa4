//! What the site needs, and the site: a Postgres, an API server, and the real program as a process.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use crds::CoverLetterRequest;
use devcluster::control_plane::ControlPlane;
use devcluster::ports;
use devcluster::process::{self, Guard, Process};
use fixtures::postgres::Postgres;
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use tempfile::TempDir;

use crate::http::Connection;
use crate::key;

/// Name of the app.
pub const APP: &str = "letters";
/// Its namespace.
const NAMESPACE: &str = "bench";
/// What the site must show to inference pods.
pub const TOKEN: &str = "stream-token";
/// Longest wait for a server to answer.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(20);

/// Everything but the site.
pub struct Stage {
    pub postgres: Postgres,
    pub plane: ControlPlane,
    pub guard: Guard,
    pub folder: TempDir,
}

/// A server as a process.
pub struct Server {
    pub process: Process,
    pub port: u16,
}

impl Stage {
    /// # Errors
    /// When one of them does not start.
    pub async fn start() -> Result<Self> {
        let plane = ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await?;
        let metadata = ObjectMeta { name: Some(NAMESPACE.to_owned()), ..ObjectMeta::default() };
        let namespace = Namespace { metadata, ..Namespace::default() };
        Api::all(plane.client()).create(&PostParams::default(), &namespace).await.context("make a namespace")?;
        Ok(Self { postgres: Postgres::start().await?, plane, guard: Guard::start()?, folder: tempfile::tempdir()? })
    }

    /// Runs SQL in the site's database.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn sql(&self, sql: &str) -> Result<String> {
        Ok(self.postgres.query("postgres", sql).await?)
    }

    /// The requests of the app.
    pub fn requests(&self) -> Api<CoverLetterRequest> {
        Api::namespaced(self.plane.client(), NAMESPACE)
    }

    /// Starts the site and waits until it serves.
    ///
    /// # Errors
    /// When it does not.
    pub async fn site(&self) -> Result<Server> {
        let (port, admin) = (ports::free_port()?, ports::free_port()?);
        let examples = std::env::current_exe()?;
        let program: PathBuf = examples.parent().and_then(|folder| folder.parent()).context("a folder")?.join("webapp");
        if !program.exists() {
            bail!("build all of the workspace: there is no `{}`", program.display());
        }
        let mut command = Command::new(program);
        for proxy in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
            command.env_remove(proxy);
        }
        command
            .env("KUBECONFIG", self.plane.kubeconfig())
            .env("DATABASE_URL", self.postgres.url())
            .env("JWT_KEYS", key::keys())
            .env("STREAM_TOKEN", TOKEN)
            .args(["--namespace", NAMESPACE, "--app", APP, "--sign-ins-per-minute", "100000"])
            .args(["--letters-per-hour", "100000", "--listen", &format!("127.0.0.1:{port}")])
            .args(["--admin-listen", &format!("127.0.0.1:{admin}")]);
        let process = self.guard.spawn("webapp", &command, &self.folder.path().join("webapp.log"))?;
        let mut server = Server { process, port };
        server.answers(admin, "/readyz").await?;
        Ok(server)
    }
}

impl Server {
    /// Waits until `path` on `port` answers with 200.
    ///
    /// # Errors
    /// When it does not in time, or the process ends.
    pub async fn answers(&mut self, port: u16, path: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes();
        let mut every = tokio::time::interval(LOOK);
        loop {
            every.tick().await;
            self.process.check()?;
            if let Ok(mut connection) = Connection::open(port).await
                && connection.ask(&request).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("it does not answer: {}", process::tail(self.process.log()));
            }
        }
    }

    /// Megabytes of this kind that the process has, as its status says (`VmRSS`, `VmHWM`).
    ///
    /// # Errors
    /// When the system does not say.
    pub fn megabytes(&self, kind: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        Ok(kib.context("the system says how much memory a process has")? * 1024.0 / 1e6)
    }

    /// Seconds of a processor that the process has used.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn processor_seconds(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let (_, fields) = stat.rsplit_once(')').context("a name in brackets")?;
        let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        Ok(ticks.sum::<f64>() / 100.0)
    }
}
