//! Docker, or podman where no Docker engine answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::shell::{command, output, root, run, succeeds};

/// The one service of `compose.yaml`.
const SERVICE: &str = "cluster";

/// What runs containers here.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Docker,
    Podman,
}

impl Engine {
    pub(super) fn find() -> Result<Self> {
        if succeeds(command("docker", ["info"])) && succeeds(command("docker", ["compose", "version"])) {
            return Ok(Self::Docker);
        }
        if succeeds(command("podman", ["info"])) && succeeds(command("podman-compose", ["--version"])) {
            return Ok(Self::Podman);
        }
        bail!("no engine answers: install Docker with Compose, or podman and podman-compose")
    }

    pub(super) fn command<'a>(self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = command(if self == Self::Docker { "docker" } else { "podman" }, arguments);
        self.set_up(&mut command);
        command
    }

    pub(super) fn compose(self, arguments: &[&str]) -> Command {
        let mut compose = match self {
            Self::Docker => command("docker", ["compose"]),
            Self::Podman => command::<&str>("podman-compose", []),
        };
        compose.args(arguments);
        self.set_up(&mut compose);
        compose
    }

    /// A program in the container.
    pub(super) fn exec(self, words: &[&str]) -> Command {
        // -T: there is no terminal.
        self.compose(&[&["exec", "-T", SERVICE], words].concat())
    }

    pub(super) fn kubectl(self, arguments: &[&str]) -> Result<()> {
        run(self.exec(&[&["kubectl"], arguments].concat()))
    }

    /// Whether the container has printed this.
    pub(super) fn says(self, text: &str) -> bool {
        let printed = self.compose(&["logs"]).output().map(|printed| printed.stdout).unwrap_or_default();
        String::from_utf8_lossy(&printed).contains(text)
    }

    fn set_up(self, command: &mut Command) {
        if self == Self::Podman && !has_systemd() {
            command.env("CONTAINERS_CONF", containers_conf());
        }
    }

    /// podman expects systemd, and limits that may be raised: a machine that has neither is described to it.
    pub(super) fn configure(self) -> Result<()> {
        if self == Self::Docker || has_systemd() {
            return Ok(());
        }
        let limit = |name: &str| output(command("sh", ["-c", &format!("ulimit -H{name}")]));
        let files = limit("n")?;
        let path = containers_conf();
        fs::create_dir_all(path.parent().unwrap_or(&path)).context("create target")?;
        let text = format!(
            "[containers]\ndefault_ulimits = [\"nofile={files}:{files}\", \"nproc=32768:32768\"]\n[engine]\n\
             cgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\nruntime = \"runc\"\n"
        );
        fs::write(path, text).context("write target/containers.conf")
    }
}

fn has_systemd() -> bool {
    Path::new("/run/systemd/system").exists()
}

fn containers_conf() -> PathBuf {
    root().join("target/containers.conf")
}
