//! Which package an unpacked file is from, and what Debian says of that package.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// The folder below a root with two files for each package: its description, and the list of its files.
const FOLDER: &str = ".packages";

/// Keeps what `dpkg-deb` said of a package.
pub(super) fn keep(root: &Path, name: &str, description: &str, listing: &str) -> io::Result<()> {
    let folder = root.join(FOLDER);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), description)?;
    fs::write(folder.join(format!("{name}.list")), paths(listing).collect::<Vec<_>>().join("\n"))
}

/// The descriptions of the packages below `root` that `files` are from, by name.
pub(super) fn of(root: &Path, files: &[&Path]) -> io::Result<BTreeMap<String, String>> {
    let root = fs::canonicalize(root)?;
    let mut wanted: Vec<String> = Vec::new();
    for file in files {
        if let Ok(path) = fs::canonicalize(file)?.strip_prefix(&root) {
            wanted.push(path.display().to_string());
        }
    }
    wanted.sort();
    let folder = root.join(FOLDER);
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".list") {
            let list = fs::read_to_string(folder.join(format!("{name}.list")))?;
            if list.lines().any(|path| wanted.binary_search_by(|wanted| wanted.as_str().cmp(path)).is_ok()) {
                found.insert(name.to_owned(), fs::read_to_string(folder.join(name))?);
            }
        }
    }
    Ok(found)
}

/// The paths in what `dpkg-deb` prints of what it unpacks.
fn paths(listing: &str) -> impl Iterator<Item = &str> {
    listing.lines().filter_map(|line| line.strip_prefix("./")).map(|path| path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn paths_are_read_from_what_dpkg_deb_prints() {
        let listing = "./\n./usr/lib/\n./usr/lib/a b.so\n";
        assert_eq!(paths(listing).collect::<Vec<_>>(), ["", "usr/lib", "usr/lib/a b.so"]);
    }
}
