//! The cluster that the verbs work on, and the programs that are built for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::shell::{Background, command, output, programs, root, run, step, succeeds};

/// Name of the cluster that `up` creates.
pub const NAME: &str = "coverletter";
/// The kubectl context that kind creates for it.
const KIND_CONTEXT: &str = "kind-coverletter";

/// The option that selects a cluster.
#[derive(Args)]
pub struct Choice {
    /// `auto`: kind if Docker and kind are installed, otherwise a node of our own, which needs root on Linux
    #[arg(long, value_enum, default_value_t = Requested::Auto)]
    pub cluster: Requested,
}

/// The values of `--cluster`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Requested {
    /// kind if Docker and kind are installed, otherwise devcluster
    Auto,
    /// Kubernetes in Docker
    Kind,
    /// A node of our own in Linux namespaces, without Docker
    Devcluster,
    /// The current context of kubectl; its nodes must have the images or be able to pull them
    Current,
}

/// A cluster to work on.
pub enum Cluster {
    /// Kubernetes in Docker.
    Kind,
    /// A node of our own, with this name.
    Devcluster(String),
    /// The cluster of kubectl's current context; it is never started or stopped here.
    Current,
}

impl Choice {
    /// Resolves `auto` by what this machine has.
    pub fn cluster(&self) -> Cluster {
        match self.cluster {
            Requested::Current => Cluster::Current,
            Requested::Kind => Cluster::Kind,
            Requested::Auto if docker_and_kind_answer() => Cluster::Kind,
            Requested::Devcluster | Requested::Auto => Cluster::Devcluster(NAME.to_owned()),
        }
    }
}

impl Cluster {
    /// Starts the cluster unless it is already running or not ours.
    pub fn start(&self) -> Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Devcluster(name) => run(devcluster(["up", "--name", name])),
            Self::Kind if output(command("kind", ["get", "clusters"]))?.lines().any(|line| line == NAME) => Ok(()),
            Self::Kind => run(command("kind", ["create", "cluster", "--name", NAME, "--config", "kind-cluster.yaml"])),
        }
    }

    /// Stops and removes the cluster unless it is not ours.
    pub fn stop(&self) -> Result<()> {
        match self {
            Self::Kind => run(command("kind", ["delete", "cluster", "--name", NAME])),
            Self::Devcluster(name) => run(devcluster(["down", "--name", name])),
            Self::Current => Ok(()),
        }
    }

    /// Imports an image archive into the cluster's nodes.
    pub fn load(&self, archive: &str) -> Result<()> {
        match self {
            Self::Kind => run(command("kind", ["load", "image-archive", "--name", NAME, archive])),
            Self::Devcluster(name) => run(devcluster(["load", "--name", name, archive])),
            Self::Current => {
                eprintln!(
                    "    push {archive} to a registry that the nodes can pull from, for example: skopeo copy oci-archive:{archive} docker://..."
                );
                Ok(())
            }
        }
    }

    /// `kubectl` with access to this cluster.
    pub fn kubectl<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut kubectl = match self {
            Self::Kind => command("kubectl", ["--context", KIND_CONTEXT]),
            Self::Devcluster(name) => devcluster(["kubectl", "--name", name, "--"]),
            Self::Current => command::<&str>("kubectl", []),
        };
        kubectl.args(arguments);
        kubectl
    }

    /// `devcluster install` into this cluster.
    pub fn install<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut install = devcluster(["install"]);
        install.args(arguments);
        match self {
            Self::Devcluster(name) => _ = install.args(["--name", name]),
            Self::Kind | Self::Current => {
                let kubectl = self.kubectl([]);
                install.arg("--").arg(kubectl.get_program()).args(kubectl.get_args());
            }
        }
        install
    }

    /// The `kubectl` command line to show to a user.
    pub fn kubectl_to_type(&self) -> String {
        match self {
            Self::Kind => format!("kubectl --context {KIND_CONTEXT}"),
            Self::Devcluster(name) => format!("{} kubectl --name {name} --", relative(&programs().join("devcluster"))),
            Self::Current => "kubectl".to_owned(),
        }
    }
}

/// `devcluster`, which runs clusters without Docker and packs images.
pub fn devcluster<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    command(programs().join("devcluster"), arguments)
}

/// Builds one program alone, so that it can work while the others are built.
pub fn build_one(program: &str) -> Result<()> {
    step(&format!("build {program}"), || cargo_build(["--bin", program]))
}

/// Builds or finds what a node needs and cargo does not build: Kubernetes, containerd, Debian packages.
pub fn build_kubernetes() -> Result<Background> {
    Background::start("build or find Kubernetes, beside the programs", devcluster(["build"]))
}

/// Builds the programs of a cluster, and `devcluster`.
pub fn build() -> Result<()> {
    let programs = ["operator", "webapp", "inference", "devcluster", "kubectl-coverletter"].map(|name| ["--bin", name]);
    let programs: [&str; 10] = programs.concat().try_into().expect("two words for each of five programs");
    step("build the programs (first time: about 10 minutes on two cores)", || cargo_build(programs))
}

/// Builds with the one set of features and the one profile that programs, images and tests share, so that nothing is
/// built twice: hence always the whole workspace.
fn cargo_build<const N: usize>(targets: [&str; N]) -> Result<()> {
    let built = run(command("cargo", ["build", "--release", "--workspace"].into_iter().chain(targets)));
    if built.is_err() && !succeeds(command("cc", ["--version"])) {
        bail!("a C compiler is missing: install gcc (Debian: apt-get install gcc)");
    }
    built
}

/// Builds the programs of an image for 64-bit ARM on a machine of another kind, and returns their folder.
pub fn build_for_arm64() -> Result<PathBuf> {
    const TARGET: &str = "aarch64-unknown-linux-gnu";
    let [compiler, of_cpp] = ["aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++"];
    for program in [compiler, of_cpp] {
        if !succeeds(command(program, ["--version"])) {
            bail!(
                "a compiler for arm64 is missing: install g++-aarch64-linux-gnu (Debian: apt-get install g++-aarch64-linux-gnu)"
            );
        }
    }
    let arguments = ["build", "--release", "--workspace", "--target", TARGET];
    let programs = ["--bin", "operator", "--bin", "webapp", "--bin", "inference"];
    step("build the programs for arm64 (first time: about 10 minutes on two cores)", || {
        run(command("rustup", ["target", "add", TARGET]))?;
        let mut cargo = command("cargo", arguments.into_iter().chain(programs));
        cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", compiler);
        cargo.env("CC_aarch64_unknown_linux_gnu", compiler).env("CXX_aarch64_unknown_linux_gnu", of_cpp);
        run(cargo)
    })?;
    Ok(root().join("target").join(TARGET).join("release"))
}

/// Whether devcluster has been built. If not, `down` has nothing to stop and need not build it.
pub fn devcluster_is_built() -> bool {
    programs().join("devcluster").exists()
}

/// Reports what this machine has and lacks.
pub fn doctor() -> Result<()> {
    build_one("devcluster")?;
    run(devcluster(["doctor"]))
}

fn docker_and_kind_answer() -> bool {
    succeeds(command("docker", ["info"])) && succeeds(command("kind", ["version"]))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
