//! An instance: the options a caller gives, the settings its processes read, and the record of what runs.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use super::error::NodeError;
use super::layout::{Layout, default_home};
use super::network::{Forward, Forwarded};
use super::programs::Programs;

/// The default name of an instance.
pub const DEFAULT_NAME: &str = "dev";
/// The default local port of the web.
pub const DEFAULT_WEB_PORT: u16 = 8080;
/// The node port of the web's Service.
pub const WEB_NODE_PORT: u16 = 30080;
/// How many ports after the web's are tried when it is taken.
const WEB_PORT_TRIES: u16 = 100;
/// A name becomes a cgroup, a host name and part of socket paths, whose lengths the kernel limits.
const NAME_LENGTH_MAX: usize = 32;

/// How long a node lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Until the [`Node`](super::Node) is dropped or this process ends, however it ends.
    Owned,
    /// Until it is stopped.
    Detached,
}

/// What a caller asks of a node.
#[derive(Clone, Debug)]
pub struct NodeOptions {
    /// Its name: 1 to 32 of a-z, 0-9 and `-`, starting with a letter.
    pub name: String,
    /// The folder that holds all instances.
    pub home: PathBuf,
    /// The local address on which ports are forwarded, the API server's aside: 127.0.0.1, unless others may come in.
    pub address: Ipv4Addr,
    /// The local port that leads to [`WEB_NODE_PORT`]; the next free one is used when it is taken.
    pub web_port: u16,
    /// Further local ports and the node ports they lead to.
    pub forwards: Vec<Forward>,
    /// Image archives to import before the node is ready.
    pub images: Vec<PathBuf>,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// The folder in which the cluster's objects, keys and volumes outlive it, for the next start with this folder and
    /// this name. Without one they are removed with the node.
    pub kept: Option<PathBuf>,
    /// The `devcluster` program; by default the one beside this program.
    pub devcluster: Option<PathBuf>,
    /// The node's programs; by default they are built and unpacked as needed.
    pub programs: Option<Programs>,
}

impl NodeOptions {
    /// A node that ends with this process, with the defaults of `devcluster up` for everything but its name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            home: default_home(),
            address: Ipv4Addr::LOCALHOST,
            web_port: DEFAULT_WEB_PORT,
            forwards: Vec::new(),
            images: Vec::new(),
            lifetime: Lifetime::Owned,
            kept: None,
            devcluster: None,
            programs: None,
        }
    }

    /// All forwards, the web's first.
    pub(super) fn all_forwards(&self) -> Vec<Forward> {
        let tries = if self.web_port == 0 { 0 } else { WEB_PORT_TRIES };
        let web = Forward { local_port: self.web_port, tries, node_port: WEB_NODE_PORT };
        std::iter::once(web).chain(self.forwards.iter().copied()).collect()
    }

    /// Refuses a name that could not be a host name, a cgroup or a folder.
    pub(super) fn validate(&self) -> Result<(), NodeError> {
        let mut characters = self.name.chars();
        let starts = characters.next().is_some_and(|first| first.is_ascii_lowercase());
        let rest = characters.all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '-');
        if starts && rest && !self.name.ends_with('-') && self.name.len() <= NAME_LENGTH_MAX {
            Ok(())
        } else {
            Err(NodeError::Name { name: self.name.clone() })
        }
    }
}

/// What the processes of an instance need to know, written by the process that starts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The instance's name, also the name of its node.
    pub name: String,
    /// The instance's cgroup, the same name in every hierarchy.
    pub cgroup: String,
    /// The address to listen on for those who come from outside the node.
    pub address: Ipv4Addr,
    /// Ports to listen on, the web's first.
    pub forwards: Vec<Forward>,
    /// Where the programs are.
    pub programs: Programs,
    /// Image archives to import before the node is ready, besides the pause image.
    pub images: Vec<PathBuf>,
    /// Whether the instance ends with the process that started it.
    pub owned: bool,
    /// Whether objects, keys and volumes outlive the instance.
    pub kept: bool,
    /// When the start began, in milliseconds since 1970.
    pub started_at_ms: i64,
}

impl Settings {
    /// Reads the settings of an instance.
    pub fn load(layout: &Layout) -> Result<Self, NodeError> {
        read_record(&layout.settings())
    }

