//! The processes that make a node, each a stage in which this program runs itself again.
//!
//! ```text
//! supervisor            outside: forwards ports, waits
//!   guard               outside: ends and removes everything once the supervisor is gone, killed or not
//!   enter               joins the cgroup, makes the namespaces
//!     init              first process inside: mounts, network, reaps
//!       components      starts etcd, the API server, containerd, the kubelet, ... and restarts what ends
//!         plugin        what containerd calls for each new pod, for a moment
//! ```

use std::fs;
use std::io::Read;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{sethostname, setsid};

use super::cgroup::{CGROUP_MOUNT, Cgroups};
use super::error::{NodeError, chain};
use super::instance::{Instance, ProcessId, Settings};
use super::layout::Layout;
use super::network::{self, API_ADDRESS, Forward, Forwarded, NODE_ADDRESS, Route, bridges_are_filtered};
use super::progress::{Event, Progress};
use super::{config, plugin, start};
use crate::process::Guard;

/// The kubelet, containerd and every program that watches files need several; the kernel's default, 128 for all of
/// root's processes, is too few.
pub const INOTIFY_INSTANCES: u32 = 1024;

/// Making namespaces takes milliseconds, or seconds on a machine that is busy building.
const NAMESPACES_WITHIN: Duration = Duration::from_secs(30);
/// How often the supervisor checks the node and its folder.
const POLL: Duration = Duration::from_millis(200);
/// The namespaces of a node.
const NAMESPACES: CloneFlags = CloneFlags::CLONE_NEWNS
    .union(CloneFlags::CLONE_NEWNET)
    .union(CloneFlags::CLONE_NEWPID)
    .union(CloneFlags::CLONE_NEWUTS)
    .union(CloneFlags::CLONE_NEWIPC)
    .union(CloneFlags::CLONE_NEWCGROUP);

/// What a process of a node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Holds the ports and, through its guard, ends everything.
    Supervise,
    /// Makes the namespaces.
    Enter,
    /// Is the first process inside.
    Init,
    /// Starts the components.
    Components,
    /// Is a plugin of the pod network.
    Plugin,
    /// No part of a node: tries what a node would need of the kernel.
    Probe,
}

impl Stage {
    const ALL: [Self; 6] = [Self::Supervise, Self::Enter, Self::Init, Self::Components, Self::Plugin, Self::Probe];

    /// The first argument of this program when it runs the stage; the second is the instance's folder.
    #[must_use]
    pub fn argument(self) -> &'static str {
        match self {
            Self::Supervise => "node-supervisor",
            Self::Enter => "node-enter",
            Self::Init => "node-init",
            Self::Components => "node-components",
            Self::Plugin => "node-plugin",
            Self::Probe => "node-probe",
        }
    }

    /// The stage with this first argument.
    #[must_use]
    pub fn from_argument(argument: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.argument() == argument)
    }

    /// This program again, as this stage.
    fn command(self, layout: &Layout) -> Command {
        let mut command = Command::new(this_program());
        command.arg(self.argument()).arg(layout.folder());
        command
    }

    /// The same for a shell, without a folder.
    fn line(self) -> String {
        format!("{} {}", this_program(), self.argument())
    }
}

/// A path of this program while this process lives.
fn this_program() -> String {
    // Not its own: the program may have been rebuilt since it started. Not `self`: the guard starts it through a shell.
    format!("/proc/{}/exe", std::process::id())
}

/// Runs a stage of the instance in `folder`. Must be called first in `main`, before there is a second thread.
///
/// # Errors
/// [`NodeError`] when the stage failed. A stage that succeeds runs until it is killed.
pub fn run_stage(stage: Stage, folder: PathBuf) -> Result<(), NodeError> {
    let layout = Layout::at(folder);
    match stage {
        Stage::Supervise => supervise(&layout),
        Stage::Enter => enter(&layout),
        Stage::Init => init(&layout),
        Stage::Probe => probe(layout.folder()),
        Stage::Plugin => plugin::run(),
        Stage::Components => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(NodeError::at("start threads for", layout.folder()))?
            .block_on(start::components(&layout, &Stage::Plugin.line())),
    }
}

