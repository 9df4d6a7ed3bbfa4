//! `compose`: starts the system as `compose.yaml` says, sees that letters are written and outlive a restart, and removes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::cluster::{build, build_kubernetes, build_one, devcluster};
use crate::reader;
use crate::shell::{command, programs, root, run, step, succeeds};

mod bases;
mod engine;

use engine::Engine;

/// How the image is made.
#[derive(Args)]
pub struct Options {
    /// Compile everything in the image's build, as `docker compose up` does, instead of taking what is built here
    #[arg(long)]
    from_source: bool,
    /// Make the images that the Dockerfile begins with from this machine's Debian packages, Rust and Go: for machines
    /// that reach no registry. Needs debootstrap
    #[arg(long)]
    debootstrap: bool,
}

/// The image that `compose.yaml` names.
const IMAGE: &str = "coverletter.dev/node:dev";
/// The address that the container prints.
const ADDRESS: &str = "http://localhost:8080";
/// The node starts within a minute on two idle cores.
const READY_WITHIN: Duration = Duration::from_mins(10);
const POLL: Duration = Duration::from_secs(1);

/// Makes the image, starts it, has a letter written, starts it again and removes it.
pub fn compose(options: &Options) -> Result<()> {
    let engine = Engine::find()?;
    engine.configure()?;
    let mut arguments = Vec::new();
    if options.debootstrap {
        arguments.extend(step("make base images", || bases::make(engine))?);
    }
    if !options.from_source {
        arguments.extend(built_here()?);
    }
    step("make the image", || {
        let mut build = engine.command(["build", "--network", "host", "--target", "node", "--tag", IMAGE]);
        build.args(arguments).arg(".");
        run(build)
    })?;
    // Best effort, in case an earlier run was ended.
    let _ = run(engine.compose(&["down", "--volumes"]));
    let outcome = live_twice(engine);
    if outcome.is_err() {
        let _ = run(engine.compose(&["logs"]));
    }
    outcome.and(step("remove everything", || run(engine.compose(&["down", "--volumes"]))))
}

fn live_twice(engine: Engine) -> Result<()> {
    step("start it", || start(engine))?;
    step("write a letter", || {
        // The sample is in the image too, beside the manifests that were installed.
        engine.kubectl(&["apply", "--namespace", "letters", "--filename", "config/samples/coverletterrequest.yaml"])?;
        let state = "--for=jsonpath={.status.state}=Succeeded";
        engine.kubectl(&["wait", state, "--timeout=120s", "--namespace", "letters", "coverletterrequest/example"])
    })?;
    step("stop it", || run(engine.compose(&["down"])))?;
    step("start it again", || start(engine))?;
    step("read the letter", || {
        let path = "jsonpath={.status.letter}";
        engine.kubectl(&["get", "--namespace", "letters", "coverletterrequest/example", "--output", path])
    })
}

/// Starts the service and waits until its site answers.
fn start(engine: Engine) -> Result<()> {
    run(engine.compose(&["up", "--detach", "--no-build"]))?;
    let began = Instant::now();
    // The site answers before the app is ready, so the line that names it is awaited too.
    while !(engine.says(ADDRESS) && succeeds(command("curl", ["--silent", "--fail", "--max-time", "5", ADDRESS]))) {
        ensure!(succeeds(engine.exec(&["true"])), "the container has ended");
        ensure!(began.elapsed() < READY_WITHIN, "the site does not answer at {ADDRESS}");
        sleep(POLL);
    }
    Ok(())
}

/// The arguments that put what is built on this machine in the place of the stages that compile.
fn built_here() -> Result<Vec<String>> {
    build_one("devcluster")?;
    let kubernetes = build_kubernetes()?;
    build()?;
    kubernetes.finish()?;
    let folder = root().join("target/compose");
    let _ = fs::remove_dir_all(&folder);
    let [build, kubernetes, reader] = ["build", "kubernetes", "reader"].map(|stage| folder.join(stage));
    for (program, to) in
        [("operator", "programs"), ("webapp", "programs"), ("inference", "programs"), ("devcluster", "tools")]
    {
        copy(&programs().join(program), &build.join(to))?;
    }
    let into = kubernetes.join("programs");
    run(devcluster(["build", "--into", &into.display().to_string()]))?;
    for file in fs::read_dir(reader::bring()?).context("list the reader of notes")? {
        copy(&file?.path(), &reader.join("models/reader"))?;
    }
    let context = |name: &str, path: PathBuf| ["--build-context".to_owned(), format!("{name}={}", path.display())];
    Ok([context("build", build), context("kubernetes", kubernetes), context("reader", reader)].concat())
}

fn copy(file: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    let name = file.file_name().unwrap_or_default();
    fs::copy(file, folder.join(name)).with_context(|| format!("copy {}", file.display())).map(drop)
}
