//! A child process in a group of its own, with a log of its own.

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::guard::Orders;

/// How much of a log an error shows.
const TAIL_LINES: usize = 30;
/// How often a process that should end is looked at.
const POLL: Duration = Duration::from_millis(20);

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
    /// It started and then ended, which nobody asked it to.
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
    pub(crate) fn new(name: &str, child: Child, log: &Path, orders: Orders) -> Self {
        Self { name: name.to_owned(), child, ended: None, log: log.to_owned(), orders: Some(orders) }
    }

    /// What the process was called when it was started.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of the process, and of its process group.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The file with everything that the process wrote to its outputs.
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
                // What is left of its group goes now: its number may belong to somebody else later.
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

    /// Waits for the process to end by itself and tells how it did.
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
    pub(crate) fn abandon(mut self) {
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

/// The last 30 lines of a log, or what kept us from reading it.
#[must_use]
pub fn tail(log: &Path) -> String {
    /// More than 30 lines of any log need, and little enough to read at once.
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
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_the_last_thirty_lines() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let text: Vec<_> = (1..=100).map(|line| format!("line {line}")).collect();
        fs::write(&log, text.join("\n")).unwrap();
        assert_eq!(tail(&log), text[70..].join("\n"));
        fs::write(&log, "only\n").unwrap();
        assert_eq!(tail(&log), "only");
        assert!(tail(&folder.path().join("none")).contains("No such file"));
    }
}
