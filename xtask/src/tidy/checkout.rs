//! Reads this checkout.

use std::fs;

use anyhow::{Context as _, Result};

use super::tree::Tree;
use crate::shell::{command, output, root};

/// What people and compilers write; weights, archives and lock files are left alone.
const EXTENSIONS: [&str; 10] = ["rs", "toml", "yaml", "md", "html", "css", "js", "sql", "py", "sh"];

/// The text files of this checkout that git tracks, or would if they were added.
pub fn tree() -> Result<Tree> {
    let listed = output(command("git", ["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let files = listed.lines().filter(|path| is_text(path) && root().join(path).is_file());
    let texts = files.map(|path| {
        let text = fs::read_to_string(root().join(path)).with_context(|| format!("read {path}"))?;
        Ok((path.to_owned(), text))
    });
    Tree::new(texts.collect::<Result<_>>()?)
}

fn is_text(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}
