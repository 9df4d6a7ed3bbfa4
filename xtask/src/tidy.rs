//! The house rules, checked by reading the repository: a rule that nothing checks is soon broken.
//!
//! `tidy/house.rs` is the table of what may import what; the other files are one law each.

mod checkout;
mod circles;
mod crates;
mod dead_files;
mod documents;
mod house;
mod imports;
mod modules;
mod only_here;
mod rooms;
mod size;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use anyhow::{Result, bail};
use serde_json::Value;

use house::{HOUSE, IMPURE, ONLY_HERE};
use imports::Imports;
use rooms::Rooms;
use tree::Tree;

/// Checks everything and lists every finding.
pub fn tidy() -> Result<()> {
    let findings = findings(&checkout::tree()?, &crates::metadata()?);
    for finding in &findings {
        eprintln!("  {finding}");
    }
    if findings.is_empty() {
        return Ok(());
    }
    bail!("{} findings: mend them, or change the rule in xtask/src/tidy/ and say why", findings.len());
}

fn findings(tree: &Tree, metadata: &Value) -> Vec<String> {
    let imports = Imports::of(tree);
    let rooms = Rooms::new(&imports, HOUSE);
    [
        crates::findings(metadata, HOUSE),
        rooms.gaps(),
        rooms.upward_imports(),
        rooms.impurities(IMPURE),
        circles::findings(&imports, &rooms),
        only_here::findings(&imports, ONLY_HERE),
        size::findings(tree),
        dead_files::findings(tree, &imports.modules),
        text::findings(tree),
        documents::findings(tree),
    ]
    .concat()
}
