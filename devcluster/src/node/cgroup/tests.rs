use std::process::{Child, Command};

use nix::unistd::Uid;

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
fn machine_without_cgroups_is_recognised() {
    assert_eq!(Cgroups::parse("proc /proc proc rw 0 0\n"), None);
}

/// A v2 cgroup that takes the place of the machine's root, so that the test changes nothing else.
struct V2Root(PathBuf);

impl V2Root {
    /// None, and a line that says why, where the machine has no v2 hierarchy or this is not root.
    fn new() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        let unified = mounts.lines().find(|line| line.split(' ').nth(2) == Some("cgroup2"));
        let Some(mount) = unified.and_then(|line| line.split(' ').nth(1)).filter(|_| Uid::effective().is_root()) else {
            eprintln!("Not run: needs root and a mounted cgroup v2 hierarchy");
            return None;
        };
        let folder = Path::new(mount).join(format!("devcluster-test-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Some(Self(folder))
    }
}

impl Drop for V2Root {
    fn drop(&mut self) {
        Cgroups::V2(self.0.parent().unwrap().to_owned())
            .remove(&self.0.file_name().unwrap().to_string_lossy(), Duration::from_secs(5))
            .unwrap();
    }
}

fn sleeper_in(folder: &Path) -> Child {
    let child = Command::new("sleep").arg("600").spawn().unwrap();
    join(folder, child.id()).unwrap();
    child
}

#[test]
fn v2_subtree_is_removed_with_the_processes_of_the_node_and_its_pods() {
    let Some(root) = V2Root::new() else { return };
    let cgroups = Cgroups::V2(root.0.clone());
    cgroups.create("node").unwrap();
    let node = root.0.join("node");
    let leaf = node.join(LEAF);
    create(&leaf).unwrap();
    let mut own = sleeper_in(&leaf);
    create_for_kubelet(&node).unwrap();
    let pod = node.join(KUBELET_CGROUP).join("pod");
    create(&pod).unwrap();
    let mut pods = sleeper_in(&pod);
    let handed_down = |folder: &Path| fs::read_to_string(folder.join("cgroup.controllers")).unwrap();
    assert_eq!(handed_down(&pod), handed_down(&node), "the kubelet needs every controller that the node has");

    let mut expected = [own.id(), pods.id()].map(|id| Pid::from_raw(id.cast_signed()));
    expected.sort_unstable();
    assert_eq!(cgroups.processes("node"), expected);
    cgroups.remove("node", Duration::from_secs(10)).unwrap();
    assert!(!node.exists());
    for child in [&mut own, &mut pods] {
        assert!(!child.wait().unwrap().success());
    }
    cgroups.remove("node", Duration::ZERO).unwrap();
}

#[test]
fn v2_cgroup_of_a_container_makes_room_for_the_node() {
    let Some(root) = V2Root::new() else { return };
    let mut beside = sleeper_in(&root.0);
    let cgroups = Cgroups::V2(root.0.clone());
    cgroups.create("node").unwrap();
    let controllers = |folder: &Path| fs::read_to_string(folder.join("cgroup.controllers")).unwrap();
    assert_eq!(controllers(&root.0.join("node")), controllers(&root.0), "pods need every controller of the container");
    let moved = fs::read_to_string(root.0.join(BESIDE).join("cgroup.procs")).unwrap();
    assert_eq!(moved.trim(), beside.id().to_string());
    beside.kill().unwrap();
    beside.wait().unwrap();
}
