//! The Kubernetes and container runtime programs, built once from pinned sources and then kept.

use std::path::{Path, PathBuf};

use crate::{
    cache::{Cache, CacheError, Entry},
    process::ProcessError,
};

mod go_module;

use go_module::GoModule;

/// The Kubernetes release that is built.
pub const KUBERNETES_VERSION: &str = "v1.36.3";
/// The containerd release that is built.
pub const CONTAINERD_VERSION: &str = "v2.3.7";

/// A folder with these three is what `KUBEBUILDER_ASSETS` is documented to name.
const ASSETS_VARIABLE: &str = "KUBEBUILDER_ASSETS";
const ASSETS: [&str; 3] = ["etcd", "kube-apiserver", "kubectl"];
const CONTROLLER_MANAGER: &str = "kube-controller-manager";

/// Nine names for one program, which looks at the name it is started under.
const KUBERNETES: GoModule = GoModule {
    name: "kubernetes",
    sources: &[
        ("go.mod", include_str!("../kubernetes/go.mod")),
        ("go.sum", include_str!("../kubernetes/go.sum")),
        ("main.go", include_str!("../kubernetes/main.go")),
    ],
    // Without a version that is one, clients and the components themselves refuse to talk to each other.
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

/// Why the programs are not there.
#[derive(Debug, thiserror::Error)]
pub enum BinariesError {
    /// The cache could not be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// Go is not on this machine, or too old.
    #[error("failed to find Go 1.26 or newer ({found}): install it and put its `bin` folder into PATH")]
    Go {
        /// What was found instead.
        found: String,
    },
    /// The build could not be started, or failed.
    #[error("failed to build {module} from its Go sources")]
    Build {
        /// The name of the Go module.
        module: &'static str,
        /// The end of its output.
        #[source]
        source: ProcessError,
    },
    /// A file of the build could not be written, or an expected program is missing after it.
    #[error("failed to use `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
}

/// The Kubernetes components, `etcd`, `kubectl`, `coredns` and `metrics-server`.
#[derive(Clone, Debug)]
pub struct Binaries {
    /// What `KUBEBUILDER_ASSETS` has, which wins over what was built.
    assets: Option<PathBuf>,
    built: Option<Entry>,
}

impl Binaries {
    /// All nine programs, built now if this machine has not built them yet. That takes about nine minutes on two
    /// cores and tells of its progress on standard error.
    ///
    /// # Errors
    /// [`BinariesError`]; without Go it names the fix.
    pub async fn ensure() -> Result<Self, BinariesError> {
        let built = KUBERNETES.build(&Cache::open()?).await?;
        Ok(Self { assets: None, built: Some(built) })
    }

    /// The programs of a control plane: those in `KUBEBUILDER_ASSETS` if that folder has them all, else as
    /// [`ensure`](Self::ensure). A controller-manager, which such folders often lack, is built if need be.
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
    /// When only the programs of a control plane were asked for and this is another one.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        let asset = self.assets.as_ref().map(|folder| folder.join(name)).filter(|path| path.is_file());
        let built = || Some(self.built.as_ref()?.path().join(name));
        asset.or_else(built).expect("the component is one of those that were ensured")
    }

    /// The folder of the programs that were built, to be put into a PATH. None when all come from
    /// `KUBEBUILDER_ASSETS`.
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
    /// All programs, built now if this machine has not built them yet. That takes about two minutes after
    /// [`Binaries::ensure`] and tells of its progress on standard error.
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

    /// The folder of all of them, to be put into a PATH; it is CNI's plugin folder too.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.built.path()
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
