//! Every check of the repository, in the order in which they fail fastest.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::cluster::{Cluster, build, devcluster, devcluster_is_built};
use crate::shell::{command, output, programs, root, run, step};
use crate::{model, tidy, up};

/// What to leave out while working on something.
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
    eprintln!("From nothing this takes about 40 minutes on two cores, later about 15.");
    let go = GoBuild::start_where_needed();
    if !options.only_e2e {
        step("format", || run(command("cargo", ["fmt", "--all", "--check"])))?;
        step("tidy", tidy::tidy)?;
        step("built-in model", model::files)?;
    }
    build()?;
    go.map_or(Ok(()), GoBuild::finish)?;
    step("build or find Kubernetes", || run(devcluster(["build"])))?;
    step("unpack PostgreSQL, install MLflow", || run(command::<&str>(programs().join("fixtures"), [])))?;
    if !options.only_e2e {
        step("unit, property, snapshot and integration tests", || {
            run(tests(["--workspace", "--lib", "--bins", "--test", "it"]))
        })?;
        step("lints", || run(lints()))?;
    }
    if !options.no_e2e {
        e2e()?;
    }
    eprintln!("All checks passed in {:.1} minutes.", start.elapsed().as_secs_f32() / 60.0);
    Ok(())
}

/// A cluster of its own for the end-to-end tests: gone when they end, however they end.
fn e2e() -> Result<()> {
    let name = format!("e2e-{}", std::process::id());
    let node = step("start a cluster for the end-to-end tests", || E2eNode::start(&name))?;
    let cluster = Cluster::Devcluster(name.clone());
    up::install(&cluster)?;
    let mut e2e = tests(["--workspace", "--test", "whole", "--", "--nocapture"]);
    e2e.env("E2E_KUBECONFIG", output(devcluster(["kubeconfig", "--name", &name]))?);
    e2e.env("E2E_URL", output(devcluster(["url", "--name", &name]))?);
    step("end-to-end tests", || run(e2e))?;
    drop(node);
    Ok(())
}

/// A node that lives as long as the pipe to it.
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
            // The last line of its description: what starts with `stop` is how to stop it.
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

/// Kubernetes being compiled beside the Rust build: Go's cache is warm when devcluster links it.
pub struct GoBuild {
    child: Child,
    log: String,
    start: Instant,
}

impl GoBuild {
    /// Starts the build unless devcluster exists already (it then finds its binaries in its own cache).
    pub fn start_where_needed() -> Option<Self> {
        if devcluster_is_built() || std::env::var_os("KUBEBUILDER_ASSETS").is_some() {
            return None;
        }
        eprintln!("==> compile Kubernetes beside the Rust build (first time: about 10 minutes)");
        Self::start().inspect_err(|error| eprintln!("    not started: {error:#}")).ok()
    }

    fn start() -> Result<Self> {
        std::fs::create_dir_all(root().join("target")).context("make target/")?;
        let log = root().join("target/go-build.log");
        let output = File::create(&log).context("open target/go-build.log")?;
        let mut go = command("go", ["build", "-trimpath", "./..."]);
        go.current_dir(root().join("devcluster/kubernetes"));
        go.envs([("CGO_ENABLED", "0"), ("GOFLAGS", "-mod=readonly -buildvcs=false"), ("GOTOOLCHAIN", "local")]);
        go.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let child = go.spawn().context("start `go`: install Go 1.26 or later")?;
        Ok(Self { child, log: log.display().to_string(), start: Instant::now() })
    }

    /// Waits for the end of the build.
    pub fn finish(mut self) -> Result<()> {
        eprintln!("    waiting for the Go build");
        let status = self.child.wait().context("wait for the Go build")?;
        if !status.success() {
            bail!("the Go build failed: see {}", self.log);
        }
        eprintln!("    Kubernetes compiled {:.0} s after its start", self.start.elapsed().as_secs_f32());
        Ok(())
    }
}
