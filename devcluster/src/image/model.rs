//! An image that holds a model and nothing else, for an app's `inference.model.image`.

use std::path::Path;

use super::archive::{Config, Image};
use super::error::{Error, at};
use super::tree::Tree;
use crate::arch::Arch;

/// The files of `folder` at the root of the image. What a link leads to is taken in its place: caches of hubs link to files
/// that lie elsewhere.
pub(super) fn image(folder: &Path) -> Result<Image, Error> {
    let (mut tree, mut is_model) = (Tree::default(), false);
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path().canonicalize().map_err(at(&entry.path()))?;
        tree.copy(&path, &name, &|_| false)?;
        is_model |= name == "config.json" || Path::new(&name).extension().is_some_and(|extension| extension == "gguf");
    }
    if !is_model {
        return Err(Error::NoModel(folder.to_owned()));
    }
    Ok(Image { name: "model", tag: None, arch: Arch::OWN, config: Config::default(), layers: vec![tree] })
}
