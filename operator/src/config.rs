//! What can be set from outside.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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

/// What the program can do.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Look after all apps of the cluster.
    Run(RunArguments),
    /// Write the manifests that are made from this program's types.
    Generate {
        /// Folder to write them to.
        #[arg(long, default_value = "config")]
        out: PathBuf,
    },
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
    #[arg(long, env, default_value = "0.0.0.0:9090")]
    pub admin_listen: SocketAddr,
    /// Namespace of the Lease by which one replica leads.
    #[arg(long, env, default_value = "coverletter-system")]
    pub leader_namespace: String,
    /// Name of this pod: its identity in the election and in Events.
    #[arg(long, env, default_value = "coverletter-operator")]
    pub pod_name: String,
}
