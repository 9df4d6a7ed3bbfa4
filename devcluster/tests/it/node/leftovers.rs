//! Checks that a node leaves nothing on the machine.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use devcluster::node::Node;
use tokio::time::MissedTickBehavior;

const GONE_WITHIN: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);
/// The interfaces of a node, which must not appear outside of it.
const LINKS: [&str; 2] = ["node0", "cni0"];

/// Where to search for what is left of a node.
pub struct Traces {
    folder: PathBuf,
    cgroup: String,
    ports: Vec<SocketAddr>,
}

impl Traces {
    /// The traces of a running node. They must be seen now, else their absence later would prove nothing.
    pub fn of(node: &Node) -> Self {
        let traces = Self {
            folder: node.folder().to_owned(),
            cgroup: node.instance().cgroup.clone(),
            ports: vec![node.api().into(), node.web().into()],
        };
        assert!(traces.processes().len() > 10, "{:?}", traces.processes());
        assert!(!traces.cgroups().is_empty());
        assert!(traces.folder.exists());
        traces
    }

    /// Waits until nothing is left.
    pub async fn vanish(&self) {
        let (deadline, mut every) = (Instant::now() + GONE_WITHIN, tokio::time::interval(LOOK));
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        every.tick().await;
        while !self.left().is_empty() {
            assert!(Instant::now() < deadline, "left: {:?}", self.left());
            every.tick().await;
        }
    }

    fn left(&self) -> Vec<String> {
        let mut left = self.processes();
        left.extend(self.cgroups().iter().map(|folder| folder.display().to_string()));
        left.extend(self.mounts());
        left.extend(
            LINKS.iter().filter(|link| Path::new("/sys/class/net").join(link).exists()).map(ToString::to_string),
        );
        left.extend(self.ports.iter().filter(|port| TcpStream::connect(port).is_ok()).map(ToString::to_string));
        left.extend(self.folder.exists().then(|| self.folder.display().to_string()));
        left
    }

    /// Processes that are in the node's cgroup, or name its folder in their arguments.
    fn processes(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let entries = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        let read = |path: PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).replace('\0', " ");
        entries
            .filter(|path| path.join("cgroup").exists())
            .filter(|path| !fs::read_to_string(path.join("stat")).unwrap_or_default().contains(") Z "))
            .filter(|path| {
                read(path.join("cgroup")).contains(&self.cgroup) || read(path.join("cmdline")).contains(&folder)
            })
            .map(|path| format!("{}: {}", path.display(), read(path.join("cmdline"))))
            .collect()
    }

    fn cgroups(&self) -> Vec<PathBuf> {
        let root = Path::new("/sys/fs/cgroup");
        let hierarchies = fs::read_dir(root).unwrap().flatten().map(|entry| entry.path());
        let folders = std::iter::once(root.to_owned()).chain(hierarchies).map(|folder| folder.join(&self.cgroup));
        folders.filter(|folder| folder.exists()).collect()
    }

    fn mounts(&self) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
        mounts.lines().filter(|line| line.contains(&folder)).map(str::to_owned).collect()
    }
}
