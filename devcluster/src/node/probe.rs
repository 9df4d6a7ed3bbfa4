//! Tries out, in namespaces that vanish at once, what a node asks of the kernel.

use std::fs;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

use super::enter::NAMESPACES;
use super::error::NodeError;
use super::init::ip;

/// Makes the namespaces of a node, and in them an overlay mount in `folder`, a bridge and a pair of linked interfaces.
///
/// Must be called by a process with a single thread, which ends afterwards.
pub fn probe(folder: &Path) -> Result<(), NodeError> {
    // Not the process namespace: nothing is started in it.
    unshare(NAMESPACES.difference(CloneFlags::CLONE_NEWPID)).map_err(NodeError::system("make namespaces"))?;
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .map_err(NodeError::system("make mounts private"))?;
    let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| folder.join(name));
    for path in [&lower, &upper, &work, &merged] {
        fs::create_dir_all(path).map_err(NodeError::at("create", path))?;
    }
    let layers = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    mount(Some("overlay"), &merged, Some("overlay"), MsFlags::empty(), Some(layers.as_str()))
        .map_err(NodeError::system(format!("mount an overlay below `{}`", folder.display())))?;
    ip("link add probe0 type bridge\nlink add probe1 type veth peer name probe2\nlink set probe1 master probe0\n")
}
