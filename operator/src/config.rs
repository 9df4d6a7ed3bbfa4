//! Command line and environment of the program.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::generate;
use crate::settings::{Images, Outside};

/// Arguments of the program.
#[derive(Parser, Debug)]
#[command(about = "Operator of Cover Letter Writer: turns CoverLetterApps into web, Postgres and inference")]
pub struct Arguments {
    /// What to do; `run` when left out.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Arguments of `run`, when no verb is given.
    #[command(flatten)]
    pub run: RunArguments,
}

/// Verbs of the program.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Reconcile all apps of the cluster.
    Run(RunArguments),
    /// Decide every line of a log of decisions again, and say whether the outcome is the same.
    Replay {
        /// The log: lines of the operator's page `/decisions`.
        file: PathBuf,
    },
    /// Simulate a fleet of inference pods under this operator's decision, KEDA and Knative, and compare them.
    Simulate(SimulateArguments),
    /// Write the manifests that are made from this program's types.
    Generate {
        /// Folder to write them to.
        #[arg(long, default_value = "config")]
        out: PathBuf,
        /// Namespaces of the installation in `namespaced/`, separated by commas.
        #[arg(long, value_delimiter = ',', default_value = generate::SAMPLE_NAMESPACE)]
        namespaces: Vec<String>,
    },
}

/// What is simulated.
#[derive(Args, Clone, Debug)]
pub struct SimulateArguments {
    /// A made trace: steady, launch-spike, sparse or diurnal.
    #[arg(long, default_value = "launch-spike", conflicts_with = "csv")]
    pub trace: String,
    /// A trace of one's own: lines of `timestamp,service_seconds`, timestamps in seconds.
    #[arg(long)]
    pub csv: Option<PathBuf>,
    /// Mean seconds for which a letter of a made trace takes a slot.
    #[arg(long, default_value_t = 12.0)]
    pub service: f64,
    /// Seconds from the creation of a pod until it can write, plus or minus a quarter.
    #[arg(long, default_value_t = 10.0)]
    pub cold_start: f64,
    /// Letters that one pod writes at the same time.
    #[arg(long, default_value_t = 1)]
    pub slots: usize,
    /// Fewest pods.
    #[arg(long, default_value_t = 1)]
    pub min: i32,
    /// Most pods.
    #[arg(long, default_value_t = 200)]
    pub max: i32,
    /// `targetWaitSeconds` of the app.
    #[arg(long, default_value_t = 30)]
    pub target_wait: i64,
    /// Seconds by which the operator's watches lag.
    #[arg(long, default_value_t = 0.2)]
    pub lag: f64,
    /// Mean seconds between two crashes of one pod. Without it, none crashes.
    #[arg(long)]
    pub crash_every: Option<f64>,
    /// Seed of the first run; each further run takes the next one.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Runs, of which the mean is shown.
    #[arg(long, default_value_t = 3)]
    pub runs: u64,
    /// Where to write the decisions of the first run, for `operator replay`.
    #[arg(long)]
    pub decisions: Option<PathBuf>,
}

/// How the operator runs.
#[derive(Args, Clone, Debug)]
pub struct RunArguments {
    /// Image with the programs and the built-in model, for web and inference pods.
    #[arg(long, env, default_value = "coverletter.dev/coverletter:dev")]
    pub image: String,
    /// Postgres image for apps that name none.
    #[arg(long, env, default_value = "coverletter.dev/postgres:15")]
    pub postgres_image: String,
    /// Address of /healthz, /readyz and /metrics.
    #[arg(long, env, default_value = "[::]:9090")]
    pub admin_listen: SocketAddr,
    /// Address at which the replica that leads serves KEDA, by gRPC without TLS.
    #[arg(long, env, default_value = "[::]:9091")]
    pub scaler_listen: SocketAddr,
    /// Namespace of the Lease whose holder leads.
    #[arg(long, env, default_value = "coverletter-system")]
    pub leader_namespace: String,
    /// Name of this pod: its identity in the election and in Events.
    #[arg(long, env, default_value = "coverletter-operator")]
    pub pod_name: String,
    /// Namespaces whose apps are looked after, separated by commas. None stands for all of the cluster.
    #[arg(long, env, value_delimiter = ',')]
    pub namespaces: Vec<String>,
    /// Proxy through which pods fetch models from `http://` addresses.
    #[arg(long, env)]
    pub fetch_http_proxy: Option<String>,
    /// Proxy through which pods fetch models from `https://` addresses.
    #[arg(long, env)]
    pub fetch_https_proxy: Option<String>,
    /// Hosts from which pods fetch models without a proxy, as in `NO_PROXY`.
    #[arg(long, env)]
    pub fetch_no_proxy: Option<String>,
    /// Hub or mirror that `huggingFace` models come from, unless an app names its own.
    #[arg(long, env)]
    pub hf_endpoint: Option<String>,
}

impl RunArguments {
    /// Images that apps run.
    #[must_use]
    pub fn images(&self) -> Images {
        Images { coverletter: self.image.clone(), postgres: self.postgres_image.clone() }
    }

    /// Namespaces whose apps are looked after. An empty name counts as none, as of an empty variable.
    #[must_use]
    pub fn namespaces(&self) -> Vec<String> {
        let names = self.namespaces.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// How pods reach what is outside the cluster. An empty value counts as none, as is usual for proxies.
    #[must_use]
    pub fn outside(&self) -> Outside {
        let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        Outside {
            http_proxy: given(&self.fetch_http_proxy),
            https_proxy: given(&self.fetch_https_proxy),
            no_proxy: given(&self.fetch_no_proxy),
            hub: given(&self.hf_endpoint),
        }
    }
}
