//! What an archive holds: the Debian packages whose files are in its layers, as the image itself says.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use tar::Archive;

use super::base::PACKAGES;

/// Largest document beside the layers.
const DOCUMENT_BYTES: u64 = 1 << 20;

/// A Debian package of which an image has files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Installed {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its architecture, or `all`.
    pub architecture: String,
}

/// The packages in all layers of an archive, sorted.
pub(super) fn packages(archive: &Path) -> io::Result<Vec<Installed>> {
    let (mut layers, mut found) = (BTreeSet::new(), BTreeSet::new());
    for entry in Archive::new(BufReader::new(File::open(archive)?)).entries()? {
        let mut entry = entry?;
        let Some(digest) =
            entry.path()?.to_str().and_then(|path| path.strip_prefix("blobs/sha256/").map(str::to_owned))
        else {
            continue;
        };
        // Documents come before the layers that they name.
        if layers.contains(&digest) {
            read_layer(entry, &mut found)?;
        } else if entry.size() <= DOCUMENT_BYTES {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let document: Value = serde_json::from_str(&text)?;
            let named = document["layers"].as_array().into_iter().flatten();
            layers
                .extend(named.filter_map(|layer| layer["digest"].as_str()?.strip_prefix("sha256:").map(str::to_owned)));
        }
    }
    Ok(found.into_iter().collect())
}

fn read_layer(layer: impl Read, found: &mut BTreeSet<Installed>) -> io::Result<()> {
    for entry in Archive::new(layer).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if path.parent() == Some(Path::new(PACKAGES)) && entry.header().entry_type().is_file() {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            let field = |name: &str| {
                let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                value.unwrap_or_default().to_owned()
            };
            found.insert(Installed {
                name: field("Package"),
                version: field("Version"),
                architecture: field("Architecture"),
            });
        }
    }
    Ok(())
}
