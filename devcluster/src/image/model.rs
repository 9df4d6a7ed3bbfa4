//! An image that holds a model and nothing else, for an app's `inference.model.image`.

use std::path::Path;

use super::archive::{Config, Image};
use super::error::{Error, at};
use super::tree::Tree;

/// The files of `folder` at the root of the image.
pub(super) fn image(folder: &Path) -> Result<Image, Error> {
    let mut tree = Tree::default();
    for entry in std::fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        tree.copy(&entry.path(), &name, &|_| false)?;
    }
    Ok(Image { name: "model", tag: None, config: Config::default(), layers: vec![tree] })
}
