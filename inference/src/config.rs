//! Arguments as they arrive, and the checked configuration that the rest of the program is given.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use crds::life::Claimant;
use engine::{Backend, LoadOptions, Quantization};

use crate::model::Generation;
use crate::stream::StreamToken;
use crate::telemetry::{Collector, TelemetryArgs};

/// Claims cover letter requests of one app and writes their letters.
#[derive(Parser, Debug)]
#[command(version)]
pub struct Args {
    /// Namespace of the app.
    #[arg(long, env = "NAMESPACE")]
    pub namespace: String,
    /// Name of the `CoverLetterApp` whose requests are served.
    #[arg(long, env = "APP_NAME")]
    pub app: String,
    /// Name of this pod; also the name of its Lease.
    #[arg(long, env = "POD_NAME")]
    pub pod_name: String,
    /// Uid of this pod; the API server lets only the claiming pod finish a request.
    #[arg(long, env = "POD_UID")]
    pub pod_uid: String,
    /// Address of this pod, where the web application follows the text.
    #[arg(long, env = "POD_IP")]
    pub pod_ip: IpAddr,
    /// Where health, metrics and the text stream are served.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Folder with `config.json`, `tokenizer.json` and the weights.
    #[arg(long, env = "MODEL_PATH")]
    pub model: PathBuf,
    /// Name of the model as it appears in statuses and metrics.
    #[arg(long, env = "MODEL_NAME", default_value = "built-in")]
    pub model_name: String,
    /// What computes the model.
    #[arg(long, env = "BACKEND", value_enum, default_value_t)]
    pub backend: Backend,
    /// How the weights are kept in memory.
    #[arg(long, env = "QUANTIZATION", value_enum, default_value_t)]
    pub quantization: Quantization,
    /// Folder in which repacked weights are kept for the next start. Default: nowhere.
    #[arg(long, env = "MODEL_CACHE")]
    pub model_cache: Option<PathBuf>,
    /// Threads that compute. Default: as many as the process may use.
    #[arg(long, env = "THREADS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Letters written at the same time.
    #[arg(long, env = "SLOTS", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: u16,
    /// Longest letter, in tokens.
    #[arg(long, env = "MAX_NEW_TOKENS", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=4_096))]
    pub max_new_tokens: u32,
    /// Sampling temperature in thousandths; 0 always takes the most likely token.
    #[arg(long, env = "TEMPERATURE_MILLI", default_value_t = 700, value_parser = clap::value_parser!(u32).range(0..=2_000))]
    pub temperature_milli: u32,
    /// Nucleus sampling: smallest set of tokens with this probability, in thousandths.
    #[arg(long, env = "TOP_P_MILLI", default_value_t = 900, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub top_p_milli: u32,
    /// Letters written for every request, of which the checks keep the best. Default: 8 for the built-in model, 1 for others,
    /// which show the letter while they write it.
    #[arg(long, env = "CANDIDATES", value_parser = clap::value_parser!(u16).range(1..=8))]
    pub candidates: Option<u16>,
    /// Pace at which one letter is shown. Default: as fast as it goes.
    #[arg(long, env = "MAX_TOKENS_PER_SECOND", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_tokens_per_second: Option<u32>,
    /// Attempts that may fail before a request fails.
    #[arg(long, env = "MAX_ATTEMPTS", default_value_t = 3, value_parser = clap::value_parser!(i32).range(1..))]
    pub max_attempts: i32,
    /// Seconds after its creation by which a request must be finished.
    #[arg(long, env = "ACTIVE_DEADLINE_SECONDS", default_value_t = 900, value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
    pub active_deadline_seconds: i64,
    /// Bearer token that readers of the text stream must show.
    #[arg(long, env = "STREAM_TOKEN", hide_env_values = true, value_parser = StreamToken::parse)]
    pub stream_token: StreamToken,
    /// Seconds between SIGTERM and the moment at which the process must be gone.
    #[arg(long, env = "SHUTDOWN_GRACE_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub shutdown_grace_seconds: u64,
    /// File for one sentence on why it could not begin to work, where Kubernetes looks for it.
    #[arg(long, env = "REPORT")]
    pub report: Option<PathBuf>,
    /// Where traces go.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}

/// Checked configuration, in the parts that are handed on.
#[derive(Debug)]
pub struct Config {
    /// Where health, metrics and the text stream are served.
    pub listen: SocketAddr,
    /// Token of the text stream.
    pub stream_token: StreamToken,
    /// Whose requests are served, and as whom.
    pub identity: Identity,
    /// The model.
    pub model: ModelConfig,
    /// The work itself.
    pub work: WorkConfig,
    /// Who takes traces.
    pub collector: Option<Collector>,
}

/// Whose requests are served, and as whom.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Namespace of the app, the requests and the Lease.
    pub namespace: String,
    /// Name of the app.
    pub app: String,
    /// What this process writes into its claims.
    pub claimant: Claimant,
}

