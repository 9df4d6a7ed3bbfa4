//! A real MLflow tracking server of its own for a test: model registry, artifacts, traces.

mod environment;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::cache::CacheError;
use crate::guard::Guard;
use crate::node::http;
use crate::ports;
use crate::process::{self, Process, ProcessError};
use environment::Environment;

pub use environment::MLFLOW_VERSION;

/// Longest wait for a server to answer; it takes about ten seconds on two idle cores.
const DEADLINE: Duration = Duration::from_mins(3);
const POLL: Duration = Duration::from_millis(50);
/// How often a start is tried when another process takes the port in between.
const ATTEMPTS: u32 = 3;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum MlflowError {
    /// The cache could not be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Python is not on this machine, or too old.
    #[error("failed to find Python 3.11 or newer ({found}): install it so that `python3` is in PATH")]
    Python {
        /// What was found instead.
        found: String,
    },
    /// Python has no pip.
    #[error("failed to find pip for `python3`: install it (Debian's package is `python3-pip`)")]
    Pip,
    /// The packages could not be installed.
    #[error("failed to install MLflow {MLFLOW_VERSION} from the Python package index")]
    Install(#[source] ProcessError),
    /// Installing took too long.
    #[error("failed to install MLflow {MLFLOW_VERSION} within {} minutes; the end of pip's output:\n{tail}", environment::PATIENCE.as_secs() / 60)]
    InstallDeadline {
        /// The last lines of pip's output.
        tail: String,
    },
    /// A folder, a port or a process could not be had.
    #[error("failed to prepare MLflow")]
    Prepare(#[from] io::Error),
    /// The server ended instead of answering.
    #[error("failed to start MLflow")]
    Start(#[source] ProcessError),
    /// The server did not answer in time.
    #[error("failed to reach MLflow within {} s; the end of its log:\n{tail}", DEADLINE.as_secs())]
    Deadline {
        /// The last lines of the server's log.
        tail: String,
    },
}

/// A running server on a free loopback port, gone with its files when the value drops, when its test panics and when
/// its process is killed.
#[derive(Debug)]
pub struct Mlflow {
    environment: Environment,
    folder: PathBuf,
    port: u16,
    // Dropped in this order: the server ends before its folder goes.
    _server: Process,
    _guard: Guard,
}

impl Mlflow {
    /// Installs MLflow into the cache unless it is there, which takes about a minute and tells of its progress on
    /// standard error.
    ///
    /// # Errors
    /// [`MlflowError`]; without Python or pip it names the fix.
    pub async fn prepare() -> Result<PathBuf, MlflowError> {
        Ok(Environment::ensure().await?.folder().to_owned())
    }

    /// A fresh server that answers, with an empty database and no artifacts.
    ///
    /// # Errors
    /// [`MlflowError`]; without Python or pip it names the fix.
    pub async fn start() -> Result<Self, MlflowError> {
        let environment = Environment::ensure().await?;
        let mut attempt = 1;
        loop {
            match Self::with(&environment).await {
                Err(MlflowError::Start(ProcessError::Ended { tail, .. }))
                    if attempt < ATTEMPTS && tail.contains("already in use") =>
                {
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    /// The one server of this test binary, started on first use and gone when the process ends.
    ///
    /// # Errors
    /// As for [`Mlflow::start`].
    pub async fn shared() -> Result<&'static Self, MlflowError> {
        static SHARED: OnceCell<Mlflow> = OnceCell::const_new();
        SHARED.get_or_try_init(Self::start).await
    }

    /// Where the server answers, without a slash at the end: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its Python, in which `import mlflow` works.
    #[must_use]
    pub fn python(&self) -> PathBuf {
        self.environment.python()
    }

    /// Everything that the server wrote to its outputs.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    async fn with(environment: &Environment) -> Result<Self, MlflowError> {
        let guard = Guard::start()?;
        let folder = tempfile::Builder::new().prefix("devcluster-mlflow-").tempdir()?.keep();
        guard.remove_folder(&folder);
        let port = ports::free_port()?;
        let command = serve(environment, &folder, port);
        let mut server = guard.spawn("mlflow", &command, &folder.join("log")).map_err(MlflowError::Start)?;
        answers(&mut server, port).await?;
        Ok(Self { environment: environment.clone(), folder, port, _server: server, _guard: guard })
    }
}

/// What a small registry of one team runs: a database in a file, artifacts in a folder and handed out by the server.
fn serve(environment: &Environment, folder: &Path, port: u16) -> Command {
    let mut command = environment.command();
    command.current_dir(folder).args(["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1"]);
    command.arg("--port").arg(port.to_string());
    command.arg("--backend-store-uri").arg(format!("sqlite:///{}", folder.join("mlflow.db").display()));
    command.arg("--serve-artifacts").arg("--artifacts-destination").arg(folder.join("artifacts"));
    // Seven more processes that run scheduled jobs of MLflow's own.
    command.env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    command
}

async fn answers(server: &mut Process, port: u16) -> Result<(), MlflowError> {
    let (address, deadline) = (format!("127.0.0.1:{port}"), Instant::now() + DEADLINE);
    while !http::is_ok(&address, "/health").await {
        server.check().map_err(MlflowError::Start)?;
        if Instant::now() > deadline {
            return Err(MlflowError::Deadline { tail: process::tail(server.log()) });
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}
