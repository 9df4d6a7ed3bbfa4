//! The processes of a soak: one worker a pod, and the operator. Whoever ends is started again, as a kubelet does it.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;

use super::site::Site;

/// How long a kubelet waits before it starts a container again that ended by itself.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// All processes.
pub struct Fleet {
    workers: Vec<Process>,
    operator: Process,
    logs: Vec<std::path::PathBuf>,
    struck: usize,
    /// Whether each worker was never killed nor frozen, and never ended by itself.
    spared: Vec<bool>,
    unasked: usize,
    asked: usize,
}

struct Process {
    child: Child,
    frozen_until: Option<Instant>,
    /// When it ended by itself, if it did.
    ended: Option<Instant>,
    is_killed: bool,
}

impl From<Child> for Process {
    fn from(child: Child) -> Self {
        Self { child, frozen_until: None, ended: None, is_killed: false }
    }
}

impl Fleet {
    /// Starts a worker for each pod of the site, and the operator.
    pub async fn start(site: &mut Site) -> Self {
        let mut workers = Vec::new();
        for index in 0..site.pods.len() {
            workers.push(site.worker(index).await.spawn().expect("a worker starts").into());
        }
        let operator = site.take_operator().into();
        let names = site.pods.iter().map(|(name, _)| name.as_str()).chain(["operator"]);
        let logs = names.map(|name| site.log(name)).collect();
        let spared = vec![true; workers.len()];
        Self { workers, operator, logs, struck: 0, spared, unasked: 0, asked: 0 }
    }

    /// Ends a worker at once. It may lose the letter that it writes.
    pub async fn kill(&mut self, index: usize) {
        self.struck += 1;
        self.spared[index] = false;
        self.workers[index].kill().await;
    }

    /// Ends the operator at once.
    pub async fn kill_operator(&mut self) {
        self.operator.kill().await;
    }

    /// Kilobytes of memory that a worker has.
    pub fn memory(&self, index: usize) -> usize {
        let id = self.workers[index].child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Freezes a worker for a while, which may lose its letter as well, and try to report it when it is too late.
    pub fn freeze(&mut self, index: usize, length: Duration) {
        self.struck += 1;
        self.spared[index] = false;
        self.workers[index].signal(Signal::SIGSTOP);
        self.workers[index].frozen_until = Some(Instant::now() + length);
    }

    /// Starts again who has ended, and lets go on who was frozen long enough.
    pub async fn revive(&mut self, site: &Site) {
        for index in 0..self.workers.len() {
            if self.workers[index].thaw_and_is_due() {
                self.note(self.workers[index].is_killed);
                self.spared[index] = false;
                self.workers[index] = site.worker(index).await.spawn().expect("a worker starts").into();
            }
        }
        if self.operator.thaw_and_is_due() {
            self.note(self.operator.is_killed);
            self.operator = site.operator().await.spawn().expect("the operator starts").into();
        }
    }

    fn note(&mut self, asked: bool) {
        if asked {
            self.asked += 1;
        } else {
            self.unasked += 1;
        }
    }

    /// Processes that were started again.
    pub fn restarts(&self) -> usize {
        self.asked + self.unasked
    }

    /// Those of them that ended by themselves.
    pub fn unasked(&self) -> usize {
        self.unasked
    }

    /// Times that a worker was killed or frozen.
    pub fn struck(&self) -> usize {
        self.struck
    }

    /// Whether each worker has run all the time.
    pub fn spared(&self) -> &[bool] {
        &self.spared
    }

    /// The last lines of all logs.
    pub fn logs(&self) -> String {
        let last = self.logs.iter().map(|log| {
            let lines = std::fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<_> = lines.lines().collect();
            format!("\n--- {}\n{}", log.display(), lines[lines.len().saturating_sub(30)..].join("\n"))
        });
        last.collect()
    }
}

impl Process {
    async fn kill(&mut self) {
        self.is_killed = true;
        // It may have ended by itself a moment ago.
        let _ = self.child.kill().await;
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.child.id() {
            // It may have ended by itself a moment ago.
            let _ = kill(Pid::from_raw(id as i32), signal);
        }
    }

    /// Ends a freeze that is over. Whether the process has ended and is due to start again.
    fn thaw_and_is_due(&mut self) -> bool {
        if self.frozen_until.is_some_and(|until| Instant::now() >= until) {
            self.frozen_until = None;
            self.signal(Signal::SIGCONT);
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            return false;
        }
        let ended = *self.ended.get_or_insert_with(Instant::now);
        self.is_killed || ended.elapsed() >= RESTART_AFTER
    }
}