    /// Writes the settings of an instance.
    pub fn save(&self, layout: &Layout) -> Result<(), NodeError> {
        write_record(&layout.settings(), self)
    }
}

fn read_record<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, NodeError> {
    let text = fs::read(path).map_err(NodeError::at("read", path))?;
    serde_json::from_slice(&text).map_err(|source| NodeError::Record { what: path.display().to_string(), source })
}

/// Writes a JSON file in one step, so that a reader never sees half of it.
fn write_record<T: Serialize>(path: &Path, record: &T) -> Result<(), NodeError> {
    let text = serde_json::to_vec_pretty(record)
        .map_err(|source| NodeError::Record { what: path.display().to_string(), source })?;
    let partial = path.with_extension("partial");
    fs::write(&partial, text).map_err(NodeError::at("write", &partial))?;
    fs::rename(&partial, path).map_err(NodeError::at("rename", &partial))
}

/// A process id with the time at which the process started, which differs when the id is reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessId {
    /// The process id outside the node.
    pub pid: i32,
    /// Clock ticks from the start of the machine to the start of the process.
    start_ticks: u64,
}

impl ProcessId {
    /// The running process with this id, if there is one.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let start_ticks = start_ticks(&stat)?;
        Some(Self { pid, start_ticks })
    }

    /// This process.
    ///
    /// # Panics
    /// When `/proc` is not mounted.
    #[must_use]
    pub fn current() -> Self {
        Self::of(std::process::id().cast_signed()).expect("a running process is in /proc")
    }

    /// Whether the process still runs. A zombie does not.
    #[must_use]
    pub fn is_running(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// The process id outside the node, as a type.
    #[must_use]
    pub fn pid(self) -> Pid {
        Pid::from_raw(self.pid)
    }
}

/// The start time in a line of `/proc/<pid>/stat`, unless the process is a zombie.
fn start_ticks(stat: &str) -> Option<u64> {
    // The name stands in parentheses and may itself contain parentheses.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    if matches!(fields.first(), Some(&("Z" | "X"))) {
        return None;
    }
    fields.get(19)?.parse().ok()
}

/// The record of a running instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// The instance's name.
    pub name: String,
    /// The process that holds the ports; the instance ends with it.
    pub supervisor: ProcessId,
    /// A process in the node's namespaces.
    pub namespaces: ProcessId,
    /// Where the API server is reached.
    pub api: SocketAddrV4,
    /// Where the node's ports are reached, the web's first.
    pub forwarded: Vec<Forwarded>,
    /// The instance's cgroup.
    pub cgroup: String,
}

impl Instance {
    /// The record of an instance, if its supervisor has written it.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn load(layout: &Layout) -> Result<Option<Self>, NodeError> {
        match read_record(&layout.instance()) {
            Ok(instance) => Ok(Some(instance)),
            Err(NodeError::Path { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The record of an instance whose supervisor runs, whether or not the node is ready.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn running(layout: &Layout) -> Result<Option<Self>, NodeError> {
        Ok(Self::load(layout)?.filter(|instance| instance.supervisor.is_running()))
    }

    /// Writes the record.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, layout: &Layout) -> Result<(), NodeError> {
        write_record(&layout.instance(), self)
    }

    /// The names of all instances below `home`, running or not, sorted.
    #[must_use]
    pub fn names(home: &Path) -> Vec<String> {
        let Ok(entries) = fs::read_dir(home) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| Layout::at(entry.path()).settings().exists())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_must_be_a_short_host_name() {
        for name in ["dev", "a", "e2e-2"] {
            assert!(NodeOptions::named(name).validate().is_ok(), "{name}");
        }
        for name in ["", "2a", "Dev", "a/b", "..", "a-", &"a".repeat(33)] {
            assert!(NodeOptions::named(name).validate().is_err(), "{name}");
        }
    }

    #[test]
    fn this_process_is_running_and_an_earlier_one_with_its_number_is_not() {
        let this = ProcessId::current();
        assert!(this.is_running());
        let earlier = ProcessId { start_ticks: this.start_ticks - 1, ..this };
        assert!(!earlier.is_running());
    }

    #[test]
    fn zombie_does_not_count_as_running() {
        let fields = "1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0";
        assert_eq!(start_ticks(&format!("7 (a) b) S {fields}")), Some(4711));
        assert_eq!(start_ticks(&format!("7 (a) b) Z {fields}")), None);
    }
}
