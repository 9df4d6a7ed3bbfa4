//! The arguments of the program, and the checked configuration that its parts receive.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use crds::life::Claimant;
use crds::{WorkerSettings, app};
use engine::{BackendKind, LoadOptions, Quantization};
use reqwest::Url;

use crate::generation::Generation;
use crate::identity::Identity;
use crate::reader::{self, ReaderConfig};
use crate::server::ServerConfig;
use crate::stream::StreamToken;
use crate::telemetry::{Collector, TelemetryArgs};
use crate::token::Token;

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
    /// Address of this pod, at which the web application reads the text stream.
    #[arg(long, env = "POD_IP")]
    pub pod_ip: IpAddr,
    /// Where health, metrics and the text stream are served.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Folder with one GGUF file, or with `config.json`, `tokenizer.json` and the weights.
    #[arg(long, env = "MODEL_PATH", required_unless_present = "server_url")]
    pub model: Option<PathBuf>,
    /// The server that computes the model, in place of this process.
    #[command(flatten)]
    pub server: ServerArgs,
    /// Folder of the model that puts notes of applicants into sentences. Where it does not exist, rules read them.
    #[arg(long, env = "READER_PATH", default_value = "/models/reader")]
    pub reader: PathBuf,
    /// Folder that keeps repacked weights for the next start. Default: none.
    #[arg(long, env = "MODEL_CACHE")]
    pub model_cache: Option<PathBuf>,
    /// Threads that compute. Default: one per core that the process may use.
    #[arg(long, env = "THREADS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Settings of the workers in the `CoverLetterApp`, as JSON in one line.
    ///
    /// Missing fields have the defaults of the app, shown below. `generation` also takes `candidates` (letters written for
    /// every request, of which the checks keep the best) and `maxTokensPerSecond` (pace at which one letter is shown).
    /// `kubectl explain coverletterapp.spec.inference` describes each field.
    #[arg(long, env = "SETTINGS", value_name = "JSON", default_value_t)]
    pub settings: WorkerSettings,
    /// Bearer token that readers of the text stream must show.
    #[arg(long, env = "STREAM_TOKEN", hide_env_values = true, value_parser = StreamToken::parse)]
    pub stream_token: StreamToken,
    /// Seconds from SIGTERM until the process must have ended.
    #[arg(long, env = "SHUTDOWN_GRACE_SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub shutdown_grace_seconds: u64,
    /// File for one sentence on why the program could not start, read by Kubernetes as the termination message.
    #[arg(long, env = "REPORT")]
    pub report: Option<PathBuf>,
    /// Where traces go.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}

/// A server with an OpenAI-compatible API that computes the model.
#[derive(clap::Args, Debug)]
pub struct ServerArgs {
    /// Address below which the server has `chat/completions` and `models`, often ending in `/v1`.
    #[arg(long, env = "SERVER_URL", conflicts_with = "model", requires = "server_model", value_parser = parse_url)]
    pub server_url: Option<Url>,
    /// Name of the model at the server.
    #[arg(long, env = "SERVER_MODEL", conflicts_with = "model", requires = "server_url")]
    pub server_model: Option<String>,
    /// Bearer token for the server.
    #[arg(long, env = "SERVER_TOKEN", hide_env_values = true, conflicts_with = "model", requires = "server_url")]
    pub server_token: Option<Token>,
    /// File with certificates of authorities that may vouch for the server, in PEM form.
    #[arg(long, env = "SERVER_CA", conflicts_with = "model", requires = "server_url")]
    pub server_ca: Option<PathBuf>,
    /// Completions that the server is asked for at the same time. Default: one for each slot.
    #[arg(long, env = "SERVER_CONCURRENCY", conflicts_with = "model", requires = "server_url", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub server_concurrency: Option<u16>,
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    if is_plain { Ok(url) } else { Err("an `http://` or `https://` address without a user is needed".to_owned()) }
}

