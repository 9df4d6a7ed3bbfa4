//! The cgroup subtree of an instance: made before its processes, emptied and removed after them.
//!
//! Under v1 the subtree is a folder in each controller's hierarchy; under v2 it is one folder, whose processes must be
//! in leaves. Inside the node's cgroup namespace the subtree is the root of what is mounted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::mount::{MsFlags, mount};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::NodeError;

/// Where cgroups are mounted inside the node, and nearly always outside.
pub const CGROUP_MOUNT: &str = "/sys/fs/cgroup";
/// The cgroup, as seen inside the node, below which the kubelet puts pods.
pub const KUBELET_CGROUP: &str = "kubelet";
/// The v2 leaf of the node's own processes.
const LEAF: &str = "init";
/// The v2 leaf of what runs beside the node in a container.
const BESIDE: &str = "beside";
/// What a v1 cgroup of cpus needs before a process can join it.
const CPUSET_FILES: [&str; 2] = ["cpuset.cpus", "cpuset.mems"];
/// Mount options that do not name a v1 hierarchy.
const GENERAL_OPTIONS: [&str; 9] =
    ["rw", "ro", "relatime", "noatime", "nosuid", "nodev", "noexec", "xattr", "clone_children"];
/// How often processes that start others are moved.
const MOVES: usize = 100;
/// Pause between two attempts to remove a subtree.
const POLL: Duration = Duration::from_millis(20);

/// One hierarchy of cgroup v1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    mount: PathBuf,
    /// The mount data that names the hierarchy: `cpu,cpuacct`, or `none,name=systemd`.
    data: String,
}

/// The machine's cgroups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cgroups {
    /// One hierarchy for each controller, or for a few.
    V1(Vec<Hierarchy>),
    /// One hierarchy for all, mounted here.
    V2(PathBuf),
}

impl Cgroups {
    /// The cgroups that this process sees mounted.
    ///
    /// # Errors
    /// When no cgroups are mounted.
    pub fn detect() -> Result<Self, NodeError> {
        let path = Path::new("/proc/self/mounts");
        let mounts = fs::read_to_string(path).map_err(NodeError::at("read", path))?;
        Self::parse(&mounts).ok_or_else(|| NodeError::Unsupported {
            what: "mounted cgroups".to_owned(),
            fix: format!("mount cgroup2 at {CGROUP_MOUNT}, or the cgroup v1 controllers below it"),
        })
    }

