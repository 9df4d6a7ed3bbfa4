//! A collector of traces in the network of the node, where pods reach it. It keeps every byte that it is sent.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use devcluster::node::{NODE_ADDRESS, Node};
use devcluster::process::{Guard, Process};
use tempfile::TempDir;

use crate::eventually::eventually;
use crate::places::Place;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/collector/collect.py");
/// What the script prints before its address.
const LISTENS: &str = "listens at ";
const LISTENS_WITHIN: Duration = Duration::from_secs(20);

/// A running collector. It ends when this value drops, when its test panics and when the test process is killed.
pub struct Collector {
    url: String,
    _process: Process,
    _guard: Guard,
    folder: TempDir,
}

impl Collector {
    /// Starts one at a free port of the node.
    ///
    /// # Errors
    /// When Python is missing or does not start.
    pub async fn start_on(node: &Node) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("e2e-collector").tempdir().context("make a folder")?;
        let guard = Guard::start().context("start a guard")?;
        guard.remove_folder(folder.path());
        let mut command = Command::new("python3");
        command.args([SCRIPT, &NODE_ADDRESS.to_string()]).arg(folder.path().join("kept"));
        let log = folder.path().join("log");
        let mut process = guard.spawn("collector", &node.in_its_network(&command), &log)?;
        let url = eventually("the collector listens", LISTENS_WITHIN, async || {
            process.check()?;
            let said = fs::read_to_string(&log)?;
            Ok(said.lines().find_map(|line| line.strip_prefix(LISTENS)).map(str::to_owned))
        })
        .await?;
        Ok(Self { url, _process: process, _guard: guard, folder })
    }

    /// Where it takes traces.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it was sent so far.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn kept(&self) -> Result<Place> {
        let file: PathBuf = self.folder.path().join("kept");
        let bytes = if file.exists() { fs::read(&file).context("read what was sent")? } else { Vec::new() };
        Ok(Place::new("the collector of traces".to_owned(), bytes))
    }
}
