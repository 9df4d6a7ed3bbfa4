//! The shared libraries that programs need, and those that the libraries need in turn.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{Error, Tree, at, elf};
use crate::debian::multiarch;

/// Adds to `tree` the loader and all libraries that `programs` need, from the packages unpacked in `root`.
///
/// Every library becomes one plain file in the folder where the loader looks first.
pub(super) fn add(tree: &mut Tree, root: &Path, programs: &[PathBuf]) -> Result<(), Error> {
    let mut found = BTreeSet::new();
    let mut todo = programs.to_vec();
    while let Some(user) = todo.pop() {
        let bytes = fs::read(&user).map_err(at(&user))?;
        let elf = elf::parse(&bytes).ok_or_else(|| Error::NotElf(user.clone()))?;
        if let Some(path) = elf.interpreter.filter(|path| found.insert(path.clone())) {
            let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
            tree.file(&path, 0o755, find(root, &name, &user)?);
        }
        for name in elf.needed {
            // The loader is also a library, and must not be there twice.
            if !name.starts_with("ld-linux") && found.insert(name.clone()) {
                let library = find(root, &name, &user)?;
                tree.file(&format!("usr/lib/{}/{name}", multiarch()), 0o644, library.clone());
                todo.push(library);
            }
        }
    }
    Ok(())
}

/// The file behind a library's name.
fn find(root: &Path, name: &str, user: &Path) -> Result<PathBuf, Error> {
    let folders = [format!("lib/{}", multiarch()), format!("usr/lib/{}", multiarch()), "lib".into(), "usr/lib".into()];
    let file = folders.iter().find_map(|folder| fs::canonicalize(root.join(folder).join(name)).ok());
    file.ok_or_else(|| Error::MissingLibrary { library: name.to_owned(), user: user.to_owned() })
}
