//! The repository's own rules, checked by reading its text: a rule that nothing checks is soon broken.

mod dead_files;
mod layers;
mod size;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::shell::{command, output, root};

/// A text file of the workspace.
pub struct Source {
    /// Path relative to the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Crate folder: `operator` for `operator/src/apply.rs`.
    pub fn krate(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether the file holds only tests.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.starts_with("e2e/")
    }
}

/// Checks everything and lists every finding, one a line.
pub fn tidy() -> Result<()> {
    let files = tracked_files()?;
    let sources = sources(&files, "rs")?;
    let mut findings = Vec::new();
    findings.extend(size::findings(&sources));
    findings.extend(layers::findings(&sources));
    findings.extend(layers::program_dependencies(&sources_named(&files, "Cargo.toml")?));
    findings.extend(dead_files::findings(&sources));
    findings.extend(text::findings(&files)?);
    if findings.is_empty() {
        return Ok(());
    }
    for finding in &findings {
        eprintln!("  {finding}");
    }
    bail!("{} findings: mend them, or change the rule in xtask/src/tidy/ and say why", findings.len());
}

fn tracked_files() -> Result<Vec<PathBuf>> {
    let listed = output(command("git", ["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    Ok(listed.lines().map(PathBuf::from).filter(|path| root().join(path).is_file()).collect())
}

fn sources(files: &[PathBuf], extension: &str) -> Result<Vec<Source>> {
    load(files.iter().filter(|path| path.extension().is_some_and(|its| its == extension)))
}

fn sources_named(files: &[PathBuf], name: &str) -> Result<Vec<Source>> {
    load(files.iter().filter(|path| path.file_name().is_some_and(|its| its == name)))
}

fn load<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Result<Vec<Source>> {
    files.map(|path| Ok(Source { path: path.display().to_string(), text: read(path)? })).collect()
}

/// Text of a tracked file.
fn read(path: &Path) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| format!("read {}", path.display()))
}
