//! The shared libraries that programs need, and those that the libraries need in turn.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use object::LittleEndian;
use object::elf::{DT_NEEDED, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use super::error::{Error, at};
use super::tree::Tree;
use crate::arch::Arch;

/// Adds to `tree` the loader and all libraries that `programs` of an architecture need, from the packages unpacked in
/// `root`.
///
/// Every library becomes one plain file in the folder that the loader searches first.
pub(super) fn add(tree: &mut Tree, root: &Path, arch: Arch, programs: &[PathBuf]) -> Result<(), Error> {
    let mut found = BTreeSet::new();
    let mut todo = programs.to_vec();
    while let Some(user) = todo.pop() {
        let bytes = fs::read(&user).map_err(at(&user))?;
        let needs = needs(&bytes).map_err(|source| Error::NotElf { path: user.clone(), source })?;
        if let Some(path) = needs.loader.filter(|path| found.insert(path.clone())) {
            let name = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
            tree.file(&path, 0o755, find(root, arch, &name, &user)?);
        }
        for name in needs.libraries {
            // The loader is also a library, and is in the image already.
            if !name.starts_with("ld-linux") && found.insert(name.clone()) {
                let library = find(root, arch, &name, &user)?;
                tree.file(&format!("usr/lib/{}/{name}", arch.multiarch()), 0o644, library.clone());
                todo.push(library);
            }
        }
    }
    Ok(())
}

/// What an ELF file needs beside it.
#[derive(Debug)]
struct Needs {
    /// The path of the loader, unless the file is a library or a static program.
    loader: Option<String>,
    /// The file names of libraries, in the order of the file.
    libraries: Vec<String>,
}

fn needs(file: &[u8]) -> object::Result<Needs> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let header = FileHeader64::<LittleEndian>::parse(file)?;
    let endian = header.endian()?;
    let mut loader = None;
    for segment in header.program_headers(endian, file)? {
        loader = loader.or(segment.interpreter(endian, file)?.map(text));
    }
    let table = header.sections(endian, file)?.dynamic_table(endian, file)?;
    let libraries = table.iter().filter(|entry| entry.tag == DT_NEEDED);
    let libraries = libraries.map(|entry| table.string(entry).map(text)).collect::<Result<_, _>>()?;
    Ok(Needs { loader, libraries })
}

/// The file of a library.
fn find(root: &Path, arch: Arch, name: &str, user: &Path) -> Result<PathBuf, Error> {
    let multiarch = arch.multiarch();
    let folders = [format!("lib/{multiarch}"), format!("usr/lib/{multiarch}"), "lib".into(), "usr/lib".into()];
    let file = folders.iter().find_map(|folder| fs::canonicalize(root.join(folder).join(name)).ok());
    file.ok_or_else(|| Error::MissingLibrary { library: name.to_owned(), user: user.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    #[test]
    fn this_test_binary_needs_its_loader_and_the_c_library() {
        let file = fs::read(env::current_exe().unwrap()).unwrap();
        let needs = needs(&file).unwrap();
        assert!(needs.loader.unwrap().contains("/ld-linux"));
        assert!(needs.libraries.iter().any(|name| name == "libc.so.6"), "{:?}", needs.libraries);
    }

    #[test]
    fn what_is_not_an_elf_file_or_is_cut_short_is_refused() {
        let file = fs::read(env::current_exe().unwrap()).unwrap();
        needs(b"#!/bin/sh\n").unwrap_err();
        needs(b"").unwrap_err();
        for length in [6, 40, 63, 64, 100, 300] {
            needs(&file[..length]).unwrap_err();
        }
    }
}
