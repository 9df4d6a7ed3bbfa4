//! Names in ARCHITECTURE.md: a document that names what is gone is no longer believed.

use super::tree::{Tree, is_rust};

const DOCUMENT: &str = "ARCHITECTURE.md";
/// A name in back-quotes with so many underscores is a test, written as a sentence.
const SENTENCE_UNDERSCORES: usize = 3;

pub fn findings(tree: &Tree) -> Vec<String> {
    let document = tree.texts.get(DOCUMENT).map_or("", String::as_str);
    let names = document.lines().enumerate().flat_map(|(number, line)| {
        let quoted = line.split('`').skip(1).step_by(2);
        quoted.map(move |name| (number + 1, name))
    });
    let gone = names.filter_map(|(number, name)| {
        let what = match name {
            test if is_test(test) && !has_function(tree, test) => "test",
            path if is_path(path) && !has_file(tree, path) => "file",
            _ => return None,
        };
        Some(format!("{DOCUMENT}:{number}: there is no {what} `{name}`: name what stands there now"))
    });
    gone.collect()
}

fn is_test(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(is_word) && name.matches('_').count() >= SENTENCE_UNDERSCORES
}

fn is_path(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.');
    name.chars().all(is_plain) && !name.starts_with('/') && (name.contains('/') || is_rust(name))
}

fn has_function(tree: &Tree, name: &str) -> bool {
    let start = format!("fn {name}(");
    tree.texts.values().any(|text| text.contains(&start))
}

/// Whether a file or folder has this path, from the root or from the sources of a crate, with or without its ending.
fn has_file(tree: &Tree, name: &str) -> bool {
    let name = name.trim_end_matches('/');
    let inside = format!("/{name}/");
    let ends = [format!("/{name}"), format!("/{name}.rs")];
    tree.texts
        .keys()
        .map(|path| format!("/{path}"))
        .any(|path| path.contains(&inside) || ends.iter().any(|end| path.ends_with(end)))
}
