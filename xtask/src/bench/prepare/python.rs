//! Virtual environments for the Python programs, and the model that one of these programs makes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::once::once;
use crate::shell::{command, root, run};

/// Where our Python programs lie.
const SCRIPTS: &str = "xtask/bench";

/// Makes the model, or checks its files if it exists.
pub fn make_model(folder: &Path) -> Result<()> {
    let scripts = root().join(SCRIPTS);
    let recipe = fs::read_to_string(scripts.join("model.py"))? + &fs::read_to_string(scripts.join("vocabulary.py"))?;
    let model = folder.join("model");
    fs::create_dir_all(&model)?;
    let mut is_new = false;
    once(&model, "recipe", &recipe, || {
        is_new = true;
        let mut make = command(with_gguf(folder)?, [format!("{SCRIPTS}/model.py")]);
        make.arg(&model);
        run(make)
    })?;
    if is_new {
        return Ok(());
    }
    let mut check = command("sha256sum", ["--check", "--quiet", "SHA256SUMS"]);
    check.current_dir(&model);
    run(check).with_context(|| format!("a file of the model has changed: remove {}", model.display()))
}

/// A Python that can write GGUF files.
pub fn with_gguf(folder: &Path) -> Result<PathBuf> {
    environment(&folder.join("python"), "requirements.txt")
}

/// A Python with torch and transformers.
pub fn with_transformers(folder: &Path) -> Result<PathBuf> {
    let environment_folder = folder.join("transformers");
    if !environment_folder.exists() {
        eprintln!("    downloading torch and what it needs: 2.5 GB, 5.6 GB on disk; `--python` uses one that you have");
    }
    environment(&environment_folder, "transformers.txt")
}

/// A Python with Flask, gunicorn and `SQLAlchemy`.
pub fn with_flask(folder: &Path) -> Result<PathBuf> {
    environment(&folder.join("flask"), "web.txt")
}

/// A virtual environment with exactly the packages that a file lists.
fn environment(folder: &Path, list: &str) -> Result<PathBuf> {
    let list = root().join(SCRIPTS).join(list);
    let python = folder.join("bin/python");
    let recipe = fs::read_to_string(&list).with_context(|| format!("read {}", list.display()))?;
    fs::create_dir_all(folder)?;
    once(folder, "packages", &recipe, || {
        let mut make = command("python3", ["-m", "venv"]);
        make.arg(folder);
        run(make)?;
        let mut install = command(&python, ["-m", "pip", "install", "--quiet", "--requirement"]);
        install.arg(&list);
        run(install)
    })?;
    if !python.exists() {
        bail!("there is no Python in {}: remove that folder", folder.display());
    }
    Ok(python)
}
