//! What an instance was asked to be, written down for the processes that make it so.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::NodeError;
use super::layout::Layout;

/// The node's own address, on a bridge inside its network namespace: from a range reserved for documentation, so that
/// it never hides a real machine.
pub const NODE_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 77);
/// Port of the API server inside the node.
pub const API_PORT: u16 = 6443;
/// Address of the API server inside the node.
pub const API_ADDRESS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, API_PORT);

/// The file in a folder of the cache whose lock keeps the folder.
const IN_USE: &str = ".in-use";

/// A local port that leads to a port of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Forward {
    /// The port of 127.0.0.1 to listen on; 0 takes any free one.
    pub local_port: u16,
    /// How many ports after it may be tried when it is taken.
    pub tries: u16,
    /// The port of the node that it leads to.
    pub node_port: u16,
}

/// Where the programs of the node are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Programs {
    /// Folder with `kube-apiserver`, `kubelet`, `etcd`, `kubectl` and the other Kubernetes programs.
    pub kubernetes: PathBuf,
    /// Folder with containerd, its shim, `ctr` and the network plugins.
    pub runtime: PathBuf,
    /// Archive of the image that holds a pod's namespaces.
    pub pause: PathBuf,
    /// Folders with `runc` and `nft`.
    pub tools: Vec<PathBuf>,
    /// Folders with the libraries of `runc` and `nft`, when they are not the machine's own.
    pub libraries: Vec<PathBuf>,
}

impl Programs {
    /// The search path of the node's programs, `rest` after them.
    ///
    /// # Panics
    /// Never: the cache's path has no colon.
    #[must_use]
    pub fn search_path(&self, rest: Option<OsString>) -> OsString {
        let own = [&self.runtime, &self.kubernetes].into_iter().chain(&self.tools).cloned();
        let rest: Vec<PathBuf> = rest.map(|rest| std::env::split_paths(&rest).collect()).unwrap_or_default();
        std::env::join_paths(own.chain(rest)).expect("no folder of programs has a colon in its name")
    }

    /// Keeps the cache from removing the programs while the returned locks live.
    ///
    /// # Errors
    /// When a lock of the cache cannot be had.
    pub fn keep(&self) -> Result<Vec<File>, NodeError> {
        let folders = [&self.kubernetes, &self.runtime];
        let locks = folders.into_iter().map(|folder| folder.join(IN_USE)).filter(|path| path.exists());
        locks
            .map(|path| {
                let file = File::open(&path).map_err(NodeError::at("open", &path))?;
                file.lock_shared().map_err(NodeError::at("lock", &path))?;
                Ok(file)
            })
            .collect()
    }

    /// `LD_LIBRARY_PATH` of the node's programs, if they need one.
    ///
    /// # Panics
    /// Never: the cache's path has no colon.
    #[must_use]
    pub fn library_path(&self) -> Option<OsString> {
        let joined = std::env::join_paths(&self.libraries).expect("no folder of libraries has a colon in its name");
        Some(joined).filter(|joined| !joined.is_empty())
    }
}

/// Everything that the processes of an instance are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The instance's name, also the name of its node.
    pub name: String,
    /// The instance's cgroup, the same name in every hierarchy.
    pub cgroup: String,
    /// Ports to listen on, the web's first.
    pub forwards: Vec<Forward>,
    /// Where the programs are.
    pub programs: Programs,
    /// Image archives to import before the node is ready, besides the pause image.
    pub images: Vec<PathBuf>,
    /// Whether the instance ends with the process that started it.
    pub owned: bool,
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

/// Reads a JSON file.
pub(super) fn read_record<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, NodeError> {
    let text = fs::read(path).map_err(NodeError::at("read", path))?;
    serde_json::from_slice(&text).map_err(|source| NodeError::Record { what: path.display().to_string(), source })
}

/// Writes a JSON file in one step, so that a reader never sees half of it.
pub(super) fn write_record<T: Serialize>(path: &Path, record: &T) -> Result<(), NodeError> {
    let text = serde_json::to_vec_pretty(record)
        .map_err(|source| NodeError::Record { what: path.display().to_string(), source })?;
    let partial = path.with_extension("partial");
    fs::write(&partial, text).map_err(NodeError::at("write", &partial))?;
    fs::rename(&partial, path).map_err(NodeError::at("rename", &partial))
}
