//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use crds::names::Component;
use crds::request::State;

/// Says what is wrong with Cover Letter Writer in a cluster, and what to do.
#[derive(Parser, Debug)]
#[command(name = "kubectl coverletter", bin_name = "kubectl coverletter", version)]
pub struct Arguments {
    /// What to show or do.
    #[command(subcommand)]
    pub verb: Verb,
    /// Where.
    #[command(flatten)]
    pub cluster: Cluster,
    /// `json` for programs. Default: for people
    #[arg(short, long, global = true)]
    pub output: Option<Output>,
}

/// Which cluster, and which part of it.
#[derive(Args, Debug)]
pub struct Cluster {
    /// Namespace; the one of the context when left out
    #[arg(short, long, global = true)]
    pub namespace: Option<String>,
    /// All namespaces
    #[arg(short = 'A', long = "all-namespaces", global = true, conflicts_with = "namespace")]
    pub all: bool,
    /// Context of the kubeconfig; the current one when left out
    #[arg(long, global = true)]
    pub context: Option<String>,
}

/// Forms of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// JSON
    Json,
}

/// What the plugin does.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Every app, or one: what is wrong, why and what to do; components, queue, model, last backup
    Status {
        /// Only the app of this name
        app: Option<String>,
    },
    /// Requests: age, place in line, state, worker, attempts, reason. Never what they say
    Requests(Filter),
    /// What the pods of an app say, each line with its pod and container
    Logs(Wanted),
    /// Backups: `list` those that are known, or make one `now`
    Backup(Backup),
}

/// Which requests.
#[derive(Args, Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this app
    #[arg(long)]
    pub app: Option<String>,
    /// Only those in this state; may be given several times
    #[arg(long, value_parser = state)]
    pub state: Vec<State>,
    /// Only those that this pod holds or held last
    #[arg(long)]
    pub worker: Option<String>,
    /// Only those of this requester (`spec.requestedBy`)
    #[arg(long)]
    pub requester: Option<String>,
}

/// Which logs.
#[derive(Args, Clone, Debug)]
pub struct Wanted {
    /// The app; may be left out where there is one
    pub app: Option<String>,
    /// web, database, inference, backup or rotation; all when left out
    #[arg(short, long, value_parser = component)]
    pub component: Option<Component>,
    /// Go on with what pods say from now on, new pods included, until it is interrupted
    #[arg(short, long)]
    pub follow: bool,
    /// Lines of each container, from the last backwards
    #[arg(long, default_value_t = 50)]
    pub tail: i64,
    /// The containers before their last restart
    #[arg(long, conflicts_with = "follow")]
    pub previous: bool,
}

/// What to do about backups.
#[derive(Args, Clone, Debug)]
pub struct Backup {
    /// `list` or `now`
    #[arg(value_enum, default_value_t = Deed::List)]
    pub deed: Deed,
    /// The app; may be left out where there is one
    pub app: Option<String>,
    /// Seconds to wait for the backup
    #[arg(long, default_value_t = 600)]
    pub timeout: u64,
}

/// Verbs of `backup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deed {
    /// Show the backups that are known
    List,
    /// Make one, wait for it and say how it ended
    Now,
}

fn state(word: &str) -> Result<State, String> {
    let known = State::ALL.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| format!("must be one of {}", State::ALL.map(State::as_str).join(", ")))
}

fn component(word: &str) -> Result<Component, String> {
    let known = Component::ALL.into_iter().find(|component| component.label() == word);
    known.ok_or_else(|| format!("must be one of {}", Component::ALL.map(Component::label).join(", ")))
}
