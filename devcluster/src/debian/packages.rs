//! The output of `apt-get --print-uris`.

/// One version of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name, without the architecture.
    pub name: String,
    /// Its version, with the epoch.
    pub version: String,
    /// The archive's file name: name, version and architecture.
    pub file: String,
    /// The archive's size in bytes.
    pub bytes: u64,
}

/// Reads lines of the form `'<address>' <name>_<version>_<architecture>.deb <bytes> <hash>`; other lines are skipped.
pub(super) fn parse(output: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = output.lines().filter_map(parse_line).collect();
    packages.sort_by(|a, b| a.file.cmp(&b.file));
    packages
}

fn parse_line(line: &str) -> Option<Package> {
    let mut words = line.strip_prefix('\'')?.split_once("' ")?.1.split(' ');
    let (file, bytes) = (words.next()?, words.next()?.parse().ok()?);
    let mut parts = file.strip_suffix(".deb")?.split('_');
    let (name, version) = (parts.next()?.to_owned(), parts.next()?.replace("%3a", ":"));
    Some(Package { name, version, file: file.to_owned(), bytes })
}
