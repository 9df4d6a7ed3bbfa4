//! Where everything of one instance lies: a single folder, so that removing it removes the instance.

use std::path::{Path, PathBuf};

/// Path of a `DEVCLUSTER_HOME` below a user's home folder.
const HOME_BELOW_USER: &str = ".local/state/coverletter-devcluster";

/// The folder that holds all instances, unless told otherwise: `$DEVCLUSTER_HOME`, else a folder below the user's own.
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
    /// Paths of the instance `name` below `home`.
    #[must_use]
    pub fn new(home: &Path, name: &str) -> Self {
        Self { folder: home.join(name) }
    }

    /// Paths of the instance in `folder`.
    #[must_use]
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The instance's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the instance was asked to be: `settings.json`.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.folder.join("settings.json")
    }

    /// What the instance is: `instance.json`, written once its ports are bound.
    #[must_use]
    pub fn instance(&self) -> PathBuf {
        self.folder.join("instance.json")
    }

    /// How far the instance has come: `progress.jsonl`, one entry a line.
    #[must_use]
    pub fn progress(&self) -> PathBuf {
        self.folder.join("progress.jsonl")
    }

    /// Kubeconfig of an administrator outside the node.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// Certificates and keys.
    #[must_use]
    pub fn pki(&self) -> PathBuf {
        self.folder.join("pki")
    }

    /// One file of certificates or keys.
    #[must_use]
    pub fn key_file(&self, name: &str) -> PathBuf {
        self.pki().join(name)
    }

    /// Kubeconfig of one component inside the node.
    #[must_use]
    pub fn component_kubeconfig(&self, component: &str) -> PathBuf {
        self.pki().join(format!("{component}.kubeconfig"))
    }

    /// Configuration files of the components.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.folder.join("config")
    }

    /// One configuration file.
    #[must_use]
    pub fn config_file(&self, name: &str) -> PathBuf {
        self.config().join(name)
    }

    /// Logs, one file for each component.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Log of one component.
    #[must_use]
    pub fn log(&self, component: &str) -> PathBuf {
        self.logs().join(format!("{component}.log"))
    }

    /// Where the logs of a failed start are kept, outside the instance's folder.
    #[must_use]
    pub fn failed_logs(&self) -> PathBuf {
        let mut name = self.folder.file_name().unwrap_or_default().to_owned();
        name.push(".failed");
        self.folder.with_file_name(name)
    }

    /// Working data of one component.
    #[must_use]
    pub fn state(&self, component: &str) -> PathBuf {
        self.folder.join("state").join(component)
    }

    /// Folders behind the persistent volumes.
    #[must_use]
    pub fn volumes(&self) -> PathBuf {
        self.folder.join("volumes")
    }

    /// What the node sees at `/var/lib`, so that nothing it writes there stays on the machine.
    #[must_use]
    pub fn var_lib(&self) -> PathBuf {
        self.folder.join("var/lib")
    }

    /// What the node sees at `/var/log`, for the same reason.
    #[must_use]
    pub fn var_log(&self) -> PathBuf {
        self.folder.join("var/log")
    }

    /// Temporary files.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// Every folder that must exist before the node starts.
    #[must_use]
    pub fn folders(&self) -> Vec<PathBuf> {
        let mut folders = vec![
            self.pki(),
            self.config(),
            self.config_file("cni"),
            self.logs(),
            self.volumes(),
            self.var_lib(),
            self.var_log(),
            self.temporary(),
        ];
        folders.extend(["containerd", "etcd", "kubelet", "kubelet-plugins", "pod-logs"].map(|part| self.state(part)));
        folders
    }
}
