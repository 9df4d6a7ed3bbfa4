//! Keeps the components of a node running, each with a log of its own.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::components::Component;
use super::error::NodeError;
use super::layout::Layout;
use super::settings::Settings;

/// How often a component may end while the node starts before the start is given up.
const ENDS_WHILE_STARTING: u32 = 3;
/// The first pause before a component is started again; it doubles each time.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause before a component is started again.
const PAUSE_LONGEST: Duration = Duration::from_secs(10);
/// How often a component is asked whether it is ready.
const POLL: Duration = Duration::from_millis(25);
/// How long a component may take to become ready on a machine that builds at the same time.
pub const READY_WITHIN: Duration = Duration::from_mins(2);

/// Starts programs in the environment of the node.
#[derive(Clone, Debug)]
pub struct Keeper {
    layout: Layout,
    search_path: OsString,
    library_path: Option<OsString>,
}

/// A component that is started again whenever it ends.
#[derive(Debug)]
pub struct Kept {
    name: &'static str,
    ends: watch::Receiver<u32>,
}

impl Keeper {
    /// Starts programs of `settings` with logs in `layout`.
    #[must_use]
    pub fn new(layout: &Layout, settings: &Settings) -> Self {
        Self {
            layout: layout.clone(),
            search_path: settings.programs.search_path(std::env::var_os("PATH")),
            library_path: settings.programs.library_path(),
        }
    }

    /// A command in the environment of the node.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let path = std::env::split_paths(&self.search_path)
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
            .unwrap_or_else(|| PathBuf::from(program));
        let mut command = Command::new(path);
        command
            .env_clear()
            .env("PATH", &self.search_path)
            .env("HOME", self.layout.state("home"))
            .env("TMPDIR", self.layout.temporary())
            .stdin(Stdio::null());
        if let Some(libraries) = &self.library_path {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }

    /// Starts a component and keeps it running.
    #[must_use]
    pub fn keep(&self, component: Component) -> Kept {
        let (ended, ends) = watch::channel(0);
        let name = component.name;
        let keeper = self.clone();
        tokio::spawn(async move {
            let mut pause = PAUSE_FIRST;
            loop {
                if let Err(error) = keeper.run(&component).await {
                    eprintln!("{}", super::error::chain(&error));
                }
                ended.send_modify(|ends| *ends += 1);
                sleep(pause).await;
                pause = (pause * 2).min(PAUSE_LONGEST);
            }
        });
        Kept { name, ends }
    }

    /// Runs a component until it ends.
    async fn run(&self, component: &Component) -> Result<(), NodeError> {
        let log = self.layout.log(component.name);
        let output = OpenOptions::new().create(true).append(true).open(&log).map_err(NodeError::at("open", &log))?;
        let errors = output.try_clone().map_err(NodeError::at("open", &log))?;
        let mut child = self
            .command(component.name)
            .args(&component.arguments)
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(|source| NodeError::Program {
                program: component.name.to_owned(),
                fix: "run `devcluster build`".to_owned(),
                source,
            })?;
        let status = child.wait().await.map_err(NodeError::at("wait for", &log))?;
        eprintln!("{} ended ({status}) and is started again; see {}", component.name, log.display());
        Ok(())
    }

    /// Runs a program to its end and returns what it printed.
    pub async fn output(&self, program: &str, arguments: &[&str]) -> Result<String, NodeError> {
        let output = self.command(program).args(arguments).output().await.map_err(|source| NodeError::Program {
            program: program.to_owned(),
            fix: "run `devcluster build`".to_owned(),
            source,
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(NodeError::Command { action: format!("run `{program} {}`", arguments.join(" ")), message })
    }

    /// Makes the folder that `HOME` names.
    pub fn prepare(&self) -> Result<(), NodeError> {
        let home = self.layout.state("home");
        fs::create_dir_all(&home).map_err(NodeError::at("create", &home))
    }
}

impl Kept {
    /// Waits until `ready` says so, or the component has ended too often.
    pub async fn ready(&self, what: &str, ready: impl AsyncFn() -> bool) -> Result<(), NodeError> {
        let mut ends = self.ends.clone();
        let gave_up = ends.wait_for(|ends| *ends >= ENDS_WHILE_STARTING);
        let polled = async {
            while !ready().await {
                sleep(POLL).await;
            }
        };
        tokio::select! {
            outcome = timeout(READY_WITHIN, polled) => outcome.map_err(|_| NodeError::Timeout {
                what: what.to_owned(),
                seconds: READY_WITHIN.as_secs(),
                component: self.name.to_owned(),
            }),
            _ = gave_up => Err(NodeError::Component { component: self.name.to_owned() }),
        }
    }
}
