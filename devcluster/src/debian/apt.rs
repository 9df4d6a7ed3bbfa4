//! `apt-get` with a state of its own: it resolves as if no package were installed, and downloads without installing.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use tokio::process::Command;

use super::error::Error;
use super::packages::{self, Package};
use super::run;
use crate::arch::Arch;
use crate::cache::{self, Cache};

/// The action of a failed download, which an outdated list can cause.
pub(super) const DOWNLOAD: &str = "download";

/// Debian's folder for the package lists of its suites.
const MACHINE_LISTS: &str = "/var/lib/apt/lists";

/// apt's state in the cache, and the package lists in use.
pub(super) struct Apt {
    folder: PathBuf,
    lists: PathBuf,
    fresh: bool,
    arch: Arch,
    /// What is to be unpacked, for messages.
    wanted: String,
}

impl Apt {
    /// Uses the lists of the cache, else those of the machine, else fetches lists into the cache. The machine's are
    /// only of its own architecture.
    pub async fn open(cache: &Cache, names: &[&str], arch: Arch) -> Result<Self, Error> {
        let is_own = arch == Arch::OWN;
        let folder = cache.root().join(if is_own { "apt".to_owned() } else { format!("apt-{}", arch.name()) });
        let own = folder.join("lists");
        let lists = if has_packages(&own) || !is_own { own } else { PathBuf::from(MACHINE_LISTS) };
        let mut apt = Self { folder, lists, fresh: false, arch, wanted: names.join(" ") };
        apt.prepare().map_err(tool)?;
        if !has_packages(&apt.lists) {
            apt.update().await?;
        }
        Ok(apt)
    }

    /// Whether this value has fetched the lists.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Fetches the lists of the machine's sources into the cache; the machine's own lists stay as they are.
    pub async fn update(&mut self) -> Result<(), Error> {
        let started = Instant::now();
        eprintln!("Fetching the package lists of this machine's Debian sources");
        self.lists = self.folder.join("lists");
        fs::create_dir_all(self.lists.join("partial")).map_err(tool)?;
        let mut command = self.apt_get();
        command.args(["-qq", "update"]);
        let output = run::run("apt-get", &self.wanted, &mut command, || "Fetching package lists".to_owned()).await?;
        run::succeeded("fetch the package lists for", &self.wanted, &output)?;
        self.fresh = true;
        eprintln!("Fetched the package lists in {} s", started.elapsed().as_secs());
        Ok(())
    }

    /// The packages and all their dependencies, sorted. The answer is kept until the lists change.
    pub async fn resolve(&self, names: &[&str]) -> Result<Vec<Package>, Error> {
        let remembered = self.folder.join("resolved").join(self.stamp(names).map_err(tool)?);
        if let Ok(text) = fs::read_to_string(&remembered) {
            return Ok(packages::parse(&text));
        }
        let mut command = self.apt_get();
        command.args(["-qq", "--print-uris", "--no-install-recommends", "install"]).args(names);
        let progress = || format!("Resolving {}", self.wanted);
        let output = run::run("apt-get", &self.wanted, &mut command, progress).await?;
        let text = run::succeeded("find", &self.wanted, &output)?;
        remember(&remembered, &text).map_err(tool)?;
        Ok(packages::parse(&text))
    }

    /// Downloads archives into a new folder; apt checks their hashes.
    pub async fn download(&self, packages: &[Package], archives: &Path) -> Result<(), Error> {
        let started = Instant::now();
        let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
        let total = megabytes(packages.iter().map(|package| package.bytes).sum());
        eprintln!("Downloading {} packages of {total} MB for {}", packages.len(), self.wanted);
        fs::create_dir_all(archives).map_err(tool)?;
        let mut command = self.apt_get();
        command.args(["-qq", "download"]).current_dir(archives);
        command.args(packages.iter().map(|package| format!("{}={}", package.name, package.version)));
        let progress = || format!("{} of {total} MB", megabytes(size(archives)));
        let output = run::run("apt-get", &self.wanted, &mut command, progress).await?;
        run::succeeded(DOWNLOAD, &self.wanted, &output)?;
        eprintln!("Downloaded {} in {} s", self.wanted, started.elapsed().as_secs());
        Ok(())
    }

    fn prepare(&self) -> io::Result<()> {
        for folder in ["state", "cache/archives/partial", "resolved"] {
            fs::create_dir_all(self.folder.join(folder))?;
        }
        // Without installed packages, so that the dependencies are the same on every machine of a suite.
        fs::write(self.folder.join("status"), "")
    }

    fn apt_get(&self) -> Command {
        let mut command = Command::new("apt-get");
        let set = |name: &str, path: &Path| format!("{name}={}", path.display());
        command.arg("-o").arg(set("Dir::State", &self.folder.join("state")));
        command.arg("-o").arg(set("Dir::State::lists", &self.lists));
        command.arg("-o").arg(set("Dir::State::status", &self.folder.join("status")));
        command.arg("-o").arg(set("Dir::Cache", &self.folder.join("cache")));
        if self.arch != Arch::OWN {
            let name = self.arch.name();
            command.args(["-o", &format!("APT::Architecture={name}"), "-o", &format!("APT::Architectures={name}")]);
        }
        // apt's own user may have no access to the cache.
        command.args(["-o", "APT::Sandbox::User=root"]);
        command
    }

    /// A hash of the names and of the lists.
    fn stamp(&self, names: &[&str]) -> io::Result<String> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.lists)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_file() {
                files.push(format!("{} {} {}", entry.file_name().display(), metadata.len(), metadata.mtime()));
            }
        }
        files.sort();
        Ok(cache::key(names.iter().map(|&name| name.to_owned()).chain(files)))
    }
}

/// Whether there are package lists in a folder.
fn has_packages(lists: &Path) -> bool {
    let names = fs::read_dir(lists).into_iter().flatten().flatten().map(|entry| entry.file_name());
    names.into_iter().any(|name| name.to_string_lossy().contains("_Packages"))
}

/// Writes a file that another process may be reading at the same time.
fn remember(path: &Path, text: &str) -> io::Result<()> {
    let partial = path.with_extension(std::process::id().to_string());
    fs::write(&partial, text)?;
    fs::rename(&partial, path)
}

fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}

fn tool(source: io::Error) -> Error {
    Error::Run { tool: "apt-get", source }
}
