//! The small shell process that runs a server and cleans up after its owner.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::unistd::Uid;
use tokio::time;

use super::programs::Programs;
use super::{DEADLINE, Error};

/// What the shell runs; it ends the server when its standard input ends.
const SCRIPT: &str = include_str!("keeper.sh");

/// Whom a server runs as when its owner is root, as PostgreSQL refuses root: `nobody`.
const NOBODY: u32 = 65534;

/// Between two looks at the server's state.
const PAUSE: Duration = Duration::from_millis(20);

/// Lines of the log that an error shows.
const LOG_LINES: usize = 20;

/// A folder, the shell that watches over it, and the server in it.
#[derive(Debug)]
pub(super) struct Keeper {
    folder: PathBuf,
    input: Mutex<Option<ChildStdin>>,
    shell: Child,
}

impl Keeper {
    /// Makes the folder and starts the shell; there is no server yet.
    pub fn spawn(programs: &Programs, port: u16) -> Result<Self, Error> {
        let prepared = tempfile::Builder::new().prefix("devcluster-postgres-").tempdir()?;
        // PostgreSQL insists on a data folder of its own user and nobody else's.
        fs::set_permissions(prepared.path(), fs::Permissions::from_mode(0o700))?;
        fs::write(prepared.path().join("log"), "")?;
        let as_nobody = Uid::effective().is_root();
        let programs = if as_nobody { programs.for_everyone(prepared.path())? } else { programs.clone() };
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SCRIPT, "postgres-keeper"])
            .arg(prepared.path())
            .arg(&programs.folder)
            .arg(port.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Not in the terminal's group: Ctrl-C ends the owner, and the owner's end ends the server in order.
        command.process_group(0).current_dir("/").env("LC_ALL", "C.UTF-8");
        if let Some(path) = programs.library_path() {
            command.env("LD_LIBRARY_PATH", path);
        }
        if as_nobody {
            give_folders(prepared.path())?;
            command.uid(NOBODY).gid(NOBODY);
        }
        let mut shell = command.spawn().map_err(|source| Error::Run { program: "/bin/sh".to_owned(), source })?;
        let input = Mutex::new(shell.stdin.take());
        // From here on the shell removes the folder.
        Ok(Self { folder: prepared.keep(), input, shell })
    }

    /// The folder of data and log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server and waits until it takes connections.
    pub async fn start(&self) -> Result<(), Error> {
        let from = self.log().len();
        self.tell("start")?;
        let deadline = Instant::now() + DEADLINE;
        while !self.is_ready() {
            let log = self.log();
            let new = log.get(from..).unwrap_or_default();
            if new.contains("FATAL") || Instant::now() > deadline {
                return Err(Error::Start { log: last_lines(new) });
            }
            time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Stops the server and waits until it is gone.
    pub async fn stop(&self) -> Result<(), Error> {
        self.tell("stop")?;
        let deadline = Instant::now() + DEADLINE;
        while self.pid_file().exists() {
            if Instant::now() > deadline {
                return Err(Error::Stop);
            }
            time::sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Whether the server says `ready` in the last line of its pid file, where its own tools look too.
    fn is_ready(&self) -> bool {
        fs::read_to_string(self.pid_file())
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim() == "ready"))
    }

    fn pid_file(&self) -> PathBuf {
        self.folder.join("data/postmaster.pid")
    }

    fn log(&self) -> String {
        fs::read(self.folder.join("log")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn tell(&self, line: &str) -> io::Result<()> {
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(input.as_mut().expect("standard input is open until the drop"), "{line}")
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // The shell reads the end of its input, stops the server at once and removes the folder.
        drop(self.input.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Err(error) = self.shell.wait() {
            tracing::warn!(error = &error as &dyn std::error::Error, "Failed to wait for PostgreSQL's end");
        }
    }
}

/// Gives a folder, and what is in it but links, to the user that the server runs as and who removes it.
fn give_folders(path: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() {
        fs::read_dir(path)?.try_for_each(|entry| give_folders(&entry?.path()))?;
    }
    if metadata.is_symlink() { Ok(()) } else { chown(path, Some(NOBODY), Some(NOBODY)) }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}
