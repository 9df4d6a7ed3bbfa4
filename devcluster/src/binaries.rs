//! The programs of Kubernetes and of the container runtime, built from pinned Go sources and kept in the cache.

use std::path::{Path, PathBuf};

use crate::cache::{Cache, Entry};
use go_module::GoModule;

mod go_module;

pub use go_module::BinariesError;

/// The Kubernetes release that is built.
pub const KUBERNETES_VERSION: &str = "v1.36.3";
/// The release of Helm that is built. Its modules have the versions of Kubernetes above, so that little is compiled twice.
pub const HELM_VERSION: &str = "v3.21.4";
/// The containerd release that is built.
pub const CONTAINERD_VERSION: &str = "v2.3.7";

/// The variable names a folder with these three programs, by the convention of Kubebuilder.
const ASSETS_VARIABLE: &str = "KUBEBUILDER_ASSETS";
const ASSETS: [&str; 3] = ["etcd", "kube-apiserver", "kubectl"];
const CONTROLLER_MANAGER: &str = "kube-controller-manager";

/// One program under nine names: it does what the name says under which it is started.
const KUBERNETES: GoModule = GoModule {
    name: "kubernetes",
    sources: &[
        ("go.mod", include_str!("../kubernetes/go.mod")),
        ("go.sum", include_str!("../kubernetes/go.sum")),
        ("main.go", include_str!("../kubernetes/main.go")),
    ],
    // Without a valid version, clients and components refuse to talk to each other.
    variables: &[
        ("k8s.io/component-base/version.gitVersion", KUBERNETES_VERSION),
        ("k8s.io/component-base/version.gitMajor", "1"),
        ("k8s.io/component-base/version.gitMinor", "36"),
        ("k8s.io/component-base/version.gitCommit", ""),
        ("k8s.io/component-base/version.gitTreeState", "clean"),
        ("k8s.io/client-go/pkg/version.gitVersion", KUBERNETES_VERSION),
        ("k8s.io/client-go/pkg/version.gitMajor", "1"),
        ("k8s.io/client-go/pkg/version.gitMinor", "36"),
        ("k8s.io/client-go/pkg/version.gitCommit", ""),
        ("k8s.io/client-go/pkg/version.gitTreeState", "clean"),
    ],
    package: ".",
    links: &[
        "coredns",
        "etcd",
        "kube-apiserver",
        CONTROLLER_MANAGER,
        "kube-proxy",
        "kube-scheduler",
        "kubectl",
        "kubelet",
        "metrics-server",
    ],
    minutes: 9,
};

const RUNTIME: GoModule = GoModule {
    name: "runtime",
    sources: &[("go.mod", include_str!("../runtime/go.mod")), ("go.sum", include_str!("../runtime/go.sum"))],
    variables: &[("github.com/containerd/containerd/v2/version.Version", CONTAINERD_VERSION)],
    package: "tool",
    links: &[],
    minutes: 2,
};

const HELM: GoModule = GoModule {
    name: "helm",
    sources: &[("go.mod", include_str!("../helm/go.mod")), ("go.sum", include_str!("../helm/go.sum"))],
    // Without a cluster it takes this version of Kubernetes for granted.
    variables: &[
        ("helm.sh/helm/v3/internal/version.version", HELM_VERSION),
        ("helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor", "1"),
        ("helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor", "36"),
        ("helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor", "1"),
        ("helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor", "36"),
    ],
    package: "tool",
    links: &[],
    minutes: 1,
};

/// The Kubernetes components, `etcd`, `kubectl`, `coredns` and `metrics-server`.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// The folder that `KUBEBUILDER_ASSETS` names. Its programs are preferred to built ones.
    assets: Option<PathBuf>,
    built: Option<Entry>,
}

impl Binaries {
    /// All nine programs, built if the cache does not have them. Building takes about nine minutes on two cores and prints
    /// progress to standard error.
    ///
    /// # Errors
    /// [`BinariesError`]; without Go it names the fix.
    pub async fn ensure() -> Result<Self, BinariesError> {
        let built = KUBERNETES.build(&Cache::open()?).await?;
        Ok(Self { assets: None, built: Some(built) })
    }

    /// The programs of a control plane: those of `KUBEBUILDER_ASSETS` if it names a folder with all three, else as for
    /// [`ensure`](Self::ensure). A controller-manager, which is often not in such a folder, is then built.
    ///
    /// # Errors
    /// [`BinariesError`]; without Go it names the fix.
    pub async fn for_control_plane() -> Result<Self, BinariesError> {
        let assets = std::env::var_os(ASSETS_VARIABLE).map(PathBuf::from);
        Self::with_assets(assets, &Cache::open()?).await
    }

    async fn with_assets(assets: Option<PathBuf>, cache: &Cache) -> Result<Self, BinariesError> {
        let assets = assets.filter(|folder| ASSETS.iter().all(|name| folder.join(name).is_file()));
        let complete = assets.as_ref().is_some_and(|folder| folder.join(CONTROLLER_MANAGER).is_file());
        let built = if complete { None } else { Some(KUBERNETES.build(cache).await?) };
        Ok(Self { assets, built })
    }

    /// The path of one of the programs, for example `kube-apiserver`.
    ///
    /// # Panics
    /// When this value is for a control plane and the program is not part of it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        let asset = self.assets.as_ref().map(|folder| folder.join(name)).filter(|path| path.is_file());
        let built = || Some(self.built.as_ref()?.path().join(name));
        asset.or_else(built).expect("the component is one of those that were ensured")
    }

    /// The folder of built programs. None when all come from `KUBEBUILDER_ASSETS`.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.built.as_ref().map(Entry::path)
    }
}

/// containerd, `containerd-shim-runc-v2`, `ctr` and the CNI plugins `bridge`, `host-local`, `loopback` and `portmap`.
#[derive(Clone, Debug)]
pub struct RuntimeBinaries {
    built: Entry,
}

impl RuntimeBinaries {
    /// All programs, built if the cache does not have them. Building takes about two minutes after [`Binaries::ensure`] and
    /// prints progress to standard error.
    ///
    /// # Errors
    /// [`BinariesError`]; without Go it names the fix.
    pub async fn ensure() -> Result<Self, BinariesError> {
        let built = RUNTIME.build(&Cache::open()?).await?;
        Ok(Self { built })
    }

    /// The path of one of the programs, for example `containerd`.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.built.path().join(name)
    }

    /// The folder of all of them, which is also CNI's plugin folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.built.path()
    }
}

/// The program `helm`.
#[derive(Clone, Debug)]
pub struct Helm {
    built: Entry,
}

impl Helm {
    /// The program, built if the cache does not have it. Building takes about a minute after [`Binaries::ensure`] and prints
    /// progress to standard error.
    ///
    /// # Errors
    /// [`BinariesError`]; without Go it names the fix.
    pub async fn ensure() -> Result<Self, BinariesError> {
        let built = HELM.build(&Cache::open()?).await?;
        Ok(Self { built })
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.built.path().join("helm")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_complete_assets_folder_needs_no_build() {
        let folder = tempfile::tempdir().unwrap();
        for name in ASSETS.into_iter().chain([CONTROLLER_MANAGER]) {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let cache = Cache::at(folder.path().join("cache"));
        let binaries = Binaries::with_assets(Some(folder.path().to_owned()), &cache).await.unwrap();
        assert_eq!(binaries.path("etcd"), folder.path().join("etcd"));
        assert_eq!(binaries.folder(), None);
        assert!(!cache.root().exists());
    }
}