    /// Reads a mount table. A hybrid machine, whose controllers are in v1 beside a v2 hierarchy, counts as v1.
    fn parse(mounts: &str) -> Option<Self> {
        let mut hierarchies: Vec<Hierarchy> = Vec::new();
        let mut unified = None;
        for line in mounts.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, mount, kind, options, ..] = fields[..] else { continue };
            match (kind, hierarchy_data(options)) {
                ("cgroup", Some(data)) if !hierarchies.iter().any(|known| known.data == data) => {
                    hierarchies.push(Hierarchy { mount: PathBuf::from(mount), data });
                }
                ("cgroup2", _) => unified = unified.or_else(|| Some(PathBuf::from(mount))),
                _ => {}
            }
        }
        if hierarchies.iter().any(|hierarchy| hierarchy.data.split(',').any(|part| part == "memory")) {
            return Some(Self::V1(hierarchies));
        }
        unified.map(Self::V2)
    }

    /// `v1` or `v2`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        match self {
            Self::V1(_) => "v1",
            Self::V2(_) => "v2",
        }
    }

    /// Makes the subtree `name`, empty.
    ///
    /// # Errors
    /// When this process may not make cgroups.
    pub fn create(&self, name: &str) -> Result<(), NodeError> {
        if let Self::V2(root) = self {
            make_room(root)?;
            enable_controllers(root);
        }
        self.folders(name).iter().try_for_each(|folder| create(folder))
    }

    /// Moves this process into the subtree, so that a new cgroup namespace has the subtree as its root.
    ///
    /// # Errors
    /// When the kernel refuses to move this process.
    pub fn join(&self, name: &str) -> Result<(), NodeError> {
        self.folders(name).iter().try_for_each(|folder| join(folder, std::process::id()))
    }

    /// Moves this process from the subtree into a leaf of it, where v2 requires that.
    ///
    /// # Errors
    /// When the kernel refuses to move this process.
    pub fn settle(&self, name: &str) -> Result<(), NodeError> {
        let Self::V2(root) = self else { return Ok(()) };
        let leaf = root.join(name).join(LEAF);
        create(&leaf)?;
        join(&leaf, std::process::id())
    }

    /// Mounts the cgroups inside the node, whose mount and cgroup namespaces must be its own, and makes the kubelet's.
    ///
    /// # Errors
    /// When the kernel refuses a mount.
    pub fn mount_inside(&self) -> Result<(), NodeError> {
        let root = Path::new(CGROUP_MOUNT);
        match self {
            Self::V1(hierarchies) => {
                mount_at("tmpfs", root, "mode=755")?;
                hierarchies.iter().try_for_each(|hierarchy| mount_hierarchy(hierarchy, root))
            }
            Self::V2(_) => {
                mount_at("cgroup2", root, "")?;
                create_for_kubelet(root)
            }
        }
    }

    /// The ids, outside the node, of all processes in the subtree.
    #[must_use]
    pub fn processes(&self, name: &str) -> Vec<Pid> {
        let mut pids: Vec<i32> = self
            .all_folders(name)
            .iter()
            .filter_map(|folder| fs::read_to_string(folder.join("cgroup.procs")).ok())
            .flat_map(|text| text.lines().filter_map(|line| line.trim().parse().ok()).collect::<Vec<i32>>())
            .collect();
        pids.sort_unstable();
        pids.dedup();
        pids.into_iter().map(Pid::from_raw).collect()
    }

    /// Kills every process in the subtree and removes it, if it exists.
    ///
    /// # Errors
    /// [`NodeError::Left`] when a process or a cgroup is still there after `patience`.
    pub fn remove(&self, name: &str, patience: Duration) -> Result<(), NodeError> {
        let deadline = Instant::now() + patience;
        loop {
            self.thaw(name);
            for pid in self.processes(name) {
                // It fails only if the process has ended meanwhile.
                let _ = kill(pid, Signal::SIGKILL);
            }
            let left: Vec<PathBuf> = self.all_folders(name).into_iter().filter(|folder| !is_removed(folder)).collect();
            let Some(folder) = left.first() else { return Ok(()) };
            if Instant::now() > deadline {
                return Err(NodeError::Left { what: format!("the cgroup `{}`", folder.display()) });
            }
            thread::sleep(POLL);
        }
    }

    /// Under v1, a frozen process does not act on SIGKILL.
    fn thaw(&self, name: &str) {
        for state in self.all_folders(name).iter().map(|folder| folder.join("freezer.state")) {
            if state.exists() {
                let _ = fs::write(state, "THAWED");
            }
        }
    }

    /// The folder of the subtree in each hierarchy.
    #[must_use]
    pub fn folders(&self, name: &str) -> Vec<PathBuf> {
        match self {
            Self::V1(hierarchies) => hierarchies.iter().map(|hierarchy| hierarchy.mount.join(name)).collect(),
            Self::V2(root) => vec![root.join(name)],
        }
    }

    /// The folders of the subtree and all below them, children before their parents.
    fn all_folders(&self, name: &str) -> Vec<PathBuf> {
        self.folders(name).iter().flat_map(|folder| with_descendants(folder)).collect()
    }
}

/// The mount data that names a v1 hierarchy, from its mount options.
fn hierarchy_data(options: &str) -> Option<String> {
    let parts: Vec<&str> = options
        .split(',')
        .filter(|option| !GENERAL_OPTIONS.contains(option) && !option.starts_with("release_agent="))
        .collect();
    match parts[..] {
        [] => None,
        [name] if name.starts_with("name=") => Some(format!("none,{name}")),
        _ => Some(parts.join(",")),
    }
}

