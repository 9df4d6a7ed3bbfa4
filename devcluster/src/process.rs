//! Child processes that end with their owner, even when the owner is killed.
//!
//! A guard is a small shell that reads orders from a pipe, whose other end only the owner holds. A process that is
//! started with [`Guard::spawn`] gives the guard its process id before it becomes the program asked for, so it never
//! runs without the guard knowing of it. The guard ends all these processes and removes all folders given to it when
//! the [`Guard`] drops, and when the kernel closes the pipe because the owner is gone.
//!
//! The kernel's parent-death signal is no alternative: it is sent when the starting *thread* ends.

use std::fs;
use std::io::{self, PipeWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

const GUARD: &str = include_str!("process/guard.sh");
/// Gives its process id to the guard, which reads its standard output, and becomes the program.
const REGISTER: &str = r#"echo "kill $$"; log=$1; shift; exec "$@" >>"$log" 2>&1"#;

/// Lines of a log that an error shows.
const TAIL_LINES: usize = 30;
/// How often a process that should end is checked.
const POLL: Duration = Duration::from_millis(20);

/// Owns the processes that were started and the folders that were named through it.
#[derive(Debug)]
pub struct Guard {
    orders: Orders,
    shell: Child,
    folders: Mutex<Vec<PathBuf>>,
}

impl Guard {
    /// Starts the guarding shell.
    ///
    /// # Errors
    /// When there is no `sh`, or no pipe can be made.
    pub fn start() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let shell = Command::new("sh")
            .args(["-c", GUARD, "devcluster-guard"])
            .stdin(reader)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // An interrupt from the terminal goes to the owner's group; the guard must outlive it.
            .process_group(0)
            .spawn()?;
        Ok(Self { orders: Orders(Arc::new(writer)), shell, folders: Mutex::default() })
    }

    /// Starts `command` in a process group of its own, with both outputs appended to the file `log`.
    ///
    /// # Errors
    /// [`ProcessError::Start`]. A program that does not exist looks like a process that ended at once.
    pub fn spawn(&self, name: &str, command: &Command, log: &Path) -> Result<Process, ProcessError> {
        let failed = |source| ProcessError::Start { name: name.to_owned(), source };
        let mut register = Command::new("sh");
        register.args(["-c", REGISTER, "sh"]).arg(log).arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => register.env(key, value),
                None => register.env_remove(key),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            register.current_dir(folder);
        }
        let registration = self.orders.0.try_clone().map_err(failed)?;
        register.stdin(Stdio::null()).stdout(registration).stderr(Stdio::null()).process_group(0);
        let child = register.spawn().map_err(failed)?;
        Ok(Process::new(name, child, log, self.orders.clone()))
    }

    /// Removes `folder` and its content when the guard ends.
    pub fn remove_folder(&self, folder: &Path) {
        self.orders.give("folder", folder.display());
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).push(folder.to_owned());
    }

    /// Removes the cgroup at `folder` and those below it when the guard ends, once their processes are gone.
    pub fn remove_cgroup(&self, folder: &Path) {
        self.orders.give("cgroup", folder.display());
    }

    /// The process id of the guarding shell.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.shell.id()
    }
}

impl Drop for Guard {
    /// Returns when the processes and folders are gone.
    fn drop(&mut self) {
        self.orders.give("end", "");
        let _ = self.shell.wait();
        for folder in self.folders.get_mut().unwrap_or_else(PoisonError::into_inner) {
            // The shell has removed it, unless the shell was killed.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// The owner's end of the guard's pipe.
#[derive(Clone, Debug)]
struct Orders(Arc<PipeWriter>);

impl Orders {
    /// A line is shorter than what a pipe writes atomically, so orders of several threads do not mix.
    fn give(&self, order: &str, value: impl std::fmt::Display) {
        // Without the guard, the processes still end when their `Process` values drop.
        let _ = (&*self.0).write_all(format!("{order} {value}\n").as_bytes());
    }
}

/// Why a process is not running.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started at all.
    #[error("failed to start {name}")]
    Start {
        /// Which program.
        name: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// It ended without being asked to.
    #[error("{name} ended unexpectedly ({status}); the end of its log `{}`:\n{tail}", log.display())]
    Ended {
        /// Which program.
        name: String,
        /// Its exit code, or the signal that ended it.
        status: ExitStatus,
        /// Its whole log.
        log: PathBuf,
        /// The last 30 lines of the log.
        tail: String,
    },
}

/// A running child process. Dropping it kills its whole process group and waits for it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    ended: Option<ExitStatus>,
    log: PathBuf,
    orders: Option<Orders>,
}

impl Process {
    fn new(name: &str, child: Child, log: &Path, orders: Orders) -> Self {
        Self { name: name.to_owned(), child, ended: None, log: log.to_owned(), orders: Some(orders) }
    }

    /// The name that [`Guard::spawn`] was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process id, which is also the id of its process group.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The file with everything that the process wrote to both outputs.
    #[must_use]
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// How the process ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
            if self.ended.is_some()
                && let Some(orders) = &self.orders
            {
                // The rest of its group is killed now: the id may belong to another group later.
                let _ = killpg(self.group(), Signal::SIGKILL);
                orders.give("forget", self.id());
            }
        }
        self.ended
    }

    /// Succeeds while the process runs.
    ///
    /// # Errors
    /// [`ProcessError::Ended`] with the end of its log.
    pub fn check(&mut self) -> Result<(), ProcessError> {
        let Some(status) = self.ended() else { return Ok(()) };
        let (name, log, tail) = (self.name.clone(), self.log.clone(), tail(&self.log));
        Err(ProcessError::Ended { name, status, log, tail })
    }

    /// Waits until the process ends by itself.
    pub async fn wait(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Sends `signal` to the process and everything in its group, unless it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let _ = killpg(self.group(), signal);
        }
    }

    /// Asks the process to end, and kills it when it has not done so within `grace`.
    pub async fn terminate(&mut self, grace: Duration) {
        self.signal(Signal::SIGTERM);
        if tokio::time::timeout(grace, self.wait()).await.is_err() {
            self.kill();
        }
    }

    /// Kills the process and everything in its group, and returns when it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        // A process that got SIGKILL ends within milliseconds, except inside an uninterruptible system call.
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets go of the process without ending it, as the kernel does when its owner is killed.
    #[cfg(test)]
    fn abandon(mut self) {
        self.orders = None;
        std::mem::forget(self);
    }

    fn group(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The last 30 lines of a log, or the error that reading it gave.
#[must_use]
pub fn tail(log: &Path) -> String {
    /// More than 30 lines of any log take, and little enough to read at once.
    const BYTES: u64 = 64 * 1024;
    let read = || {
        let mut file = fs::File::open(log)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    match read() {
        Ok(text) => {
            let lines: Vec<_> = text.lines().collect();
            lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
        }
        Err(error) => io::Error::to_string(&error),
    }
}

#[cfg(test)]
mod tests;
