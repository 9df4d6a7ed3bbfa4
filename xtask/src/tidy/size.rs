//! Files that a person can hold in mind. Functions are limited by clippy (`too-many-lines-threshold`).

use super::modules::is_root;
use super::tree::{Code, Tree};

/// No file is longer, tests inside it aside.
const LINES_MAX: usize = 400;
/// Half of the files are shorter.
const MEDIAN_MAX: usize = 120;
/// A room that only declares its files has at least as many: fewer are one subject, whose file says something itself.
const CHILDREN_MIN: usize = 3;
/// ... and says in as many lines what it owns and where to begin.
const ROOM_DOC_MIN: usize = 2;

pub fn findings(tree: &Tree) -> Vec<String> {
    let long = tree.code.iter().filter(|code| code.lines > LINES_MAX).map(|code| {
        format!("{}: {} lines, at most {LINES_MAX}: split it by a noun of its subject", code.path, code.lines)
    });
    let empty = tree.code.iter().filter(|code| is_empty_room(tree, code)).map(|code| {
        format!(
            "{}: only declares modules: give it its subject's main type or story, or, for a room of at least \
             {CHILDREN_MIN} files, a comment of {ROOM_DOC_MIN} lines that says what it owns",
            code.path
        )
    });
    long.chain(empty).chain(median(tree)).collect()
}

fn median(tree: &Tree) -> Option<String> {
    let mut all: Vec<usize> = tree.code.iter().map(|code| code.lines).collect();
    all.sort_unstable();
    let median = all.get(all.len() / 2).filter(|median| **median > MEDIAN_MAX)?;
    Some(format!("the median Rust file has {median} lines, at most {MEDIAN_MAX}"))
}

/// Whether a file was cut off only to please the limit of another.
fn is_empty_room(tree: &Tree, code: &Code) -> bool {
    if is_root(&code.path) || code.scope.has_content {
        return false;
    }
    let children = code.scope.declared.iter().filter(|child| !child.is_test).count();
    let doc = tree.texts[&code.path].lines().take_while(|line| line.starts_with("//!")).count();
    children < CHILDREN_MIN || doc < ROOM_DOC_MIN
}
