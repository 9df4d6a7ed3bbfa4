//! Work that is done once and then only when its recipe changes.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Runs `work` unless `folder/mark` says that the same `recipe` was done before.
pub fn once(folder: &Path, mark: &str, recipe: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let mark = folder.join(mark);
    if fs::read_to_string(&mark).is_ok_and(|done| done == recipe) {
        return Ok(());
    }
    work()?;
    fs::write(&mark, recipe).with_context(|| format!("write {}", mark.display()))
}
