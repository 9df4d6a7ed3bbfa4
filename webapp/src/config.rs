//! What can be set from outside.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use secrecy::SecretString;

pub use crate::accounts::Settings as AccountSettings;
pub use crate::accounts::oidc::OidcSettings;
pub use crate::letters::Settings as LetterSettings;

/// Settings of the program; each can come from the environment.
#[derive(Clone, Debug, Parser)]
#[command(about = "Web application of Cover Letter Writer")]
pub struct Config {
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
    /// After this many seconds without the database the program ends at its start and reports why. Default: it waits.
    #[arg(long, env)]
    pub database_patience_seconds: Option<u64>,
    /// Keys of the access tokens, `kid:base64[,kid:base64]`; the first signs, all verify.
    // A secret until `Keys` reads it: clap's errors quote the value.
    #[arg(long, env, hide_env_values = true)]
    pub jwt_keys: SecretString,
    /// Shared secret for following text in inference pods.
    #[arg(long, env, hide_env_values = true)]
    pub stream_token: SecretString,
    /// The program that reads CVs, if it is not this one.
    #[arg(long, env, hide = true)]
    pub cv_reader: Option<PathBuf>,
    /// Settings of accounts and sessions.
    #[command(flatten)]
    pub accounts: AccountSettings,
    /// Settings of an OpenID Connect provider.
    #[command(flatten)]
    pub oidc: OidcSettings,
    /// Settings of letters.
    #[command(flatten)]
    pub letters: LetterSettings,
}
