//! What every handler may use: handles only, no logic.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::accounts::password::{Hasher, HashingError};
use crate::accounts::session::token::Keys;
use crate::clock::{Clock, SystemClock};
use crate::cluster::board::Board;
use crate::cluster::pod_stream::PodStreams;
use crate::cluster::requests::Requests;
use crate::config::Config;
use crate::db::buckets::Bucket;
use crate::web::limits::Gate;

/// Failed log-ins come back one by one, half a minute each.
const FAILED_LOG_IN_EVERY_SECONDS: f64 = 30.0;
const HOUR_SECONDS: f64 = 3600.0;

/// Handles shared by all handlers and the background work.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: PgPool,
    /// The custom resources of this app.
    pub requests: Requests,
    /// What the watch has seen of them.
    pub board: Board,
    /// Text from inference pods.
    pub pods: PodStreams,
    /// Keys of access tokens.
    pub keys: Arc<Keys>,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Limits per address.
    pub gate: Arc<Gate>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Settings that handlers look at.
    pub settings: Arc<Settings>,
    /// Cancelled when the program is to stop.
    pub shutdown: CancellationToken,
}

/// Settings that handlers look at.
#[derive(Debug)]
pub struct Settings {
    /// Whether cookies carry `Secure`.
    pub secure_cookies: bool,
    /// Longest wait of a blocking answer.
    pub answer_wait: Duration,
    /// Trusted proxies that append to `X-Forwarded-For`.
    pub forwarded_hops: usize,
    /// Letters of one user.
    pub letters: Bucket,
    /// Failed log-ins of one account.
    pub failed_log_ins: Bucket,
    /// Time between two sweeps.
    pub sweep_every: Duration,
}

/// Why the application cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Hashing does not work.
    #[error("failed to prepare password hashing")]
    Hashing(#[source] HashingError),
    /// The HTTP client for pods cannot be made.
    #[error("failed to prepare the client for inference pods")]
    Pods(#[source] reqwest::Error),
}

impl AppState {
    /// Puts the handles together.
    ///
    /// # Errors
    /// When hashing or the HTTP client cannot be set up.
    pub fn new(
        config: &Config,
        db: PgPool,
        client: kube::Client,
        shutdown: CancellationToken,
    ) -> Result<Self, StateError> {
        let letters = f64::from(config.limits.letters_per_hour.get());
        let failed_log_ins = f64::from(config.limits.failed_log_ins.get());
        Ok(Self {
            db,
            requests: Requests::new(client.clone(), &config.namespace, &config.app),
            board: Board::follow(client, &config.namespace, &config.app),
            pods: PodStreams::new(SecretString::clone(&config.stream_token)).map_err(StateError::Pods)?,
            keys: Arc::new(config.keys.clone()),
            hasher: Hasher::new().map_err(StateError::Hashing)?,
            gate: Arc::new(Gate::new(config.limits.sign_ins_per_minute)),
            clock: Arc::new(SystemClock),
            settings: Arc::new(Settings {
                secure_cookies: config.secure_cookies,
                answer_wait: config.answer_wait,
                forwarded_hops: config.forwarded_hops,
                letters: Bucket { capacity: letters, per_second: letters / HOUR_SECONDS },
                failed_log_ins: Bucket { capacity: failed_log_ins, per_second: 1.0 / FAILED_LOG_IN_EVERY_SECONDS },
                sweep_every: config.sweep_every,
            }),
            shutdown,
        })
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }
}
