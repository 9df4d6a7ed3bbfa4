//! Every Rust file is reached from a crate root by `mod` declarations: a file that is not compiled proves nothing.

use std::collections::BTreeSet;

use super::modules::Modules;
use super::tree::Tree;

pub fn findings(tree: &Tree, modules: &Modules) -> Vec<String> {
    let reached: BTreeSet<usize> = modules.all.iter().map(|module| module.file).collect();
    let dead = tree.code.iter().enumerate().filter(|(file, _)| !reached.contains(file));
    dead.map(|(_, code)| format!("{}: no `mod` leads here, so it is never compiled", code.path)).collect()
}
