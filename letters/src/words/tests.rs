use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::*;

/// The files below a folder of this crate, by their paths in it.
fn files(folder: &str, extension: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut waiting: Vec<PathBuf> = vec![root.clone()];
    let mut found = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == extension) {
            let name = path.strip_prefix(&root).unwrap().with_extension("").to_str().unwrap().to_owned();
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

#[test]
fn files_are_sorted_and_hold_every_entry_once() {
    for (name, text) in files("words", "txt") {
        assert!(text.starts_with("# "), "{name} says what it holds");
        let entries: Vec<&str> = text.leak().lines().filter_map(entry).collect();
        assert!(!entries.is_empty() && entries.is_sorted_by(|one, next| one < next), "{name}: {entries:?}");
    }
}

#[test]
fn every_file_is_used() {
    let sources: String = files("src", "rs").into_values().collect();
    for name in files("words", "txt").into_keys() {
        assert!(sources.contains(&format!("\"{name}\"")), "{name} is used nowhere");
    }
}

#[test]
fn lines_hold_entries_reasons_and_comments() {
    let list = List::read("# Words.\na\n\"b \"\nbe  # a reason\nc#\nc = d\n");
    assert_eq!(list.iter().collect::<Vec<_>>(), ["a", "b ", "be", "c = d", "c#"]);
    assert!(list.has("be") && !list.has("b"));
    assert_eq!(list.pair_of("c"), Some("d"));
}

#[test]
fn the_longest_beginning_is_found() {
    let list = List::read("in\nin my\nin the\n");
    assert_eq!(list.beginning_of("in my year"), Some("in my"));
    assert_eq!(list.beginning_of("into"), Some("in"));
    assert_eq!(list.beginning_of("on"), None);
}