/// Checked configuration, in parts for the modules that use them.
#[derive(Debug)]
pub struct Config {
    /// Where health, metrics and the text stream are served.
    pub listen: SocketAddr,
    /// Token of the text stream.
    pub stream_token: StreamToken,
    /// The app whose requests are served, and the claimant.
    pub identity: Identity,
    /// The model.
    pub model: ModelConfig,
    /// The model that reads notes.
    pub reader: Option<ReaderConfig>,
    /// Limits of the work.
    pub work: WorkConfig,
    /// The collector of traces, if one is configured.
    pub collector: Option<Collector>,
}

/// What computes the model.
#[derive(Clone, Debug)]
pub enum Place {
    /// This process.
    Here {
        /// Folder with one GGUF file, or with `config.json`, `tokenizer.json` and the weights.
        path: PathBuf,
        /// How it is loaded.
        load: LoadOptions,
    },
    /// A server.
    Server(ServerConfig),
}

/// Which model, and how its tokens are chosen.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// What computes it.
    pub place: Place,
    /// Name as it appears in statuses and metrics.
    pub name: String,
    /// Longest letter, in tokens.
    pub max_new_tokens: u32,
    /// Sampling temperature in thousandths.
    pub temperature_milli: u32,
    /// Nucleus in thousandths.
    pub top_p_milli: u32,
    /// Letters written for every request; `None` uses the default of the model.
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
    /// Time from SIGTERM until the process must have ended.
    pub shutdown_grace: Duration,
}

impl Args {
    /// The checked configuration of a process whose claims carry `boot_id`.
    #[must_use]
    pub fn into_config(self, boot_id: String) -> Config {
        let settings = self.settings;
        let generation = settings.generation;
        let endpoint = SocketAddr::new(self.pod_ip, self.listen.port()).to_string();
        let server = self.server;
        let threads = self.threads.map(usize::from);
        let cache = self.model_cache.clone();
        let reader = ReaderConfig { path: self.reader, cache, threads, patience: reader::PATIENCE };
        let place = match server.server_url {
            Some(url) => Place::Server(ServerConfig {
                url,
                model: server.server_model.unwrap_or_default(),
                token: server.server_token,
                ca: server.server_ca,
                concurrency: server.server_concurrency.map_or(settings.slots.unsigned_abs() as usize, usize::from),
            }),
            None => Place::Here {
                path: self.model.unwrap_or_default(),
                load: LoadOptions {
                    backend: backend(settings.backend),
                    quantization: quantization(settings.quantization),
                    cache: self.model_cache,
                    threads,
                    ..LoadOptions::default()
                },
            },
        };
        Config {
            listen: self.listen,
            stream_token: self.stream_token,
            identity: Identity {
                namespace: self.namespace,
                app: self.app,
                claimant: Claimant { worker: self.pod_name, pod_uid: self.pod_uid, boot_id, endpoint },
            },
            model: ModelConfig {
                place,
                name: settings.model_name,
                max_new_tokens: generation.max_new_tokens.unsigned_abs(),
                temperature_milli: generation.temperature_milli.unsigned_abs(),
                top_p_milli: generation.top_p_milli.unsigned_abs(),
                candidates: generation.candidates.map(|candidates| candidates.unsigned_abs() as usize),
                max_tokens_per_second: generation.max_tokens_per_second.map(i32::unsigned_abs),
            },
            reader: reader.path.exists().then_some(reader),
            work: WorkConfig {
                slots: settings.slots.unsigned_abs() as usize,
                max_attempts: settings.max_attempts,
                active_deadline_seconds: settings.active_deadline_seconds,
                shutdown_grace: Duration::from_secs(self.shutdown_grace_seconds),
            },
            collector: self.telemetry.collector(),
        }
    }
}

/// The engine's type for a backend of the app.
const fn backend(backend: app::Backend) -> BackendKind {
    match backend {
        app::Backend::Auto => BackendKind::Auto,
        app::Backend::Native => BackendKind::Native,
        app::Backend::Candle => BackendKind::Candle,
    }
}

/// The engine's type for a quantization of the app.
const fn quantization(quantization: app::Quantization) -> Quantization {
    match quantization {
        app::Quantization::Auto => Quantization::Auto,
        app::Quantization::None => Quantization::None,
        app::Quantization::Q8 => Quantization::Q8,
        app::Quantization::Q4 => Quantization::Q4,
    }
}

#[cfg(test)]
mod tests;
