//! The files of an instance: all in one folder, so that removing the folder removes the instance.

use std::path::{Path, PathBuf};

/// The folder of all instances below a user's home folder, unless `DEVCLUSTER_HOME` names another.
const HOME_BELOW_USER: &str = ".local/state/coverletter-devcluster";

/// The folder that holds all instances by default: `$DEVCLUSTER_HOME`, else a folder below the user's home.
#[must_use]
pub fn default_home() -> PathBuf {
    if let Some(home) = std::env::var_os("DEVCLUSTER_HOME").filter(|home| !home.is_empty()) {
        return PathBuf::from(home);
    }
    std::env::home_dir().unwrap_or_else(std::env::temp_dir).join(HOME_BELOW_USER)
}

/// The paths of one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// The paths of the instance `name` below `home`.
    #[must_use]
    pub fn new(home: &Path, name: &str) -> Self {
        Self { folder: home.join(name) }
    }

    /// The folder of the logs, one file for each component.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// The folder that keeps the logs of a failed start, beside the instance's folder.
    #[must_use]
    pub fn failed_logs(&self) -> PathBuf {
        let mut name = self.folder.file_name().unwrap_or_default().to_owned();
        name.push(".failed");
        self.folder.with_file_name(name)
    }

    /// The paths of the instance in `folder`.
    pub(super) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the instance was asked to be: [`Settings`](super::instance::Settings).
    pub(super) fn settings(&self) -> PathBuf {
        self.folder.join("settings.json")
    }

    /// What runs: [`Instance`](super::instance::Instance), written once the ports are bound.
    pub(super) fn instance(&self) -> PathBuf {
        self.folder.join("instance.json")
    }

    /// How far the start has come: an [`Entry`](super::progress::Entry) a line.
    pub(super) fn progress(&self) -> PathBuf {
        self.folder.join("progress.jsonl")
    }

    /// The kubeconfig of an administrator outside the node.
    pub(super) fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// The folder of certificates and keys.
    pub(super) fn pki(&self) -> PathBuf {
        self.folder.join("pki")
    }

    /// A file of certificates or keys.
    pub(super) fn key_file(&self, name: &str) -> PathBuf {
        self.pki().join(name)
    }

    /// The kubeconfig of a component inside the node.
    pub(super) fn component_kubeconfig(&self, component: &str) -> PathBuf {
        self.pki().join(format!("{component}.kubeconfig"))
    }

    pub(super) fn config_file(&self, name: &str) -> PathBuf {
        self.folder.join("config").join(name)
    }

    /// The folder of the plugins of the pod network that are not the runtime's.
    pub(super) fn own_plugins(&self) -> PathBuf {
        self.config_file("cni-plugins")
    }

    pub(super) fn log(&self, component: &str) -> PathBuf {
        self.logs().join(format!("{component}.log"))
    }

    /// The working data of a component.
    pub(super) fn state(&self, component: &str) -> PathBuf {
        self.folder.join("state").join(component)
    }

    /// The parent of the folders behind persistent volumes.
    pub(super) fn volumes(&self) -> PathBuf {
        self.folder.join("volumes")
    }

    /// What the node sees at `/var/lib`, so that nothing it writes there stays on the machine.
    pub(super) fn var_lib(&self) -> PathBuf {
        self.folder.join("var/lib")
    }

    /// What the node sees at `/var/log`, for the same reason.
    pub(super) fn var_log(&self) -> PathBuf {
        self.folder.join("var/log")
    }

    pub(super) fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// The folders whose content makes the same cluster of another instance.
    pub(super) fn kept(&self) -> [PathBuf; 3] {
        [self.pki(), self.state("etcd"), self.volumes()]
    }

    /// Every folder that must exist before the node starts.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![
            self.pki(),
            self.config_file("cni"),
            self.logs(),
            self.volumes(),
            self.var_lib(),
            self.var_log(),
            self.temporary(),
        ];
        let states = ["containerd", "etcd", "home", "kubelet", "kubelet-plugins", "pod-logs"];
        folders.extend(states.map(|part| self.state(part)));
        folders
    }
}
