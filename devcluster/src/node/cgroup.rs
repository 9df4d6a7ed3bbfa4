//! The cgroup subtree of an instance: made before its processes, emptied and removed after them.
//!
//! Ran on cgroup v1. The cgroup v2 branches follow the kernel's documentation and are untested.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::mount::{MsFlags, mount};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::NodeError;

/// Where the kernel's cgroups are mounted, inside the node and nearly everywhere outside.
pub const CGROUP_MOUNT: &str = "/sys/fs/cgroup";
/// The cgroup below which the kubelet puts pods, as seen inside the node.
pub const KUBELET_CGROUP: &str = "kubelet";
/// cgroup v2 allows processes in leaves only; the node's own programs live in this one.
const LEAF: &str = "init";
/// What a v1 cgroup of cpus must be given before a process may join it.
const CPUSET_FILES: [&str; 2] = ["cpuset.cpus", "cpuset.mems"];

/// One hierarchy of cgroup v1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    mount: PathBuf,
    /// Mount data that names the hierarchy: `cpu,cpuacct`, or `none,name=systemd`.
    data: String,
}

/// The machine's cgroups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cgroups {
    /// One hierarchy for each controller.
    V1(Vec<Hierarchy>),
    /// One hierarchy for all. Untested.
    V2(PathBuf),
}

impl Cgroups {
    /// The cgroups that this process sees mounted.
    ///
    /// # Errors
    /// When the machine has no cgroups mounted.
    pub fn detect() -> Result<Self, NodeError> {
        let path = Path::new("/proc/self/mounts");
        let mounts = fs::read_to_string(path).map_err(NodeError::at("read", path))?;
        Self::parse(&mounts).ok_or_else(|| NodeError::Unsupported {
            what: "mounted cgroups".to_owned(),
            fix: format!("mount cgroup2 at {CGROUP_MOUNT}, or the cgroup v1 controllers below it"),
        })
    }

    /// Reads a mount table. A hybrid machine (v1 controllers and an empty v2) counts as v1.
    fn parse(mounts: &str) -> Option<Self> {
        let mut hierarchies = Vec::new();
        let mut unified = None;
        for line in mounts.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, mount, kind, options, ..] = fields[..] else { continue };
            match kind {
                "cgroup" => {
                    if let Some(data) = hierarchy_data(options) {
                        let hierarchy = Hierarchy { mount: PathBuf::from(mount), data };
                        if !hierarchies.iter().any(|known: &Hierarchy| known.data == hierarchy.data) {
                            hierarchies.push(hierarchy);
                        }
                    }
                }
                "cgroup2" => unified = unified.or_else(|| Some(PathBuf::from(mount))),
                _ => {}
            }
        }
        if hierarchies.iter().any(|hierarchy| hierarchy.data.split(',').any(|part| part == "memory")) {
            return Some(Self::V1(hierarchies));
        }
        unified.map(Self::V2)
    }

    /// `v1` or `v2`, for people.
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
            enable_controllers(root);
        }
        for folder in self.folders(name) {
            create_child(&folder)?;
        }
        Ok(())
    }

    /// Moves this process into the subtree, so that a new cgroup namespace has it as its root.
    ///
    /// # Errors
    /// When this process may not be moved.
    pub fn join(&self, name: &str) -> Result<(), NodeError> {
        self.folders(name).iter().try_for_each(|folder| join(folder))
    }

    /// Moves this process into a leaf of the subtree where the kernel asks for that: cgroup v2, untested.
    ///
    /// # Errors
    /// When this process may not be moved.
    pub fn settle(&self, name: &str) -> Result<(), NodeError> {
        let Self::V2(root) = self else { return Ok(()) };
        let leaf = root.join(name).join(LEAF);
        create_child(&leaf)?;
        join(&leaf)
    }

    /// Mounts the cgroups inside the node and makes the kubelet's. Needs the node's own mount and cgroup namespaces.
    ///
    /// # Errors
    /// When the kernel refuses a mount.
    pub fn mount_inside(&self) -> Result<(), NodeError> {
        let root = Path::new(CGROUP_MOUNT);
        match self {
            Self::V1(hierarchies) => {
                mount_at("tmpfs", root, "mode=755")?;
                for hierarchy in hierarchies {
                    let names = hierarchy.data.trim_start_matches("none,name=");
                    let target = root.join(names);
                    fs::create_dir_all(&target).map_err(NodeError::at("create", &target))?;
                    mount_at("cgroup", &target, &hierarchy.data)?;
                    link_controllers(root, names)?;
                    create_child(&target.join(KUBELET_CGROUP))?;
                }
            }
            Self::V2(_) => {
                mount_at("cgroup2", root, "")?;
                enable_controllers(root);
                let kubelet = root.join(KUBELET_CGROUP);
                create_child(&kubelet)?;
                enable_controllers(&kubelet);
            }
        }
        Ok(())
    }

    /// Every process in the subtree, as numbered outside the node.
    #[must_use]
    pub fn processes(&self, name: &str) -> Vec<Pid> {
        let mut pids: Vec<i32> = self
            .folders(name)
            .iter()
            .flat_map(|folder| below(folder))
            .filter_map(|folder| fs::read_to_string(folder.join("cgroup.procs")).ok())
            .flat_map(|text| text.lines().filter_map(|line| line.trim().parse().ok()).collect::<Vec<i32>>())
            .collect();
        pids.sort_unstable();
        pids.dedup();
        pids.into_iter().map(Pid::from_raw).collect()
    }

    /// Ends every process in the subtree and removes it. A subtree that is not there is success.
    ///
    /// # Errors
    /// [`NodeError::Left`] when a process or a cgroup is still there after `patience`.
    pub fn remove(&self, name: &str, patience: Duration) -> Result<(), NodeError> {
        let deadline = Instant::now() + patience;
        loop {
            self.thaw(name);
            for pid in self.processes(name) {
                // Gone meanwhile is as good as ended.
                let _ = kill(pid, Signal::SIGKILL);
            }
            let mut left = Vec::new();
            for folder in self.folders(name) {
                left.extend(below(&folder).into_iter().filter(|folder| !removed(folder)));
            }
            let Some(folder) = left.first() else { return Ok(()) };
            if Instant::now() > deadline {
                return Err(NodeError::Left { what: format!("the cgroup `{}`", folder.display()) });
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// A frozen process would never act on its SIGKILL under v1.
    fn thaw(&self, name: &str) {
        for folder in self.folders(name).iter().flat_map(|folder| below(folder)) {
            let state = folder.join("freezer.state");
            if state.exists() {
                let _ = fs::write(state, "THAWED");
            }
        }
    }

    /// The subtree's folder in every hierarchy.
    #[must_use]
    pub fn folders(&self, name: &str) -> Vec<PathBuf> {
        match self {
            Self::V1(hierarchies) => hierarchies.iter().map(|hierarchy| hierarchy.mount.join(name)).collect(),
            Self::V2(root) => vec![root.join(name)],
        }
    }
}

/// The mount data that names a v1 hierarchy, from its mount options.
fn hierarchy_data(options: &str) -> Option<String> {
    const GENERAL: [&str; 9] =
        ["rw", "ro", "relatime", "noatime", "nosuid", "nodev", "noexec", "xattr", "clone_children"];
    let parts: Vec<&str> = options
        .split(',')
        .filter(|option| !GENERAL.contains(option) && !option.starts_with("release_agent="))
        .collect();
    match parts[..] {
        [] => None,
        [named] if named.starts_with("name=") => Some(format!("none,{named}")),
        _ => Some(parts.join(",")),
    }
}

fn mount_at(kind: &str, target: &Path, data: &str) -> Result<(), NodeError> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some(kind), target, Some(kind), flags, Some(data))
        .map_err(NodeError::system(format!("mount {kind} ({data}) at `{}`", target.display())))
}

