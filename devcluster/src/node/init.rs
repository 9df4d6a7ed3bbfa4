//! The first process in the node: mounts, network, and then reaping what nobody else waits for.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::sethostname;

use super::cgroup::{CGROUP_MOUNT, Cgroups};
use super::enter::end_with_parent;
use super::error::NodeError;
use super::layout::Layout;
use super::settings::{NODE_ADDRESS, Settings};
use super::supervisor::{COMPONENTS, stage};

/// The kubelet, containerd and each watching program take several; the kernel's 128 for all of root is too few.
pub const INOTIFY_INSTANCES: u32 = 1024;

/// Prepares the node, starts its components and returns when their process ends.
pub fn init(layout: &Layout) -> Result<(), NodeError> {
    end_with_parent()?;
    let settings = Settings::load(layout)?;
    // Before the mounts: they hide the machine's.
    let cgroups = Cgroups::detect()?;
    mounts(layout, &cgroups)?;
    sethostname(&settings.name).map_err(NodeError::system("set the node's host name"))?;
    network()?;
    kernel_settings()?;
    let components = stage(COMPONENTS, layout)
        .stdin(Stdio::null())
        .spawn()
        .map_err(NodeError::at("start the components in", layout.folder()))?;
    let status = reap_until(components.id().cast_signed());
    Err(NodeError::Command { action: "keep the components".to_owned(), message: format!("{status:?}") })
}

fn mounts(layout: &Layout, cgroups: &Cgroups) -> Result<(), NodeError> {
    mount_new("proc", Path::new("/proc"), "")?;
    umount2(CGROUP_MOUNT, MntFlags::MNT_DETACH).map_err(NodeError::system("hide the machine's cgroups"))?;
    cgroups.mount_inside()?;
    mount_new("tmpfs", Path::new("/run"), "mode=755")?;
    for (source, target) in [(layout.var_lib(), "/var/lib"), (layout.var_log(), "/var/log")] {
        mount(Some(&source), target, None::<&str>, MsFlags::MS_BIND, None::<&str>)
            .map_err(NodeError::system(format!("hide the machine's {target}")))?;
    }
    // Volumes mounted by the kubelet must reach containers that already run.
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_SHARED, None::<&str>)
        .map_err(NodeError::system("share mounts inside the node"))
}

fn mount_new(kind: &str, target: &Path, data: &str) -> Result<(), NodeError> {
    mount(Some(kind), target, Some(kind), MsFlags::empty(), Some(data))
        .map_err(NodeError::system(format!("mount {kind} at `{}`", target.display())))
}

/// A bridge without ports carries the node's address and a default route that leads nowhere: the components want both.
fn network() -> Result<(), NodeError> {
    let [a, b, c, _] = NODE_ADDRESS.octets();
    let batch = format!(
        "link set lo up\n\
         link add node0 type bridge\n\
         addr add {NODE_ADDRESS}/24 dev node0\n\
         link set node0 up\n\
         route add default via {a}.{b}.{c}.1 dev node0\n"
    );
    ip(&batch)
}

/// Has the `ip` program carry out its commands, one a line.
pub(super) fn ip(batch: &str) -> Result<(), NodeError> {
    let mut command = Command::new("ip");
    command.args(["-batch", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let fix = "install iproute2".to_owned();
    let mut ip = command.spawn().map_err(|source| NodeError::Program { program: "ip".to_owned(), fix, source })?;
    let stdin = ip.stdin.take().expect("standard input was piped");
    let written = { stdin }.write_all(batch.as_bytes());
    let output = written.and_then(|()| ip.wait_with_output()).map_err(NodeError::at("wait for", Path::new("ip")))?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    Err(NodeError::Command { action: "set up network interfaces".to_owned(), message })
}

fn kernel_settings() -> Result<(), NodeError> {
    set_kernel("net/ipv4/ip_forward", "1")?;
    if bridges_are_filtered() {
        set_kernel("net/bridge/bridge-nf-call-iptables", "1")?;
    }
    let instances = Path::new("/proc/sys/fs/inotify/max_user_instances");
    let now = fs::read_to_string(instances).map_err(NodeError::at("read", instances))?;
    if now.trim().parse::<u32>().is_ok_and(|now| now < INOTIFY_INSTANCES) {
        // Not the node's own: it holds for the machine until it restarts.
        set_kernel("fs/inotify/max_user_instances", &INOTIFY_INSTANCES.to_string())?;
        println!("Raised fs.inotify.max_user_instances of this machine to {INOTIFY_INSTANCES}");
    }
    Ok(())
}

/// Whether the kernel lets packet filters see what crosses a bridge. Where it does not, an answer between two pods of
/// the node would bypass the rules that translated its question.
pub fn bridges_are_filtered() -> bool {
    Path::new("/proc/sys/net/bridge/bridge-nf-call-iptables").exists()
}

fn set_kernel(name: &str, value: &str) -> Result<(), NodeError> {
    let path = Path::new("/proc/sys").join(name);
    fs::write(&path, value).map_err(NodeError::at("write", &path))
}

/// Collects every ended process that lost its parent, until `pid` itself ends.
fn reap_until(pid: i32) -> Option<WaitStatus> {
    loop {
        match wait() {
            Ok(status) if status.pid().is_some_and(|ended| ended.as_raw() == pid) => return Some(status),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
    }
}
