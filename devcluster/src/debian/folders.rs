//! Where programs and libraries lie in an unpacked root.

use std::{
    env::{self, consts::ARCH},
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// A configuration of fontconfig, beside the folders that it names.
pub(super) const FONTS_CONFIG: &str = "fonts.conf";

const FONTS_FOLDER: &str = "usr/share/fonts";
const FONTS: &str = r#"<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"#;

/// Debian's name for this machine's architecture in paths of libraries.
#[must_use]
pub fn multiarch() -> String {
    format!("{ARCH}-linux-gnu")
}

/// The folders below `root` that hold shared libraries, separated by colons: a value for `LD_LIBRARY_PATH`.
///
/// # Panics
/// When a folder's path has a colon.
#[must_use]
pub fn library_path(root: &Path) -> OsString {
    let mut folders = Vec::new();
    for base in ["lib", "usr/lib"] {
        let folder = root.join(base).join(multiarch());
        let mut below: Vec<PathBuf> = children(&folder).filter(|path| path.is_dir() && has_library(path)).collect();
        below.sort();
        folders.extend(has_library(&folder).then_some(folder));
        folders.extend(below);
    }
    env::join_paths(folders).expect("no folder of libraries has a colon in its path")
}

/// Writes a configuration for the fonts in a root, whose own one names only the machine's folders.
pub(super) fn configure_fonts(root: &Path) -> io::Result<()> {
    if root.join(FONTS_FOLDER).is_dir() { fs::write(root.join(FONTS_CONFIG), FONTS) } else { Ok(()) }
}

/// The file of a program: in its own folder (a wrapper of the same name would use absolute paths), else in a `bin`.
pub(super) fn program(root: &Path, name: &str) -> Option<PathBuf> {
    let own = Path::new("usr/lib").join(name);
    let folders = [own.as_path(), Path::new("usr/bin"), Path::new("usr/sbin"), Path::new("bin"), Path::new("sbin")];
    folders.iter().map(|folder| root.join(folder).join(name)).find(|path| path.is_file())
}

fn has_library(folder: &Path) -> bool {
    children(folder).any(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("lib") && name.contains(".so")
    })
}

fn children(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}
