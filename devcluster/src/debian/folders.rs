//! The folders of programs, libraries and fonts below a root.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::arch::Arch;

/// The file of fontconfig's configuration.
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

/// The folders below `root` that hold shared libraries, separated by colons: a value for `LD_LIBRARY_PATH`.
///
/// # Panics
/// When a folder's path has a colon.
#[must_use]
pub fn library_path(root: &Path) -> OsString {
    let mut folders = Vec::new();
    for base in ["lib", "usr/lib"] {
        let folder = root.join(base).join(Arch::OWN.multiarch());
        let mut below: Vec<PathBuf> = children(&folder).filter(|path| path.is_dir() && has_library(path)).collect();
        below.sort();
        folders.extend(has_library(&folder).then_some(folder));
        folders.extend(below);
    }
    env::join_paths(folders).expect("no folder of libraries has a colon in its path")
}

/// Writes a configuration for the fonts below a root, if there are any: the unpacked one names the machine's folders only.
pub(super) fn configure_fonts(root: &Path) -> io::Result<()> {
    if root.join(FONTS_FOLDER).is_dir() { fs::write(root.join(FONTS_CONFIG), FONTS) } else { Ok(()) }
}

/// The file of a program: in a folder of its own, if it has one, because the file of its name in `bin` is then a wrapper
/// with absolute paths.
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
