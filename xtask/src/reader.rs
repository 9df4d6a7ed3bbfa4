//! The reader of notes: SmolLM2-135M-Instruct with the adapter of this repository, in one folder.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::shell::root;
use crate::smollm2;

/// Where it lies, below the root of the checkout. Images and tests take it from here.
const FOLDER: &str = "target/models/reader";
/// The adapter, in the repository and in the folder.
const ADAPTER: &str = "adapter.gguf";

/// Puts the reader together unless it is there, and returns its folder.
pub fn bring() -> Result<PathBuf> {
    let model = smollm2::bring()?;
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    for entry in fs::read_dir(&model).with_context(|| format!("list {}", model.display()))? {
        let file = entry?.path();
        let name = file.file_name().unwrap_or_default();
        put(&file, &folder.join(name))?;
    }
    put(&root().join("models/reader").join(ADAPTER), &folder.join(ADAPTER))?;
    Ok(folder)
}

/// Puts a file at `to`, as a second name of it where the file system can, unless the same one is there.
fn put(from: &PathBuf, to: &PathBuf) -> Result<()> {
    let is_same = |one: &fs::Metadata, other: &fs::Metadata| {
        one.len() == other.len() && one.modified().ok() <= other.modified().ok()
    };
    let known = fs::metadata(to).ok().zip(fs::metadata(from).ok()).is_some_and(|(to, from)| is_same(&from, &to));
    if known {
        return Ok(());
    }
    let _ = fs::remove_file(to);
    fs::hard_link(from, to)
        .or_else(|_| fs::copy(from, to).map(drop))
        .with_context(|| format!("put {} in place", to.display()))
}
