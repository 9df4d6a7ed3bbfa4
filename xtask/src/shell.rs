//! Runs other programs; an error names the command.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// Root of the checkout.
pub fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("xtask is a folder of the workspace").to_path_buf()
}

/// Where cargo puts the programs that tests run and images hold.
pub fn programs() -> PathBuf {
    root().join("target/release")
}

/// A command that runs in the root of the checkout.
///
/// It does not see what `cargo run` tells xtask about xtask's own package: build scripts that read such variables
/// (ring's) would run again, and all that depends on them, whenever cargo is called with xtask and without it in turn.
pub fn command<A: AsRef<OsStr>>(program: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    let is_about_xtask = |name: &str| ["CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|prefix| name.starts_with(prefix));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_about_xtask)) {
        command.env_remove(name);
    }
    command
}

/// Runs `command` with its output shown; an exit status other than 0 is an error.
pub fn run(mut command: Command) -> Result<()> {
    let shown = shown(&command);
    let status = command.status().with_context(|| format!("start `{shown}`: is the program installed?"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs `command` and returns what it printed, without the final newline.
pub fn output(mut command: Command) -> Result<String> {
    let shown = shown(&command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// Whether `command` starts and succeeds; its output is not shown.
pub fn succeeds(mut command: Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Announces a step, runs it and says how long it took.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {title}");
    let start = Instant::now();
    let outcome = work().with_context(|| format!("failed: {title}"))?;
    eprintln!("    {title}: done in {:.1} s", start.elapsed().as_secs_f32());
    Ok(outcome)
}

/// A command that runs beside the steps that follow it, its output among theirs. It is killed when dropped.
pub struct Background {
    title: &'static str,
    shown: String,
    child: Child,
    start: Instant,
}

impl Background {
    /// Starts `command`.
    pub fn start(title: &'static str, mut command: Command) -> Result<Self> {
        eprintln!("==> {title}");
        let shown = shown(&command);
        let child = command.stdin(Stdio::null()).spawn().with_context(|| format!("start `{shown}`"))?;
        Ok(Self { title, shown, child, start: Instant::now() })
    }

    /// Waits until it has ended; an exit status other than 0 is an error.
    pub fn finish(mut self) -> Result<()> {
        let waited = Instant::now();
        let status = self.child.wait().with_context(|| format!("wait for `{}`", self.shown))?;
        if !status.success() {
            bail!("failed: {}: `{}` ended with {status}", self.title, self.shown);
        }
        let (all, waited) = (self.start.elapsed().as_secs_f32(), waited.elapsed().as_secs_f32());
        eprintln!("    {}: done in {all:.1} s, {waited:.1} s of them waited for here", self.title);
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // Best effort: both fail where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