/// `cpu,cpuacct` must be found as `cpu` and as `cpuacct` too.
fn link_controllers(root: &Path, names: &str) -> Result<(), NodeError> {
    if !names.contains(',') {
        return Ok(());
    }
    for controller in names.split(',') {
        let link = root.join(controller);
        std::os::unix::fs::symlink(names, &link).map_err(NodeError::at("link", &link))?;
    }
    Ok(())
}

/// Makes a cgroup; under v1 it gets its parent's cpus and memory nodes, without which no process could join.
fn create_child(folder: &Path) -> Result<(), NodeError> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(NodeError::at("create", folder)(error));
        }
        _ => {}
    }
    let parent = folder.parent().expect("a cgroup lies below its hierarchy");
    if !parent.join("cgroup.sane_behavior").exists() && !parent.join("tasks").exists() {
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

fn join(folder: &Path) -> Result<(), NodeError> {
    let file = folder.join("cgroup.procs");
    fs::write(&file, std::process::id().to_string()).map_err(NodeError::at("write", &file))
}

/// Hands every controller down to children: cgroup v2, untested. One that cannot be handed down is left out.
fn enable_controllers(folder: &Path) {
    let Ok(controllers) = fs::read_to_string(folder.join("cgroup.controllers")) else { return };
    for controller in controllers.split_whitespace() {
        let _ = fs::write(folder.join("cgroup.subtree_control"), format!("+{controller}"));
    }
}

/// The folder and all below it, deepest first.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(entries) = fs::read_dir(folder) {
        for entry in entries.flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.extend(below(&entry.path()));
            }
        }
        folders.push(folder.to_owned());
    }
    folders
}

fn removed(folder: &Path) -> bool {
    match fs::remove_dir(folder) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,nodev,noexec,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,xattr,release_agent=/lib/agent,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
";

    #[test]
    fn hybrid_machine_is_read_as_v1_with_each_hierarchy_once() {
        let Some(Cgroups::V1(hierarchies)) = Cgroups::parse(&format!("{HYBRID}{HYBRID}")) else {
            panic!("must be v1");
        };
        let data: Vec<&str> = hierarchies.iter().map(|hierarchy| hierarchy.data.as_str()).collect();
        assert_eq!(data, ["cpu,cpuacct", "memory", "none,name=systemd"]);
    }

    #[test]
    fn unified_machine_is_read_as_v2() {
        let found = Cgroups::parse("cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate 0 0\n");
        assert_eq!(found, Some(Cgroups::V2(PathBuf::from("/sys/fs/cgroup"))));
    }

    #[test]
    fn machine_without_cgroups_is_told_apart() {
        assert_eq!(Cgroups::parse("proc /proc proc rw 0 0\n"), None);
    }
}
