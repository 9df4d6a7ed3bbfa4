//! The files that the laws look at.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::syntax::{self, Scope};

/// A checkout.
pub struct Tree {
    /// Every text file, by its path from the root.
    pub texts: BTreeMap<String, String>,
    /// The Rust files among them, in the order of their paths.
    pub code: Vec<Code>,
}

/// A Rust file.
pub struct Code {
    /// Path from the root, with `/`.
    pub path: String,
    /// Lines without those of tests inside.
    pub lines: usize,
    pub scope: Scope,
    /// Lines with `unsafe`.
    pub unsafes: Vec<usize>,
}

impl Tree {
    /// Parses the Rust files among `texts`.
    pub fn new(texts: BTreeMap<String, String>) -> Result<Self> {
        let rust = texts.iter().filter(|(path, _)| is_rust(path));
        let code = rust.map(|(path, text)| {
            let scope = syntax::scope(text).with_context(|| format!("parse {path}"))?;
            let lines = text.lines().count() - scope.test_lines;
            Ok(Code { path: path.clone(), lines, scope, unsafes: syntax::unsafes(text)? })
        });
        let code = code.collect::<Result<_>>()?;
        Ok(Self { texts, code })
    }

    /// Place of a Rust file in `code`.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.code.binary_search_by(|code| code.path.as_str().cmp(path)).ok()
    }

    /// A line of a file, for people.
    pub fn line(&self, path: &str, number: usize) -> &str {
        let text = self.texts.get(path).map_or("", String::as_str);
        text.lines().nth(number.saturating_sub(1)).unwrap_or_default().trim()
    }
}

/// Whether a path is of a Rust file.
pub fn is_rust(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "rs")
}