fn mount_hierarchy(hierarchy: &Hierarchy, root: &Path) -> Result<(), NodeError> {
    let names = hierarchy.data.trim_start_matches("none,name=");
    let target = root.join(names);
    fs::create_dir_all(&target).map_err(NodeError::at("create", &target))?;
    mount_at("cgroup", &target, &hierarchy.data)?;
    // A hierarchy `cpu,cpuacct` is looked for as `cpu` and as `cpuacct`.
    for controller in names.split(',').filter(|controller| *controller != names) {
        let link = root.join(controller);
        std::os::unix::fs::symlink(names, &link).map_err(NodeError::at("link", &link))?;
    }
    create(&target.join(KUBELET_CGROUP))
}

/// Makes the kubelet's v2 cgroup in the node's root, with every controller available to pods.
fn create_for_kubelet(root: &Path) -> Result<(), NodeError> {
    enable_controllers(root);
    let kubelet = root.join(KUBELET_CGROUP);
    create(&kubelet)?;
    enable_controllers(&kubelet);
    Ok(())
}

fn mount_at(kind: &str, target: &Path, data: &str) -> Result<(), NodeError> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some(kind), target, Some(kind), flags, Some(data))
        .map_err(NodeError::system(format!("mount {kind} ({data}) at `{}`", target.display())))
}

/// Makes a cgroup. A v1 cgroup of cpus gets the cpus and memory nodes of its parent; v2 inherits them.
fn create(folder: &Path) -> Result<(), NodeError> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(NodeError::at("create", folder)(error));
        }
        _ => {}
    }
    let parent = folder.parent().expect("a cgroup lies below its hierarchy");
    // Only v1 has this file.
    if !parent.join("tasks").exists() {
        return Ok(());
    }
    for file in CPUSET_FILES {
        let source = parent.join(file);
        if source.exists() {
            let value = fs::read(&source).map_err(NodeError::at("read", &source))?;
            let target = folder.join(file);
            fs::write(&target, value).map_err(NodeError::at("write", &target))?;
        }
    }
    Ok(())
}

fn join(folder: &Path, pid: u32) -> Result<(), NodeError> {
    let file = folder.join("cgroup.procs");
    fs::write(&file, pid.to_string()).map_err(NodeError::at("write", &file))
}

/// Moves the processes of a v2 cgroup that is not the machine's root, as a container's is not, into a leaf of it: it gives
/// controllers to its children only while it has no process of its own.
fn make_room(root: &Path) -> Result<(), NodeError> {
    // The machine's root lacks this file.
    if !root.join("cgroup.type").exists() {
        return Ok(());
    }
    let leaf = root.join(BESIDE);
    // Again and again, because a process that is about to be moved may start another.
    for _ in 0..MOVES {
        let path = root.join("cgroup.procs");
        let text = fs::read_to_string(&path).map_err(NodeError::at("read", &path))?;
        let mut pids = text.lines().filter_map(|line| line.trim().parse().ok()).peekable();
        if pids.peek().is_none() {
            return Ok(());
        }
        create(&leaf)?;
        // It fails only if the process has ended meanwhile.
        pids.for_each(|pid| _ = join(&leaf, pid));
    }
    Err(NodeError::Left { what: format!("every process from the cgroup `{}`", root.display()) })
}

/// Makes every v2 controller of `folder` available to its children, except those that the kernel refuses.
fn enable_controllers(folder: &Path) {
    let Ok(controllers) = fs::read_to_string(folder.join("cgroup.controllers")) else { return };
    for controller in controllers.split_whitespace() {
        let _ = fs::write(folder.join("cgroup.subtree_control"), format!("+{controller}"));
    }
}

/// The folder and all below it, children before their parents. None if the folder does not exist.
fn with_descendants(folder: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(entries) = fs::read_dir(folder) {
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.extend(with_descendants(&entry.path()));
            }
        }
        folders.push(folder.to_owned());
    }
    folders
}

fn is_removed(folder: &Path) -> bool {
    match fs::remove_dir(folder) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests;
