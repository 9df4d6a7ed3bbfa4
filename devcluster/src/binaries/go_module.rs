//! A Go module of this crate, built into the cache.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cache::{self, Cache, CacheError, Entry};
use crate::process::{Guard, Process, ProcessError};

/// Pause between two lines of progress of a build.
const PROGRESS: Duration = Duration::from_secs(20);
const OLDEST_GO: (u32, u32) = (1, 26);
/// With these, Go fetches no other toolchain, does not write go.sum and calls no C compiler.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("CGO_ENABLED", "0"),
    ("GOFLAGS", "-mod=readonly -buildvcs=false"),
    ("GOTOOLCHAIN", "local"),
    ("GOWORK", "off"),
    ("GO111MODULE", "on"),
];

/// Why there are no programs.
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
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Sources and how they are built.
pub(super) struct GoModule {
    /// Its folder in this crate, and in the cache.
    pub name: &'static str,
    /// File names and contents.
    pub sources: &'static [(&'static str, &'static str)],
    /// Go string variables that the linker sets.
    pub variables: &'static [(&'static str, &'static str)],
    /// The package argument of `go build`.
    pub package: &'static str,
    /// Further names of the one program that is named like the module.
    pub links: &'static [&'static str],
    /// How long a build takes on two cores, for people who wait.
    pub minutes: u32,
}

impl GoModule {
    /// The folder of the module's programs, built if the cache does not have it.
    pub async fn build(&self, cache: &Cache) -> Result<Entry, BinariesError> {
        cache.entry(self.name, &self.key(), |folder| self.build_in(folder, cache)).await
    }

    /// A hash of all that the programs depend on.
    fn key(&self) -> String {
        let sources = self.sources.iter().flat_map(|(name, text)| [*name, *text]);
        cache::key(sources.chain([self.linker_flags().as_str(), self.package]).chain(self.links.iter().copied()))
    }

    fn linker_flags(&self) -> String {
        let variables = self.variables.iter().map(|(name, value)| format!(" -X {name}={value}"));
        format!("-s -w{}", variables.collect::<String>())
    }

    async fn build_in(&self, folder: PathBuf, cache: &Cache) -> Result<(), BinariesError> {
        let go = find_go()?;
        let sources = folder.join("src");
        fs::create_dir(&sources).map_err(at(&sources))?;
        for (name, text) in self.sources {
            fs::write(sources.join(name), text).map_err(at(&sources))?;
        }
        let mut command = Command::new(go);
        command.current_dir(&sources).envs(ENVIRONMENT);
        // The linker would drop what debuggers read; not writing it saves 8 % of the compiler's time.
        command.args(["build", "-v", "-trimpath", "-gcflags", "all=-dwarf=false"]);
        command.args(["-ldflags", &self.linker_flags(), "-o", "../", self.package]);
        // Outside the entry, so that it can be read after a failure.
        let log = cache.root().join(self.name).join("build.log");
        let _ = fs::remove_file(&log);

        eprintln!(
            "Building {} from its pinned Go sources: about {} minutes on two cores, once, then kept in {}",
            self.name,
            self.minutes,
            cache.root().display()
        );
        let failed = |source| BinariesError::Build { module: self.name, source };
        let guard = Guard::start().map_err(at(Path::new("sh")))?;
        let started = Instant::now();
        let process = guard.spawn("go build", &command, &log).map_err(failed)?;
        self.follow(process, &log, started).await?;
        eprintln!("Built {} in {}", self.name, minutes(started.elapsed()));

        fs::remove_dir_all(&sources).map_err(at(&sources))?;
        for link in self.links {
            symlink(self.name, folder.join(link)).map_err(at(&folder))?;
        }
        Ok(())
    }

    /// Waits for the build and prints its progress.
    async fn follow(&self, mut process: Process, log: &Path, started: Instant) -> Result<(), BinariesError> {
        loop {
            match tokio::time::timeout(PROGRESS, process.wait()).await {
                Ok(status) if status.success() => return Ok(()),
                Ok(_) => {
                    let failed = |source| BinariesError::Build { module: self.name, source };
                    return process.check().map_err(failed);
                }
                Err(_) => {}
            }
            let log = fs::read_to_string(log).unwrap_or_default();
            let compiled = log.lines().filter(|line| !line.starts_with("go: ")).count();
            eprintln!("  building {}: {}, {compiled} packages compiled", self.name, minutes(started.elapsed()));
        }
    }
}

/// The `go` to build with: the one in PATH, else the one in the folder that Go's installation guide names.
fn find_go() -> Result<PathBuf, BinariesError> {
    let mut found = "no `go` in PATH".to_owned();
    for go in ["go", "/usr/local/go/bin/go"] {
        let Ok(output) = Command::new(go).args(["env", "GOVERSION"]).envs(ENVIRONMENT).output() else { continue };
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if parse_version(&version).is_some_and(|version| version >= OLDEST_GO) {
            return Ok(go.into());
        }
        found = format!("`{go}` is {version}");
    }
    Err(BinariesError::Go { found })
}

/// Reads `go1.26.8` as 1 and 26.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("go")?.split(['.', '-', ' ', 'r', 'b']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BinariesError {
    let path = path.to_owned();
    move |source| BinariesError::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_versions_are_compared_as_numbers() {
        assert_eq!(parse_version("go1.26.8"), Some((1, 26)));
        assert_eq!(parse_version("go1.27rc1"), Some((1, 27)));
        assert!(parse_version("go1.9").is_some_and(|version| version < OLDEST_GO));
        assert_eq!(parse_version("devel"), None);
    }

    #[test]
    fn a_key_changes_with_sources_and_with_linker_variables() {
        let module = GoModule {
            name: "one",
            sources: &[("go.mod", "module one")],
            variables: &[("version", "1")],
            package: ".",
            links: &[],
            minutes: 1,
        };
        let other_source = GoModule { sources: &[("go.mod", "module two")], ..module };
        let other_version = GoModule { variables: &[("version", "2")], ..module };
        let slower = GoModule { minutes: 2, ..module };
        assert_ne!(module.key(), other_source.key());
        assert_ne!(module.key(), other_version.key());
        assert_eq!(module.key(), slower.key());
        assert_eq!(other_version.linker_flags(), "-s -w -X version=2");
    }
}
