//! The virtual environment that MLflow runs in, made once from pinned packages and then kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use super::MlflowError;
use crate::cache::{self, Cache, Entry};
use crate::guard::Guard;
use crate::process::{self, Process};

/// The MLflow release that is installed.
pub const MLFLOW_VERSION: &str = "3.17.2";
/// Longest installation; it takes about a minute where the package index is near.
pub(super) const PATIENCE: Duration = Duration::from_mins(15);

const REQUIREMENTS: &str = include_str!("../../mlflow/requirements.txt");
const KIND: &str = "mlflow";
const OLDEST_PYTHON: (u32, u32) = (3, 11);
/// How often an installation says that it still goes on.
const PROGRESS: Duration = Duration::from_secs(15);
/// Prints what an environment depends on: version, and where the interpreter really is.
const WHICH_PYTHON: &str = "import os, sys; print(*sys.version_info[:3], os.path.realpath(sys.executable))";
/// Variables of the caller that would change which packages are found or which server is meant.
const FOREIGN: [&str; 6] =
    ["PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_ID"];

/// A virtual environment with MLflow in it.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    entry: Entry,
}

impl Environment {
    /// The environment of this machine's Python, made if the cache does not have it.
    pub async fn ensure() -> Result<Self, MlflowError> {
        let cache = Cache::open()?;
        let python = find_python()?;
        let key = cache::key([REQUIREMENTS, &python]);
        let log = cache.root().join(KIND).join("install.log");
        let entry = cache.entry(KIND, &key, |folder| install(folder, log)).await?;
        Ok(Self { entry })
    }

    pub fn folder(&self) -> &Path {
        self.entry.path()
    }

    pub fn python(&self) -> PathBuf {
        python_of(self.folder())
    }

    /// Its Python, told to leave the cache as it is and to ask nobody outside.
    pub fn command(&self) -> Command {
        let mut command = Command::new(self.python());
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        command.envs([("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONNOUSERSITE", "1"), ("PYTHONUNBUFFERED", "1")]);
        command.envs([("MLFLOW_DISABLE_TELEMETRY", "true"), ("DO_NOT_TRACK", "true")]);
        command
    }
}

/// Version and place of `python3`, which has pip.
fn find_python() -> Result<String, MlflowError> {
    let found = |what: &str| MlflowError::Python { found: what.to_owned() };
    let text = asked(&["-c", WHICH_PYTHON]).ok_or_else(|| found("no `python3` in PATH"))?;
    let mut numbers = text.split(' ').map_while(|number| number.parse().ok());
    let version = numbers.next().zip(numbers.next()).ok_or_else(|| found(&text))?;
    if version < OLDEST_PYTHON {
        return Err(found(&format!("`python3` is {}.{}", version.0, version.1)));
    }
    asked(&["-m", "pip", "--version"]).ok_or(MlflowError::Pip)?;
    Ok(text)
}

/// What `python3` prints, if it succeeds.
fn asked(arguments: &[&str]) -> Option<String> {
    let Output { status, stdout, .. } = Command::new("python3").args(arguments).output().ok()?;
    status.success().then(|| String::from_utf8_lossy(&stdout).trim().to_owned())
}

fn python_of(environment: &Path) -> PathBuf {
    environment.join("bin/python3")
}

/// Makes the environment in `folder`. It may be renamed afterwards: only its Python is used, none of its scripts.
async fn install(folder: PathBuf, log: PathBuf) -> Result<(), MlflowError> {
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS)?;
    // Outside the entry, so that it is still there to be read after a failure.
    let _ = fs::remove_file(&log);
    let packages = REQUIREMENTS.lines().filter(|line| line.contains("==")).count();
    eprintln!(
        "Installing MLflow {MLFLOW_VERSION} for tests: {packages} Python packages of about 350 MB, once, then kept in {}",
        folder.parent().unwrap_or(&folder).display()
    );
    let started = Instant::now();
    let guard = Guard::start()?;
    let mut environment = Command::new("python3");
    // Without a pip of its own, which Debian's Python could not make; the caller's pip serves both.
    environment.args(["-m", "venv", "--without-pip"]).arg(&folder);
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "--disable-pip-version-check", "--no-input", "--python"]).arg(python_of(&folder));
    pip.args(["install", "--no-deps", "--only-binary", ":all:", "--progress-bar", "off", "--requirement"]);
    pip.arg(&requirements).env_remove("PIP_REQUIRE_VIRTUALENV").env_remove("PIP_TARGET").env_remove("PIP_USER");
    for (name, mut command) in [("python3 -m venv", environment), ("pip", pip)] {
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        let process = guard.spawn(name, &command, &log).map_err(MlflowError::Install)?;
        follow(process, packages, started).await?;
    }
    eprintln!("Installed MLflow in {} s", started.elapsed().as_secs());
    Ok(())
}

/// Waits for one step of the installation and tells how far it is.
async fn follow(mut process: Process, packages: usize, started: Instant) -> Result<(), MlflowError> {
    let log = process.log().to_owned();
    loop {
        match tokio::time::timeout(PROGRESS, process.wait()).await {
            Ok(status) if status.success() => return Ok(()),
            Ok(_) => return process.check().map_err(MlflowError::Install),
            Err(_) if started.elapsed() > PATIENCE => {
                return Err(MlflowError::InstallDeadline { tail: process::tail(&log) });
            }
            Err(_) => {}
        }
        let collected = fs::read_to_string(&log).unwrap_or_default();
        let collected = collected.lines().filter(|line| line.starts_with("Collecting ")).count();
        eprintln!("  installing MLflow: {} s, {collected} of {packages} packages", started.elapsed().as_secs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_pinned_and_mlflow_to_its_version() {
        let lines: Vec<_> = REQUIREMENTS.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(lines.iter().all(|line| line.contains("==")), "{lines:?}");
        assert!(lines.contains(&format!("mlflow=={MLFLOW_VERSION}").as_str()));
    }
}
