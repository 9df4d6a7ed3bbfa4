//! Runs `inference fetch` as an init container does.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::server::{REPOSITORY, REVISION, Server};

/// Far longer than any fetch takes.
const DEADLINE: Duration = Duration::from_mins(1);
/// Variables that must not reach the program from the environment of the test.
const FOREIGN: [&str; 11] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HF_ENDPOINT",
    "HF_TOKEN",
    "MLFLOW_TRACKING_TOKEN",
];

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub success: bool,
    /// Everything that it logged.
    pub log: String,
    /// The reason that it reported.
    pub report: String,
}

impl Ended {
    /// Fails unless it succeeded.
    pub fn expect_success(self) -> Self {
        assert!(self.success, "{}", self.log);
        assert_eq!(self.report, "");
        self
    }

    /// Fails unless it failed with a reason that contains `words`.
    pub fn expect_reason(self, words: &str) -> Self {
        assert!(!self.success, "{}", self.log);
        assert!(self.report.contains(words), "`{words}` is not in: {}", self.report);
        self
    }
}

/// Runs `inference fetch` with `source` into `folder`.
pub async fn fetch(folder: &Path, source: &[&str], environment: &[(&str, &str)]) -> Ended {
    let reports = tempfile::tempdir().expect("a folder");
    let report = reports.path().join("termination-log");
    let mut program = Command::new(env!("CARGO_BIN_EXE_inference"));
    for variable in FOREIGN {
        program.env_remove(variable);
    }
    program.arg("fetch").arg("--into").arg(folder).arg("--report").arg(&report).args(source);
    program.envs(environment.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(DEADLINE, program.output()).await.expect("it ends in time").expect("it starts");
    Ended {
        success: output.status.success(),
        log: String::from_utf8_lossy(&output.stderr).into_owned(),
        report: std::fs::read_to_string(report).unwrap_or_default(),
    }
}

/// Fetches the repository of `server`, with more arguments.
pub async fn fetch_hub(server: &Server, folder: &Path, more: &[&str]) -> Ended {
    fetch(folder, &hub_arguments(&server.url, more), &[]).await
}

/// Arguments for the repository that test servers have.
pub fn hub_arguments<'a>(endpoint: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let repository = ["hugging-face", "--repository", REPOSITORY, "--revision", REVISION, "--endpoint", endpoint];
    repository.into_iter().chain(more.iter().copied()).collect()
}

/// Names in a folder, sorted, hidden ones left out.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}
