//! What an instance is: its processes and its ports, as its supervisor wrote them down.

use std::fs;
use std::io;
use std::net::SocketAddrV4;
use std::path::Path;

use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use super::error::NodeError;
use super::layout::Layout;
use super::settings::{read_record, write_record};

/// A process, told apart from a later one with the same number by when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessId {
    /// Its number, outside the node.
    pub pid: i32,
    /// When it started, in clock ticks after the machine.
    start_ticks: u64,
}

impl ProcessId {
    /// Names the process that has the number `pid` now, if one has.
    #[must_use]
    pub fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let start_ticks = start_ticks(&stat)?;
        Some(Self { pid, start_ticks })
    }

    /// Names this process.
    #[must_use]
    pub fn current() -> Self {
        Self::of(std::process::id().cast_signed()).expect("a running process is in /proc")
    }

    /// Whether the process still runs; one that only waits to be reaped does not.
    #[must_use]
    pub fn is_running(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Its number.
    #[must_use]
    pub fn pid(self) -> Pid {
        Pid::from_raw(self.pid)
    }
}

/// The start time in a line of `/proc/<pid>/stat`, unless the process is a zombie.
fn start_ticks(stat: &str) -> Option<u64> {
    // The name is in parentheses and may hold anything, parentheses included.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    if matches!(fields.first(), Some(&("Z" | "X"))) {
        return None;
    }
    fields.get(19)?.parse().ok()
}

/// A local address that leads to a port of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forwarded {
    /// The address outside the node.
    pub address: SocketAddrV4,
    /// The port inside it.
    pub node_port: u16,
}

/// The record of a running instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// The instance's name.
    pub name: String,
    /// The process that holds the ports and owns everything else.
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
    /// Reads the record of an instance, if its supervisor has written one.
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

    /// Writes the record.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn save(&self, layout: &Layout) -> Result<(), NodeError> {
        write_record(&layout.instance(), self)
    }

    /// Names of the folders below `home` that hold an instance, running or not.
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
