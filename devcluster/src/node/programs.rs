//! The programs of a node: found on the machine, built, or unpacked from Debian's packages.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::NodeError;
use super::images;
use crate::binaries::{Binaries, RuntimeBinaries};
use crate::{cache, debian};

/// Programs that are taken from the machine where it has them, and their Debian packages.
const TOOLS: [(&str, &str); 2] = [("runc", "runc"), ("nft", "nftables")];
/// The variable names a folder with everything but those.
const FOLDER_VARIABLE: &str = "DEVCLUSTER_PROGRAMS";
/// What is in that folder.
const KUBERNETES: &str = "kubernetes";
const RUNTIME: &str = "runtime";
const PAUSE: &str = "pause.tar";
/// Folders of administrators' programs, which a user's PATH often lacks.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

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
    /// What [`copy_to`](Self::copy_to) put into `folder`, with the machine's own `runc` and `nft`.
    fn of(folder: &Path) -> Result<Self, NodeError> {
        let missing = |program: &str| NodeError::Unsupported {
            what: format!("`{program}` in PATH"),
            fix: format!("install it, or unset {FOLDER_VARIABLE}"),
        };
        let tools = TOOLS.map(|(program, _)| find(program).ok_or_else(|| missing(program)));
        Ok(Self {
            kubernetes: folder.join(KUBERNETES),
            runtime: folder.join(RUNTIME),
            pause: folder.join(PAUSE),
            tools: tools.into_iter().collect::<Result<_, _>>()?,
            libraries: Vec::new(),
        })
    }

    /// Copies everything but `runc` and `nft` into a folder, for a machine that builds nothing.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn copy_to(&self, folder: &Path) -> Result<(), NodeError> {
        for (source, name) in [(&self.kubernetes, KUBERNETES), (&self.runtime, RUNTIME)] {
            copy_folder(source, &folder.join(name))?;
        }
        let pause = folder.join(PAUSE);
        fs::copy(&self.pause, &pause).map_err(NodeError::at("write", &pause)).map(drop)
    }

    /// A value for `PATH`: the folders of the node's programs, then `rest`.
    ///
    /// # Panics
    /// When the path of a folder has a colon.
    #[must_use]
    pub fn search_path(&self, rest: Option<OsString>) -> OsString {
        let own = [&self.runtime, &self.kubernetes].into_iter().chain(&self.tools).cloned();
        let rest: Vec<PathBuf> = rest.map(|rest| std::env::split_paths(&rest).collect()).unwrap_or_default();
        std::env::join_paths(own.chain(rest)).expect("no folder of programs has a colon in its path")
    }

    /// A value for `LD_LIBRARY_PATH`, if the node's programs need one.
    ///
    /// # Panics
    /// When the path of a folder has a colon.
    #[must_use]
    pub fn library_path(&self) -> Option<OsString> {
        let joined = std::env::join_paths(&self.libraries).expect("no folder of libraries has a colon in its path");
        Some(joined).filter(|joined| !joined.is_empty())
    }

    /// `ctr`, the command-line client of containerd.
    #[must_use]
    pub fn ctr(&self) -> PathBuf {
        self.runtime.join("ctr")
    }

    /// Keeps the cache from removing the programs while the returned locks live.
    ///
    /// # Errors
    /// When the cache cannot be locked.
    pub fn hold(&self) -> Result<Vec<File>, NodeError> {
        let locks = [&self.kubernetes, &self.runtime].into_iter().filter_map(|folder| cache::hold(folder).transpose());
        locks.collect::<Result<_, _>>().map_err(NodeError::prepare("the cache"))
    }
}

/// Builds the Go programs, unpacks `runc` and `nft` and writes the pause image, where that has not been done before. With
/// `DEVCLUSTER_PROGRAMS`, everything is taken from the folder that it names, where [`Programs::copy_to`] put it.
///
/// The first time takes about eleven minutes on two cores and prints progress to standard error.
///
/// # Errors
/// [`NodeError::Prepare`], which names the fix where there is one.
///
/// # Panics
/// Never: a build that succeeds makes all programs.
pub async fn prepare() -> Result<Programs, NodeError> {
    if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
        return Programs::of(Path::new(&folder));
    }
    let kubernetes = Binaries::ensure().await.map_err(NodeError::prepare("the Kubernetes programs"))?;
    let runtime = RuntimeBinaries::ensure().await.map_err(NodeError::prepare("the container runtime"))?;
    let mut programs = Programs {
        kubernetes: kubernetes.folder().expect("all programs were built").to_owned(),
        runtime: runtime.folder().to_owned(),
        pause: images::pause().await?,
        ..Programs::default()
    };
    let mut missing = Vec::new();
    for (program, package) in TOOLS {
        match find(program) {
            Some(folder) => programs.tools.push(folder),
            None => missing.push((program, package)),
        }
    }
    if !missing.is_empty() {
        unpack(&missing, &mut programs).await?;
    }
    Ok(programs)
}

/// The folder of a program that the machine has.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .find(|folder| folder.join(program).is_file())
}

/// Copies the programs of a folder, and its links as links: one Kubernetes program has many names.
fn copy_folder(from: &Path, to: &Path) -> Result<(), NodeError> {
    fs::create_dir_all(to).map_err(NodeError::at("create", to))?;
    for entry in fs::read_dir(from).map_err(NodeError::at("list", from))? {
        let source = entry.map_err(NodeError::at("list", from))?.path();
        let target = to.join(source.file_name().unwrap_or_default());
        let copied = match fs::read_link(&source) {
            Ok(link) => symlink(link, &target),
            Err(_) => fs::copy(&source, &target).map(drop),
        };
        copied.map_err(NodeError::at("write", &target))?;
    }
    Ok(())
}

async fn unpack(missing: &[(&str, &str)], programs: &mut Programs) -> Result<(), NodeError> {
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    let unpacked = debian::unpack(&packages).await.map_err(NodeError::prepare("runc and nft"))?;
    for (program, _) in missing {
        let path = unpacked.program(program).ok_or_else(|| NodeError::Unsupported {
            what: format!("`{program}` in its Debian package"),
            fix: "install it and put it into PATH".to_owned(),
        })?;
        programs.tools.push(path.parent().unwrap_or(Path::new("/")).to_owned());
    }
    programs.libraries = std::env::split_paths(unpacked.library_path()).collect();
    Ok(())
}
