//! Keeps the components of a node running, each with a log of its own.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::components::Component;
use super::error::{NodeError, chain};
use super::instance::Settings;
use super::layout::Layout;

/// How often a component may end before the start of the node is given up.
const ENDS_WHILE_STARTING: u32 = 3;
/// The first pause before a component is restarted; each pause is twice the one before.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// The longest pause before a component is restarted.
const PAUSE_LONGEST: Duration = Duration::from_secs(10);
/// Pause between two checks of whether a component is ready.
const POLL: Duration = Duration::from_millis(25);
/// How long a component may take to become ready on a machine that builds at the same time.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// Starts programs in the environment of the node.
#[derive(Clone, Debug)]
pub struct Keeper {
    layout: Layout,
    search_path: OsString,
    library_path: Option<OsString>,
}

/// A component that is restarted whenever it ends.
#[derive(Debug)]
pub struct Kept {
    name: &'static str,
    ends: watch::Receiver<u32>,
}

impl Keeper {
    /// Starts the programs that `settings` name, with logs in `layout`.
    pub fn new(layout: &Layout, settings: &Settings) -> Self {
        Self {
            layout: layout.clone(),
            search_path: settings.programs.search_path(std::env::var_os("PATH")),
            library_path: settings.programs.library_path(),
        }
    }

    /// Starts a component and keeps it running until this process ends.
    pub fn keep(&self, component: Component) -> Kept {
        let (ended, ends) = watch::channel(0);
        let name = component.name;
        let keeper = self.clone();
        tokio::spawn(async move {
            let pauses = ExponentialBuilder::new().with_min_delay(PAUSE_FIRST).with_max_delay(PAUSE_LONGEST);
            for pause in pauses.without_max_times().build() {
                if let Err(error) = keeper.run(&component).await {
                    eprintln!("{}", chain(&error));
                }
                ended.send_modify(|ends| *ends += 1);
                sleep(pause).await;
            }
        });
        Kept { name, ends }
    }

    /// Whether a program ends with success.
    pub async fn succeeds(&self, program: &str, arguments: &[&str]) -> bool {
        let output = self.command(program).args(arguments).output().await;
        output.is_ok_and(|output| output.status.success())
    }

    /// Runs a program, which must end with success.
    pub async fn run_to_end(&self, program: &str, arguments: &[&str]) -> Result<(), NodeError> {
        let fix = "run `devcluster build`".to_owned();
        let output = self.command(program).args(arguments).output().await;
        let output = output.map_err(|source| NodeError::Program { program: program.to_owned(), fix, source })?;
        if output.status.success() {
            return Ok(());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        Err(NodeError::Command { action: format!("run `{program} {}`", arguments.join(" ")), message })
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
        eprintln!("{} ended ({status}) and is restarted; see {}", component.name, log.display());
        Ok(())
    }

    fn command(&self, program: &str) -> Command {
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
}

impl Kept {
    /// Waits until `ready` returns true.
    ///
    /// Fails when that takes too long, and when the component ends too often meanwhile.
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
