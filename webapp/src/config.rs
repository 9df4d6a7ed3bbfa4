//! What can be set from outside: arguments as typed, then as validated.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use clap::Parser;
use secrecy::SecretString;

use crate::accounts::session::token::{Keys, KeysError};

/// Arguments of the program; each can come from the environment.
#[derive(Parser, Debug)]
#[command(about = "Web application of Cover Letter Writer")]
pub struct Args {
    /// Namespace of the app and its requests.
    #[arg(long, env)]
    pub namespace: String,
    /// Name of the `CoverLetterApp` that this program belongs to.
    #[arg(long, env = "APP_NAME")]
    pub app: String,
    /// Address of the site.
    #[arg(long, env, default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,
    /// Address of /healthz, /readyz and /metrics.
    #[arg(long, env, default_value = "0.0.0.0:9090")]
    pub admin_listen: SocketAddr,
    /// Postgres, for example `postgres://user:password@host:5432/letters`.
    #[arg(long, env, hide_env_values = true)]
    pub database_url: SecretString,
    /// Keys of the access tokens, `kid:base64[,kid:base64]`; the first signs, all verify.
    #[arg(long, env, hide_env_values = true)]
    pub jwt_keys: SecretString,
    /// Shared secret for following text in inference pods.
    #[arg(long, env, hide_env_values = true)]
    pub stream_token: SecretString,
    /// Whether cookies are sent over HTTPS (and localhost) only.
    #[arg(long, env, default_value_t = true, action = clap::ArgAction::Set)]
    pub secure_cookies: bool,
    /// Letters one user may ask for in an hour; as many may be asked for at once.
    #[arg(long, env, default_value = "60")]
    pub letters_per_hour: NonZeroU32,
    /// Attempts to log in or register from one address in a minute. Many students may share one address.
    #[arg(long, env, default_value = "120")]
    pub sign_ins_per_minute: NonZeroU32,
    /// Failed log-ins of one account before it has to wait half a minute for each more.
    #[arg(long, env, default_value = "10")]
    pub failed_log_ins: NonZeroU32,
    /// Seconds that `POST /model/query` waits for the letter before it answers 202.
    #[arg(long, env, default_value_t = 900)]
    pub answer_wait_seconds: u64,
    /// Proxies in front of this program that append to `X-Forwarded-For`; 0 takes the peer's address.
    #[arg(long, env, default_value_t = 0)]
    pub forwarded_hops: usize,
    /// Seconds between two looks for rows without a request and requests without an archived letter.
    #[arg(long, env, default_value_t = 5)]
    pub sweep_seconds: u64,
}

/// Validated configuration.
#[derive(Debug)]
pub struct Config {
    /// Namespace of the app and its requests.
    pub namespace: String,
    /// Name of the `CoverLetterApp`.
    pub app: String,
    /// Address of the site.
    pub listen: SocketAddr,
    /// Address of the admin endpoints.
    pub admin_listen: SocketAddr,
    /// Postgres URL.
    pub database_url: SecretString,
    /// Keys of the access tokens.
    pub keys: Keys,
    /// Shared secret for following text in inference pods.
    pub stream_token: SecretString,
    /// Whether cookies carry `Secure`.
    pub secure_cookies: bool,
    /// How much one address, account and user may do.
    pub limits: Allowances,
    /// Longest wait of a blocking answer.
    pub answer_wait: Duration,
    /// Trusted proxies that append to `X-Forwarded-For`.
    pub forwarded_hops: usize,
    /// Time between two sweeps.
    pub sweep_every: Duration,
}

/// How much one address, account and user may do.
#[derive(Clone, Copy, Debug)]
pub struct Allowances {
    /// Letters of one user in an hour.
    pub letters_per_hour: NonZeroU32,
    /// Attempts to log in or register from one address in a minute.
    pub sign_ins_per_minute: NonZeroU32,
    /// Failed log-ins of an account before it has to wait.
    pub failed_log_ins: NonZeroU32,
}

impl TryFrom<Args> for Config {
    type Error = KeysError;

    fn try_from(args: Args) -> Result<Self, KeysError> {
        Ok(Self {
            keys: Keys::parse(&args.jwt_keys)?,
            namespace: args.namespace,
            app: args.app,
            listen: args.listen,
            admin_listen: args.admin_listen,
            database_url: args.database_url,
            stream_token: args.stream_token,
            secure_cookies: args.secure_cookies,
            limits: Allowances {
                letters_per_hour: args.letters_per_hour,
                sign_ins_per_minute: args.sign_ins_per_minute,
                failed_log_ins: args.failed_log_ins,
            },
            answer_wait: Duration::from_secs(args.answer_wait_seconds),
            forwarded_hops: args.forwarded_hops,
            sweep_every: Duration::from_secs(args.sweep_seconds.max(1)),
        })
    }
}
