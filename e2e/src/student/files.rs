//! What a student takes away from a page: files that the browser saves, and text that it copies.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::{PAGE_WITHIN, Student};
use crate::browser::Extension;
use crate::eventually::eventually;

/// What a browser calls a file that it has not saved whole.
const UNFINISHED: &str = "crdownload";

/// A file as it was saved.
pub struct Saved {
    /// Name that the browser gave it.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl Student {
    /// Presses a link to a file, and returns the file once the browser has saved it.
    ///
    /// # Errors
    /// When there is no such link, or no file in time.
    pub async fn saves(&self, selector: &str) -> Result<Saved> {
        let folder = TempDir::new().context("make a folder for downloads")?;
        Extension::downloads(folder.path()).send(&self.browser).await?;
        self.press(selector).await?;
        eventually(&format!("the file behind {selector}"), PAGE_WITHIN, async || whole(folder.path())).await
    }

    /// Presses the button that copies the letter, and returns what another program would paste.
    ///
    /// # Errors
    /// When there is no such button, or nothing was copied in time.
    pub async fn copies(&self) -> Result<String> {
        Extension::clipboard().send(&self.browser).await?;
        self.press("#copy").await?;
        self.sees("Copied").await?;
        let script = "const told = arguments[arguments.length - 1]; \
            navigator.clipboard.readText().then(told, error => told(String(error)))";
        let pasted = self.browser.execute_async(script, Vec::new()).await.context("read what was copied")?;
        Ok(pasted.as_str().unwrap_or_default().to_owned())
    }
}

/// The one file of a folder, unless it is still written.
fn whole(folder: &Path) -> Result<Option<Saved>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    let [path] = paths.as_slice() else { return Ok(None) };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.starts_with('.') || path.extension().is_some_and(|extension| extension == UNFINISHED) {
        return Ok(None);
    }
    Ok(Some(Saved { name, content: fs::read(path)? }))
}
