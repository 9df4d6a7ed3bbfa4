//! Every Rust file is reached from a crate root by `mod` declarations: a file that is not compiled is a lie.

use std::collections::BTreeSet;

use super::Source;

pub fn findings(sources: &[Source]) -> Vec<String> {
    let known: BTreeSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut reached: BTreeSet<String> = known.iter().filter(|path| is_root(path)).map(ToString::to_string).collect();
    let mut waiting: Vec<String> = reached.iter().cloned().collect();
    while let Some(path) = waiting.pop() {
        let Some(source) = sources.iter().find(|source| source.path == path) else { continue };
        for module in modules(&source.text) {
            let child = format!("{}/{module}.rs", folder_of_children(&path));
            if known.contains(child.as_str()) && reached.insert(child.clone()) {
                waiting.push(child);
            }
        }
    }
    let dead = known.iter().filter(|path| !reached.contains(**path));
    dead.map(|path| format!("{path}: no `mod` leads here, so it is never compiled")).collect()
}

/// `lib.rs`, `main.rs`, `build.rs` and the first file of a test, bench, example or second binary.
fn is_root(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [_, "build.rs"] | [_, "src", "lib.rs" | "main.rs"] | [_, "src", "bin", _] => true,
        [_, "tests" | "benches" | "examples", rest @ ..] => matches!(rest, [_] | [_, "main.rs"]),
        _ => false,
    }
}

/// Where the children of a file lie: beside a crate root, else in a folder of the file's name.
fn folder_of_children(path: &str) -> String {
    if is_root(path) {
        path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
    } else {
        path.trim_end_matches(".rs").to_owned()
    }
}

/// Names in lines such as `mod name;` or `pub(crate) mod name;`.
fn modules(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let name = line.trim().strip_suffix(';')?;
        let (before, name) = name.rsplit_once("mod ")?;
        (before.is_empty() || before.starts_with("pub")).then_some(name.trim())
    })
}
