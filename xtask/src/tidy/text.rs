//! Text that must not be in the repository: leftovers, and things that belong to one machine.

use super::tree::{Tree, is_rust};

/// Each marker with what to do about it. Split so that this file does not find itself.
const MARKERS: [(&str, &str); 12] = [
    (concat!("FIX", "ME"), "mend it or open an issue"),
    (concat!("TO", "DO"), "do it or open an issue"),
    (concat!("XX", "X"), "say what it means"),
    (concat!("unimpl", "emented!("), "implement it or leave it out"),
    (concat!("to", "do!("), "implement it or leave it out"),
    (concat!("#[ign", "ore"), "a test that is not run proves nothing"),
    (concat!("/ro", "ot/"), "a path of one machine: derive it"),
    (concat!("crates", ".io"), REGISTRY),
    (concat!("pypi", ".org"), REGISTRY),
    (concat!("golang", ".org"), REGISTRY),
    (concat!("npmjs", ".org"), REGISTRY),
    (concat!("deb.deb", "ian.org"), REGISTRY),
];
const REGISTRY: &str = "a registry's host: each machine is set up for its own";

pub fn findings(tree: &Tree) -> Vec<String> {
    let lines = tree
        .texts
        .iter()
        .flat_map(|(path, text)| text.lines().enumerate().map(move |(number, line)| (path, number + 1, line)));
    let marked = lines.flat_map(|(path, number, line)| {
        let found = MARKERS.iter().filter(move |(marker, _)| line.contains(marker));
        found.map(move |(marker, advice)| format!("{path}:{number}: `{marker}`: {advice}"))
    });
    let undocumented = tree.texts.iter().filter(|(path, text)| needs_module_doc(path) && !text.starts_with("//!"));
    let undocumented =
        undocumented.map(|(path, _)| format!("{path}: begin with a `//!` sentence that says what the file owns"));
    marked.chain(undocumented).collect()
}

/// A `tests.rs` is explained by the file it stands beside.
fn needs_module_doc(path: &str) -> bool {
    is_rust(path) && !path.ends_with("/tests.rs")
}
