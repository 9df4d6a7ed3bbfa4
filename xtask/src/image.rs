//! Writes the container images as OCI archives, which `kind load image-archive` and `ctr images import` read.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::cluster::{build, devcluster};
use crate::reader;
use crate::shell::{output, root, step};

/// Options of `cargo xtask image`.
#[derive(Args)]
pub struct Options {
    /// Folder for the archives
    #[arg(long, default_value = "target/images")]
    pub out: String,
}

/// An image archive.
pub struct Image {
    /// `name:tag`.
    pub reference: String,
    /// Path of its file.
    pub archive: String,
}

/// Builds the programs and writes all images.
pub fn image(options: &Options) -> Result<()> {
    build()?;
    for image in write(&options.out, None)? {
        println!("{}  {}", image.reference, image.archive);
    }
    Ok(())
}

/// Writes the application image and the Postgres image, in this order, unless their archives are up to date. The first
/// carries the reader of notes, and the model in the folder `model` or the built-in one.
pub fn write(out: &str, model: Option<&Path>) -> Result<Vec<Image>> {
    let out = root().join(out).display().to_string();
    ["coverletter", "postgres"]
        .into_iter()
        .map(|name| {
            step(&format!("pack the {name} image"), || {
                let mut pack = devcluster(["image", name, "--out", &out]);
                if name == "coverletter" {
                    pack.arg("--reader").arg(reader::bring()?);
                }
                if let ("coverletter", Some(model)) = (name, model) {
                    pack.arg("--model").arg(model);
                }
                let printed = output(pack)?;
                let line = printed.lines().last().unwrap_or_default();
                let (reference, archive) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                Ok(Image { reference: reference.to_owned(), archive: archive.trim().to_owned() })
            })
        })
        .collect()
}