/// Which model, and how its tokens are chosen.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// Folder with `config.json`, `tokenizer.json` and the weights.
    pub path: PathBuf,
    /// How it is loaded.
    pub load: LoadOptions,
    /// Name as it appears in statuses and metrics.
    pub name: String,
    /// Longest letter, in tokens.
    pub max_new_tokens: u32,
    /// Sampling temperature in thousandths.
    pub temperature_milli: u32,
    /// Nucleus in thousandths.
    pub top_p_milli: u32,
    /// Letters written for every request; `None` is what suits the model.
    pub candidates: Option<usize>,
    /// Pace at which one letter is shown.
    pub max_tokens_per_second: Option<u32>,
}

impl ModelConfig {
    /// How letters are written.
    #[must_use]
    pub fn generation(&self) -> Generation {
        Generation {
            max_new_tokens: self.max_new_tokens as usize,
            temperature: f64::from(self.temperature_milli) / 1_000.0,
            top_p: f64::from(self.top_p_milli) / 1_000.0,
            candidates: self.candidates,
            tokens_per_second: self.max_tokens_per_second,
        }
    }
}

/// Limits of the work.
#[derive(Clone, Copy, Debug)]
pub struct WorkConfig {
    /// Letters written at the same time.
    pub slots: usize,
    /// Attempts that may fail before a request fails.
    pub max_attempts: i32,
    /// Seconds after its creation by which a request must be finished.
    pub active_deadline_seconds: i64,
    /// Time between SIGTERM and the moment at which the process must be gone.
    pub shutdown_grace: Duration,
}

impl Args {
    /// The checked configuration of a process that calls itself `boot_id` in its claims.
    #[must_use]
    pub fn into_config(self, boot_id: String) -> Config {
        let endpoint = SocketAddr::new(self.pod_ip, self.listen.port()).to_string();
        Config {
            listen: self.listen,
            stream_token: self.stream_token,
            identity: Identity {
                namespace: self.namespace,
                app: self.app,
                claimant: Claimant { worker: self.pod_name, pod_uid: self.pod_uid, boot_id, endpoint },
            },
            model: ModelConfig {
                path: self.model,
                load: LoadOptions {
                    backend: self.backend,
                    quantization: self.quantization,
                    cache: self.model_cache,
                    threads: self.threads.map(usize::from),
                    ..LoadOptions::default()
                },
                name: self.model_name,
                max_new_tokens: self.max_new_tokens,
                temperature_milli: self.temperature_milli,
                top_p_milli: self.top_p_milli,
                candidates: self.candidates.map(usize::from),
                max_tokens_per_second: self.max_tokens_per_second,
            },
            work: WorkConfig {
                slots: usize::from(self.slots),
                max_attempts: self.max_attempts,
                active_deadline_seconds: self.active_deadline_seconds,
                shutdown_grace: Duration::from_secs(self.shutdown_grace_seconds),
            },
            collector: self.telemetry.collector(),
        }
    }
}

#[cfg(test)]
mod tests;
