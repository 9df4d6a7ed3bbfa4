//! The image of the container that holds a pod's namespaces: it sleeps, and reaps orphans.

use super::archive::{Config, Image};
use super::base;
use super::error::Error;
use super::tree::Tree;
use crate::arch::Arch;
use crate::debian;

/// The shell is process 1: its `wait` reaps every child it inherits, and its trap ends it on the first signal.
const SCRIPT: &str = "trap 'exit 0' TERM INT; /bin/busybox sleep infinity & while :; do wait; done";

pub(super) async fn image(arch: Arch) -> Result<Image, Error> {
    let unpacked = debian::unpack_for_image(&["busybox-static"], arch).await?;
    let busybox = unpacked.program("busybox").ok_or(Error::MissingFile("busybox"))?;
    let mut tree = Tree::default();
    tree.file("bin/busybox", 0o755, busybox);
    base::packages(&mut tree, &unpacked, &[])?;
    let config = Config {
        entrypoint: vec!["/bin/busybox", "sh", "-c", SCRIPT],
        env: vec!["PATH=/bin".to_owned()],
        user: "65535:65535",
        ..Config::default()
    };
    Ok(Image { name: "pause", tag: Some("1".to_owned()), arch, config, layers: vec![tree] })
}
