//! The files around the programs of an image: users, time zones, certificate authorities.

use std::fs;
use std::path::Path;

use super::error::{Error, at};
use super::tree::Tree;
use crate::debian::Unpacked;

/// Debian's package of the world's certificate authorities, as single files.
pub(super) const AUTHORITIES: &str = "usr/share/ca-certificates/mozilla";
const TIME_ZONES: &str = "usr/share/zoneinfo";
/// Where images without `dpkg` say which packages they hold.
pub(super) const PACKAGES: &str = "var/lib/dpkg/status.d";
/// What is said of the machine's suite, from which the packages are.
const SUITE: [&str; 5] = ["ID", "NAME", "PRETTY_NAME", "VERSION_CODENAME", "VERSION_ID"];

/// A user of an image beside root.
pub(super) struct User {
    pub name: &'static str,
    pub id: u32,
    pub home: &'static str,
}

/// Adds users, name lookup and the folders that a container runtime mounts over.
pub(super) fn system(tree: &mut Tree, user: &User) {
    let User { name, id, home } = user;
    tree.file("etc/passwd", 0o644, &*format!("root:x:0:0::/:/bin/sh\n{name}:x:{id}:{id}::{home}:/bin/sh\n"));
    tree.file("etc/group", 0o644, &*format!("root:x:0:\n{name}:x:{id}:\n"));
    tree.file("etc/nsswitch.conf", 0o644, "passwd: files\ngroup: files\nhosts: files dns\n");
    for folder in ["dev", "proc", "sys", "run"] {
        tree.folder(folder, 0o755);
    }
    tree.folder("tmp", 0o1777);
}

/// Adds the time zones, without the copies that count leap seconds.
pub(super) fn time_zones(tree: &mut Tree, root: &Path) -> Result<(), Error> {
    let skip = |name: &str| matches!(name, "right" | "posix" | "localtime" | "tzdata.zi");
    tree.copy(&root.join(TIME_ZONES), TIME_ZONES, &skip)
}

/// Adds the bundle of certificate authorities that the package's installation script would make.
pub(super) fn authorities(tree: &mut Tree, root: &Path) -> Result<(), Error> {
    let folder = root.join(AUTHORITIES);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(at(&folder))? {
        files.push(entry.map_err(at(&folder))?.path());
    }
    files.sort();
    let mut bundle = String::new();
    for file in files {
        bundle.push_str(fs::read_to_string(&file).map_err(at(&file))?.trim_end());
        bundle.push('\n');
    }
    tree.file("etc/ssl/certs/ca-certificates.crt", 0o644, &*bundle);
    Ok(())
}

/// Adds what scanners of images look for: the packages that files are from, as Debian's own smallest images have them, and
/// the suite. `derived` are files of packages from which others were made.
pub(super) fn packages(tree: &mut Tree, unpacked: &Unpacked, derived: &[&Path]) -> Result<(), Error> {
    let files = [tree.sources().as_slice(), derived].concat();
    let found = unpacked.packages_of(&files).map_err(at(unpacked.root()))?;
    for (name, description) in found {
        tree.file(&format!("{PACKAGES}/{name}"), 0o644, &*description);
    }
    let release = Path::new("/etc/os-release");
    let text = fs::read_to_string(release).map_err(at(release))?;
    let told = |line: &&str| SUITE.iter().any(|name| line.starts_with(&format!("{name}=")));
    tree.file("etc/os-release", 0o644, &*(text.lines().filter(told).collect::<Vec<_>>().join("\n") + "\n"));
    Ok(())
}