fn supervise(layout: &Layout) -> Result<(), NodeError> {
    // A session of its own, so that closing the terminal or an interrupt there does not end the node. It only fails
    // when the process already leads one.
    let _ = setsid();
    let settings = Settings::load(layout)?;
    let progress = Progress::new(layout, settings.started_at_ms);
    if settings.owned {
        end_with_owner();
    }
    let folder = layout.folder();
    let guard = Guard::start().map_err(NodeError::at("start a guard for", folder))?;
    guard.remove_folder(folder);
    let outcome = run(layout, &settings, &guard);
    if let Err(error) = &outcome {
        progress.report(Event::Failed { message: chain(error), component: Some("node".to_owned()) });
        // The process that waits for this node copies the logs and then ends this one: keep both until then.
        while folder.exists() {
            thread::sleep(POLL);
        }
    }
    outcome
}

/// Makes the node and watches it. Returns when the node has ended.
fn run(layout: &Layout, settings: &Settings, guard: &Guard) -> Result<(), NodeError> {
    let _in_use = settings.programs.hold()?;
    let open = |forward: &Forward| Route::open(settings.address, *forward, NODE_ADDRESS);
    let mut routes = settings.forwards.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let api = Forward { local_port: 0, tries: 0, node_port: API_ADDRESS.port() };
    let api = Route::open(Ipv4Addr::LOCALHOST, api, *API_ADDRESS.ip())?;
    let api_address = api.address()?;
    let forwarded = settings
        .forwards
        .iter()
        .zip(&routes)
        .map(|(forward, route)| Ok(Forwarded { address: route.address()?, node_port: forward.node_port }))
        .collect::<Result<Vec<_>, NodeError>>()?;
    routes.push(api);

    config::write(layout, settings, api_address)?;

    let cgroups = Cgroups::detect()?;
    for cgroup in cgroups.folders(&settings.cgroup) {
        guard.remove_cgroup(&cgroup);
    }
    cgroups.create(&settings.cgroup)?;
    let mut enter = guard
        .spawn("node", &Stage::Enter.command(layout), &layout.log("node"))
        .map_err(NodeError::prepare("the node's namespaces"))?;
    let namespaces = await_namespaces(enter.id())?;
    network::serve(routes, namespaces.pid)?;

    let name = settings.name.clone();
    let cgroup = settings.cgroup.clone();
    Instance { name, supervisor: ProcessId::current(), namespaces, api: api_address, forwarded, cgroup }
        .save(layout)?;
    // A node whose folder was removed is of no use: end it.
    while enter.check().is_ok() && layout.folder().exists() {
        thread::sleep(POLL);
    }
    Err(NodeError::Component { component: "node".to_owned() })
}

/// Waits until the process has a network namespace of its own.
fn await_namespaces(pid: u32) -> Result<ProcessId, NodeError> {
    let deadline = Instant::now() + NAMESPACES_WITHIN;
    let pid = pid.cast_signed();
    let network = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/net")).ok();
    while Instant::now() < deadline {
        let Some(process) = ProcessId::of(pid) else { break };
        if network(&pid.to_string()).is_some_and(|inside| Some(inside) != network("self")) {
            return Ok(process);
        }
        thread::sleep(Duration::from_millis(2));
    }
    Err(NodeError::Component { component: "node".to_owned() })
}

