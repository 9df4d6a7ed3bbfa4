//! Every check of the repository, in the order in which they fail fastest.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::cluster::{Cluster, build, build_kubernetes, build_one, devcluster};
use crate::shell::{Background, command, output, programs, run, step};
use crate::{deny, model, reader, tidy, up};

/// Which checks to leave out.
#[derive(Args)]
pub struct Options {
    /// Skip the end-to-end tests in a cluster and a browser.
    #[arg(long)]
    pub no_e2e: bool,
    /// Only the end-to-end tests.
    #[arg(long, conflicts_with = "no_e2e")]
    pub only_e2e: bool,
}

/// Runs the checks.
pub fn test(options: &Options) -> Result<()> {
    let start = Instant::now();
    eprintln!(
        "Everything that the tests need, the e2e browser included, is built or unpacked into caches; nothing is installed."
    );
    eprintln!("From nothing this takes about 50 minutes on two cores, later about 20.");
    if !options.only_e2e {
        step("format", || run(command("cargo", ["fmt", "--all", "--check"])))?;
        step("tidy", tidy::tidy)?;
        step("licences, sources and versions of dependencies", deny::deny)?;
        step("built-in model", model::files)?;
    }
    step("a real instruct model for the tests, and the reader of notes", reader::bring)?;
    build_one("fixtures")?;
    let fixtures = Background::start(
        "unpack PostgreSQL, Prometheus and nginx, install MLflow, llama.cpp's server and oidc-provider",
        command::<&str>(programs().join("fixtures"), []),
    )?;
    build_one("devcluster")?;
    let kubernetes = build_kubernetes()?;
    build()?;
    if !options.only_e2e {
        step("lints", || run(lints()))?;
        step("build the tests", || run(tests(["--workspace", "--lib", "--bins", "--test", "it", "--no-run"])))?;
    }
    kubernetes.finish()?;
    fixtures.finish()?;
    if !options.only_e2e {
        step("unit, property, snapshot and integration tests", || {
            run(tests(["--workspace", "--lib", "--bins", "--test", "it"]))
        })?;
    }
    if !options.no_e2e {
        e2e()?;
    }
    eprintln!("All checks passed in {:.1} minutes.", start.elapsed().as_secs_f32() / 60.0);
    Ok(())
}

/// Runs the end-to-end tests in a cluster of their own, which is removed when they end, even by a panic or a signal.
fn e2e() -> Result<()> {
    let name = format!("e2e-{}", std::process::id());
    let node = step("start a cluster for the end-to-end tests", || E2eNode::start(&name))?;
    let cluster = Cluster::Devcluster(name.clone());
    up::install(&cluster, None)?;
    let mut e2e = tests(["--workspace", "--test", "whole", "--", "--nocapture"]);
    e2e.env("E2E_KUBECONFIG", output(devcluster(["kubeconfig", "--name", &name]))?);
    e2e.env("E2E_URL", output(devcluster(["url", "--name", &name]))?);
    step("end-to-end tests", || run(e2e))?;
    drop(node);
    Ok(())
}

/// A node that runs until the pipe to it is closed.
struct E2eNode(Child);

impl E2eNode {
    fn start(name: &str) -> Result<Self> {
        let mut up = devcluster(["up", "--name", name, "--web-port", "18080", "--until-eof"]);
        let mut child = up.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start devcluster")?;
        let printed = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut node = Self(child);
        for line in printed.lines() {
            let line = line.context("read what devcluster prints")?;
            eprintln!("    {line}");
            // The last line of the node's description says how to stop it.
            if line.trim_start().starts_with("stop ") {
                return Ok(node);
            }
        }
        bail!("devcluster ended with {}: `devcluster doctor` says what is missing", node.0.wait()?)
    }
}

impl Drop for E2eNode {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        if let Err(error) = self.0.wait() {
            eprintln!("    the cluster's supervisor cannot be awaited: {error}");
        }
    }
}

/// Always the whole workspace, so that every step shares one set of features and nothing is built twice.
fn tests<'a>(packages: impl IntoIterator<Item = &'a str>) -> Command {
    command("cargo", ["test", "--release", "--no-fail-fast"].into_iter().chain(packages))
}

fn lints() -> Command {
    command("cargo", ["clippy", "--release", "--workspace", "--all-targets", "--", "--deny", "warnings"])
}
