//! Finds, builds and unpacks what a node needs.

use std::path::{Path, PathBuf};

use super::error::NodeError;
use super::images;
use super::settings::Programs;
use crate::binaries::{Binaries, RuntimeBinaries};
use crate::debian;

/// Programs that are taken from the machine where it has them, and their Debian packages.
const TOOLS: [(&str, &str); 2] = [("runc", "runc"), ("nft", "nftables")];
/// Where administrators' programs lie, which a user's PATH often lacks.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Builds the Go programs, unpacks `runc` and `nft` and writes the pause image, each only where that has not happened
/// yet.
///
/// The first time it takes about eleven minutes on two cores and tells of its progress on standard error.
///
/// # Errors
/// [`NodeError::Prepare`], which names the fix where there is one.
///
/// # Panics
/// Never: all programs are built when their build succeeded.
pub async fn prepare() -> Result<Programs, NodeError> {
    let kubernetes = Binaries::ensure()
        .await
        .map_err(|source| NodeError::Prepare { what: "the Kubernetes programs", source: Box::new(source) })?;
    let runtime = RuntimeBinaries::ensure()
        .await
        .map_err(|source| NodeError::Prepare { what: "the container runtime", source: Box::new(source) })?;
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

/// The folder of a program of the machine's.
#[must_use]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(SYSTEM_FOLDERS.iter().map(PathBuf::from))
        .find(|folder| folder.join(program).is_file())
}

async fn unpack(missing: &[(&str, &str)], programs: &mut Programs) -> Result<(), NodeError> {
    let packages: Vec<&str> = missing.iter().map(|(_, package)| *package).collect();
    let unpacked = debian::unpack(&packages)
        .await
        .map_err(|source| NodeError::Prepare { what: "runc and nft", source: Box::new(source) })?;
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
