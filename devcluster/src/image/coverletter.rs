//! The image of our own programs and the built-in model.

use std::path::{Path, PathBuf};

use super::archive::{Config, Image};
use super::base::{self, User};
use super::error::Error;
use super::libraries;
use super::tree::Tree;
use crate::arch::Arch;
use crate::debian;

const PROGRAMS: [&str; 3] = ["operator", "webapp", "inference"];
const MODEL: &str = "models/built-in";
const READER: &str = "models/reader";
const USER: User = User { name: "coverletter", id: 65532, home: "/" };

/// The C library, the libraries of unwinding and of C++ code, and data that programs read from well-known paths.
const PACKAGES: [&str; 5] = ["libc6", "libgcc-s1", "libstdc++6", "ca-certificates", "tzdata"];

/// `programs` is the folder of those built for `arch`.
pub(super) async fn image(
    arch: Arch,
    programs: &Path,
    model_dir: &Path,
    reader_dir: Option<&Path>,
) -> Result<Image, Error> {
    let files: Vec<PathBuf> = PROGRAMS.iter().map(|program| programs.join(program)).collect();
    if let Some(missing) = files.iter().find(|file| !file.is_file()) {
        return Err(Error::NotBuilt(missing.clone()));
    }
    let unpacked = debian::unpack_for_image(&PACKAGES, arch).await?;
    let root = unpacked.root();

    let mut base = Tree::default();
    base::system(&mut base, &USER);
    base::time_zones(&mut base, root)?;
    base::authorities(&mut base, root)?;
    libraries::add(&mut base, root, arch, &files)?;
    base::packages(&mut base, &unpacked, &[&root.join(base::AUTHORITIES)])?;

    let mut model = Tree::default();
    model.copy(model_dir, MODEL, &|name| name.starts_with('.'))?;

    let mut layers = vec![base];
    if let Some(folder) = reader_dir {
        let mut reader = Tree::default();
        reader.copy(folder, READER, &|name| name.starts_with('.'))?;
        layers.push(reader);
    }

    let mut programs = Tree::default();
    for (program, file) in PROGRAMS.iter().zip(files) {
        programs.file(&format!("usr/local/bin/{program}"), 0o755, file);
    }
    let config = Config { env: vec!["PATH=/usr/local/bin".to_owned()], user: "65532:65532", ..Config::default() };
    layers.extend([model, programs]);
    Ok(Image { name: "coverletter", tag: None, arch, config, layers })
}
