//! From the machine into the node: joins the cgroup and makes the namespaces.

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;

use super::cgroup::Cgroups;
use super::error::NodeError;
use super::layout::Layout;
use super::settings::Settings;
use super::supervisor::{INIT, stage};

/// The namespaces that a node has to itself.
pub const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWNS
    .union(CloneFlags::CLONE_NEWNET)
    .union(CloneFlags::CLONE_NEWPID)
    .union(CloneFlags::CLONE_NEWUTS)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWCGROUP);

/// Makes the namespaces and waits for the first process inside to end.
///
/// Must be called by a process with a single thread, its first: the death of that thread ends the node.
pub fn enter(layout: &Layout) -> Result<(), NodeError> {
    end_with_parent()?;
    let settings = Settings::load(layout)?;
    let cgroups = Cgroups::detect()?;
    cgroups.join(&settings.cgroup)?;
    unshare(NAMESPACES).map_err(NodeError::system("make namespaces (this needs root with CAP_SYS_ADMIN)"))?;
    // From here on nothing that is mounted is seen outside.
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .map_err(NodeError::system("make the node's mounts its own"))?;
    cgroups.settle(&settings.cgroup)?;
    let mut init = stage(INIT, layout).spawn().map_err(NodeError::at("start the first process in", layout.folder()))?;
    let status = init.wait().map_err(NodeError::at("wait for the first process in", layout.folder()))?;
    Err(NodeError::Command { action: "keep the node".to_owned(), message: status.to_string() })
}

/// Has the kernel end this process when the thread that started it ends.
pub(super) fn end_with_parent() -> Result<(), NodeError> {
    set_pdeathsig(Signal::SIGKILL).map_err(NodeError::system("end with the parent process"))
}
