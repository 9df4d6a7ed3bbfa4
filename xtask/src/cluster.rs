//! Which Kubernetes the verbs talk to, and how.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::shell::{command, output, programs, root, run, step, succeeds};

/// Name of the cluster that `up` makes.
pub const NAME: &str = "coverletter";
/// Context that kind writes for it.
const KIND_CONTEXT: &str = "kind-coverletter";

/// Which cluster to use.
#[derive(Args)]
pub struct Choice {
    /// `auto`: kind where a Docker engine answers, else a node of our own (root on Linux).
    #[arg(long, value_enum, default_value_t = Wish::Auto)]
    pub cluster: Wish,
}

/// What a person may ask for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wish {
    /// kind where a Docker engine answers, else devcluster.
    Auto,
    /// Kubernetes in Docker.
    Kind,
    /// A node of our own in Linux namespaces, without Docker.
    Devcluster,
    /// The current context of kubectl. Its nodes must be able to pull or already have the image.
    Current,
}

/// A cluster that can be talked to.
pub enum Cluster {
    /// Kubernetes in Docker.
    Kind,
    /// A node of our own, by its name.
    Devcluster(String),
    /// Somebody else's.
    Current,
}

impl Choice {
    /// Decides what `auto` means on this machine.
    pub fn cluster(&self) -> Cluster {
        match self.cluster {
            Wish::Current => Cluster::Current,
            Wish::Kind => Cluster::Kind,
            Wish::Auto if docker_and_kind_answer() => Cluster::Kind,
            Wish::Devcluster | Wish::Auto => Cluster::Devcluster(NAME.to_owned()),
        }
    }
}

impl Cluster {
    /// Starts the cluster where it is ours to start. Does nothing when it runs.
    pub fn start(&self) -> Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Devcluster(name) => run(devcluster(["up", "--name", name])),
            Self::Kind if output(command("kind", ["get", "clusters"]))?.lines().any(|line| line == NAME) => Ok(()),
            Self::Kind => run(command("kind", ["create", "cluster", "--name", NAME, "--config", "kind-cluster.yaml"])),
        }
    }

    /// Stops the cluster where it is ours to stop.
    pub fn stop(&self) -> Result<()> {
        match self {
            Self::Kind => run(command("kind", ["delete", "cluster", "--name", NAME])),
            Self::Devcluster(name) => run(devcluster(["down", "--name", name])),
            Self::Current => Ok(()),
        }
    }

    /// Makes an image archive known to the cluster's nodes.
    pub fn load(&self, archive: &str) -> Result<()> {
        match self {
            Self::Kind => run(command("kind", ["load", "image-archive", "--name", NAME, archive])),
            Self::Devcluster(name) => run(devcluster(["load", "--name", name, archive])),
            Self::Current => {
                eprintln!(
                    "    push {archive} to a registry that the nodes can pull from (for example: skopeo copy oci-archive:{archive} docker://...)"
                );
                Ok(())
            }
        }
    }

    /// `kubectl` for this cluster.
    pub fn kubectl<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut kubectl = match self {
            Self::Kind => command("kubectl", ["--context", KIND_CONTEXT]),
            Self::Devcluster(name) => devcluster(["kubectl", "--name", name, "--"]),
            Self::Current => command::<&str>("kubectl", []),
        };
        kubectl.args(arguments);
        kubectl
    }

    /// What a person types to reach this cluster.
    pub fn kubectl_for_people(&self) -> String {
        match self {
            Self::Kind => format!("kubectl --context {KIND_CONTEXT}"),
            Self::Devcluster(name) => format!("{} kubectl --name {name} --", relative(&programs().join("devcluster"))),
            Self::Current => "kubectl".to_owned(),
        }
    }
}

/// The program that runs clusters without Docker and packs images.
pub fn devcluster<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    command(programs().join("devcluster"), arguments)
}

/// Builds all programs with the one set of features and the one profile that tests and images share.
pub fn build() -> Result<()> {
    step("build the programs (first time: 10 to 15 minutes on two cores)", || {
        let built = run(command("cargo", ["build", "--release", "--workspace", "--bins"]));
        if built.is_err() && !succeeds(command("cc", ["--version"])) {
            bail!("a C compiler is missing: install gcc (Debian: apt-get install gcc)");
        }
        built
    })
}

/// Whether the devcluster program exists, so that `down` does not build it only to find nothing to stop.
pub fn devcluster_is_built() -> bool {
    programs().join("devcluster").exists()
}

/// Says what the machine has and lacks.
pub fn doctor() -> Result<()> {
    build()?;
    run(devcluster(["doctor"]))
}

fn docker_and_kind_answer() -> bool {
    succeeds(command("docker", ["info"])) && succeeds(command("kind", ["version"]))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
