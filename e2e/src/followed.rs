//! A command that goes on, and what it has printed so far.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use devcluster::process::{Guard, Process};
use tempfile::TempDir;

use crate::eventually::eventually;

/// It runs while this value lives.
pub struct Followed {
    log: PathBuf,
    process: Process,
    _guard: Guard,
    _folder: TempDir,
}

impl Followed {
    /// Starts `command`, which is called `name` in messages.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(name: &str, command: &Command) -> Result<Self> {
        let folder = tempfile::tempdir().context("make a folder for a log")?;
        let log = folder.path().join("log");
        let guard = Guard::start().context("start a guard")?;
        let process = guard.spawn(name, command, &log)?;
        Ok(Self { log, process, _guard: guard, _folder: folder })
    }

    /// Waits until `find` finds something in what was printed.
    ///
    /// # Errors
    /// When the command ends, or nothing is found within `within`.
    pub async fn prints<T>(&mut self, what: &str, within: Duration, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        eventually(what, within, async || {
            self.process.check()?;
            Ok(find(&String::from_utf8_lossy(&fs::read(&self.log)?)))
        })
        .await
    }
}