/// Ends this process when the other end of its standard input closes; its guard does the rest.
fn end_with_owner() {
    thread::spawn(|| {
        let mut byte = [0];
        while std::io::stdin().read(&mut byte).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
}

/// Makes the namespaces and waits for the first process inside to end.
///
/// The process must have one thread: the kernel ends the node when the thread that started `init` ends.
fn enter(layout: &Layout) -> Result<(), NodeError> {
    end_with_parent()?;
    let settings = Settings::load(layout)?;
    let cgroups = Cgroups::detect()?;
    cgroups.join(&settings.cgroup)?;
    unshare(NAMESPACES).map_err(NodeError::system("make namespaces (this needs root with CAP_SYS_ADMIN)"))?;
    make_mounts_private()?;
    cgroups.settle(&settings.cgroup)?;
    let folder = layout.folder();
    let mut init = Stage::Init.command(layout).spawn().map_err(NodeError::at("start the first process in", folder))?;
    let status = init.wait().map_err(NodeError::at("wait for the first process in", folder))?;
    Err(NodeError::Command { action: "keep the node".to_owned(), message: status.to_string() })
}

/// Has the kernel end this process when the thread that started it ends.
fn end_with_parent() -> Result<(), NodeError> {
    set_pdeathsig(Signal::SIGKILL).map_err(NodeError::system("end with the parent process"))
}

/// Hides all further mounts from the machine.
fn make_mounts_private() -> Result<(), NodeError> {
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .map_err(NodeError::system("make mounts private"))
}

/// Prepares the node, starts its components and returns when their process ends.
fn init(layout: &Layout) -> Result<(), NodeError> {
    end_with_parent()?;
    let settings = Settings::load(layout)?;
    // Detected first, because the node's mounts hide the machine's.
    let cgroups = Cgroups::detect()?;
    mounts(layout, &cgroups)?;
    sethostname(&settings.name).map_err(NodeError::system("set the node's host name"))?;
    network::set_up()?;
    kernel_settings()?;
    let components = Stage::Components
        .command(layout)
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
    // Volumes that the kubelet mounts must appear in containers that already run.
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_SHARED, None::<&str>)
        .map_err(NodeError::system("share mounts inside the node"))
}

fn mount_new(kind: &str, target: &Path, data: &str) -> Result<(), NodeError> {
    mount(Some(kind), target, Some(kind), MsFlags::empty(), Some(data))
        .map_err(NodeError::system(format!("mount {kind} at `{}`", target.display())))
}

fn kernel_settings() -> Result<(), NodeError> {
    set_kernel("net/ipv4/ip_forward", "1")?;
    if bridges_are_filtered() {
        set_kernel("net/bridge/bridge-nf-call-iptables", "1")?;
        set_kernel("net/bridge/bridge-nf-call-ip6tables", "1")?;
    }
    let instances = Path::new("/proc/sys/fs/inotify/max_user_instances");
    let now = fs::read_to_string(instances).map_err(NodeError::at("read", instances))?;
    if now.trim().parse::<u32>().is_ok_and(|now| now < INOTIFY_INSTANCES) {
        // This one has no namespace: it holds for the machine until it restarts.
        set_kernel("fs/inotify/max_user_instances", &INOTIFY_INSTANCES.to_string())?;
        println!("Raised fs.inotify.max_user_instances of this machine to {INOTIFY_INSTANCES}");
    }
    Ok(())
}

fn set_kernel(name: &str, value: &str) -> Result<(), NodeError> {
    let path = Path::new("/proc/sys").join(name);
    fs::write(&path, value).map_err(NodeError::at("write", &path))
}

/// Reaps orphans until the process `pid` ends.
fn reap_until(pid: i32) -> Option<WaitStatus> {
    loop {
        match wait() {
            Ok(status) if status.pid().is_some_and(|ended| ended.as_raw() == pid) => return Some(status),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return None,
        }
    }
}

/// Makes the namespaces of a node and, in them, an overlay mount in `folder`, a bridge and a pair of veth interfaces.
///
/// The process must have one thread. The namespaces go with it.
fn probe(folder: &Path) -> Result<(), NodeError> {
    // Without a process namespace: no process is started in it.
    unshare(NAMESPACES.difference(CloneFlags::CLONE_NEWPID)).map_err(NodeError::system("make namespaces"))?;
    make_mounts_private()?;
    let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| folder.join(name));
    for path in [&lower, &upper, &work, &merged] {
        fs::create_dir_all(path).map_err(NodeError::at("create", path))?;
    }
    let layers = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    mount(Some("overlay"), &merged, Some("overlay"), MsFlags::empty(), Some(layers.as_str()))
        .map_err(NodeError::system(format!("mount an overlay below `{}`", folder.display())))?;
    network::ip(
        "link add probe0 type bridge\nlink add probe1 type veth peer name probe2\nlink set probe1 master probe0\n",
    )
}
