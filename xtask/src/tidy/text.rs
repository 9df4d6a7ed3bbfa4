//! Text that must not be in the repository: leftovers and things that belong to one machine.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::read;

/// Each marker with what to do about it. Split so that this file does not find itself.
const MARKERS: [(&str, &str); 6] = [
    (concat!("FIX", "ME"), "mend it or open an issue"),
    (concat!("XX", "X"), "say what it means"),
    (concat!("unimpl", "emented!("), "implement it or leave it out"),
    (concat!("to", "do!("), "implement it or leave it out"),
    (concat!("#[ign", "ore"), "a test that is not run is a lie"),
    (concat!("/ro", "ot/"), "a path of one machine: derive it"),
];

/// What people and compilers write; weights, archives and lock files are left alone.
const EXTENSIONS: [&str; 10] = ["rs", "toml", "yaml", "md", "html", "css", "js", "sql", "py", "sh"];

pub fn findings(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for path in files.iter().filter(|path| is_prose_or_code(path.as_path())) {
        let text = read(path)?;
        for (number, line) in text.lines().enumerate() {
            for (marker, advice) in MARKERS.iter().filter(|(marker, _)| line.contains(marker)) {
                findings.push(format!("{}:{}: `{marker}`: {advice}", path.display(), number + 1));
            }
        }
        if path.extension().is_some_and(|extension| extension == "rs")
            && !text.starts_with("//!")
            && needs_module_doc(path)
        {
            findings.push(format!("{}: begin with a `//!` sentence that says what the file owns", path.display()));
        }
    }
    Ok(findings)
}

fn is_prose_or_code(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// A `tests.rs` is explained by the file it stands beside.
fn needs_module_doc(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name != "tests.rs")
}
