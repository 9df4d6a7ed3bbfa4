//! Runs the tools that fetch and unpack, and prints their progress.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use tokio::process::Command;
use tokio::time;

use super::error::Error;
use super::packages::Package;
use super::records;

/// Pause between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(5);

/// Runs a tool to its end, and prints a line of `progress` every few seconds.
pub(super) async fn run(
    tool: &'static str,
    packages: &str,
    command: &mut Command,
    progress: impl Fn() -> String,
) -> Result<Output, Error> {
    let started = Instant::now();
    command.stdin(Stdio::null()).kill_on_drop(true).env("LC_ALL", "C.UTF-8").env("DEBIAN_FRONTEND", "noninteractive");
    let output = command.output();
    tokio::pin!(output);
    loop {
        match time::timeout(PROGRESS, &mut output).await {
            Ok(Ok(output)) => return Ok(output),
            Ok(Err(source)) if source.kind() == io::ErrorKind::NotFound => {
                return Err(Error::MissingTool { tool, packages: packages.to_owned() });
            }
            Ok(Err(source)) => return Err(Error::Run { tool, source }),
            Err(_) => eprintln!("  {} ({} s)", progress(), started.elapsed().as_secs()),
        }
    }
}

/// The output of a tool that succeeded, else an error with the last line of its errors.
pub(super) fn succeeded(action: &'static str, packages: &str, output: &Output) -> Result<String, Error> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let complaint = said.lines().rev().find(|line| line.starts_with("E: ")).or_else(|| said.lines().last());
    let message = complaint.unwrap_or("no reason given").trim_start_matches("E: ").to_owned();
    Err(Error::Failed { action, packages: packages.to_owned(), message })
}

/// Unpacks the packages in `archives` into `root` and removes `archives`.
pub(super) async fn extract(packages: &[Package], archives: &Path, root: &Path) -> Result<(), Error> {
    eprintln!("Unpacking {} packages", packages.len());
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    stream::iter(packages)
        .map(Ok)
        .try_for_each_concurrent(at_once, |package| extract_one(package, archives, root))
        .await?;
    fs::remove_dir_all(archives).map_err(|source| Error::Run { tool: "dpkg-deb", source })
}

async fn extract_one(package: &Package, archives: &Path, root: &Path) -> Result<(), Error> {
    let archive = archives.join(&package.file);
    let ask = async |arguments: &[&OsStr]| {
        let mut command = Command::new("dpkg-deb");
        command.args(arguments);
        let output = run("dpkg-deb", &package.name, &mut command, || format!("Unpacking {}", package.name)).await?;
        succeeded("unpack", &package.name, &output)
    };
    let listing = ask(&["--vextract".as_ref(), archive.as_os_str(), root.as_os_str()]).await?;
    let description = ask(&["--field".as_ref(), archive.as_os_str()]).await?;
    let kept = records::keep(root, &package.name, &description, &listing);
    kept.map_err(|source| Error::Run { tool: "dpkg-deb", source })
}
