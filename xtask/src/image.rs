//! Writes the container images as OCI archives, which `kind load image-archive` and `ctr images import` read.

use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::cluster::{build, build_for_arm64, devcluster};
use crate::shell::{output, programs, root, step};
use crate::{reader, sbom};

/// Options of `cargo xtask image`.
#[derive(Args)]
pub struct Options {
    /// Folder for the archives
    #[arg(long, default_value = "target/images")]
    pub out: String,
    /// Also for 64-bit ARM: each archive then has the images of both architectures in one index
    #[arg(long)]
    pub arm64: bool,
}

/// An image archive.
pub struct Image {
    /// `name:tag`.
    pub reference: String,
    /// Path of its file.
    pub archive: String,
}

/// Builds the programs and writes all images, each with its bill of materials.
pub fn image(options: &Options) -> Result<()> {
    build()?;
    let arm64 = options.arm64.then(build_for_arm64).transpose()?;
    for image in write(&options.out, None, arm64.as_deref())? {
        println!("{}  {}", image.reference, image.archive);
        let is_ours = image.reference.starts_with("coverletter.dev/coverletter:");
        let materials =
            step("list what the image is made of", || sbom::write(&image.reference, &image.archive, is_ours))?;
        println!("{}  {}", image.reference, materials.display());
    }
    Ok(())
}

/// Writes the application image and the Postgres image, in this order, unless their archives are up to date. The first
/// carries the reader of notes, and the model in the folder `model` or the built-in one. With the folder `arm64` of programs
/// both images are for that architecture too.
pub fn write(out: &str, model: Option<&Path>, arm64: Option<&Path>) -> Result<Vec<Image>> {
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
                match (name, arm64) {
                    ("coverletter", Some(folder)) => {
                        pack.arg("--programs").arg(programs());
                        pack.arg("--programs").arg(format!("arm64={}", folder.display()));
                    }
                    (_, Some(_)) => _ = pack.args(["--arch", "amd64", "--arch", "arm64"]),
                    (_, None) => {}
                }
                let printed = output(pack)?;
                let line = printed.lines().last().unwrap_or_default();
                let (reference, archive) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                Ok(Image { reference: reference.to_owned(), archive: archive.trim().to_owned() })
            })
        })
        .collect()
}
