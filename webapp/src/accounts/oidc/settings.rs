//! Which provider, and whom of its people the site admits.

use std::path::PathBuf;

use secrecy::SecretString;

/// Settings of an OpenID Connect provider; without an issuer the site has none.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(skip)]
pub struct OidcSettings {
    /// Issuer of the OpenID Connect provider, where people may log in.
    #[arg(long, env)]
    pub oidc_issuer: Option<String>,
    /// Id of this site at the provider.
    #[arg(long, env, default_value = "")]
    pub oidc_client_id: String,
    /// Secret of this site at the provider.
    #[arg(long, env, hide_env_values = true)]
    pub oidc_client_secret: Option<SecretString>,
    /// File with certificates of authorities that may vouch for the provider, in PEM form.
    #[arg(long, env)]
    pub oidc_ca: Option<PathBuf>,
    /// Address of this site, to which the provider sends people back.
    #[arg(long, env, default_value = "")]
    pub oidc_site_url: String,
    /// What people call the provider.
    #[arg(long, env, default_value = "your institution")]
    pub oidc_provider_name: String,
    /// A scope to ask for, besides `openid`; repeat it for more.
    #[arg(long, env, value_delimiter = ' ', default_values_t = ["profile".to_owned(), "email".to_owned()])]
    pub oidc_scope: Vec<String>,
    /// The claim that names a person's groups; dots lead into objects.
    #[arg(long, env, default_value = "groups")]
    pub oidc_groups_claim: String,
    /// A group whose members are admitted; repeat it for more. Without any, everybody is.
    #[arg(long)]
    pub oidc_admitted_group: Vec<String>,
    /// What people read who are in none of these groups.
    #[arg(long, env, default_value = "")]
    pub oidc_refusal: String,
    /// Whether a person whose e-mail address the provider has verified gets the account with that address.
    #[arg(long, env, default_value_t = false, action = clap::ArgAction::Set)]
    pub oidc_link_by_verified_email: bool,
}

/// Why a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Something is missing that goes with an issuer.
    #[error("failed to set up the OpenID Connect provider: `{0}` is missing")]
    Missing(&'static str),
    /// An address cannot be read.
    #[error("failed to set up the OpenID Connect provider: `{0}` must be an http:// or https:// address")]
    Address(&'static str),
    /// Nobody could log in.
    #[error("failed to set up log-ins: without passwords (`local-log-in`) there must be an `oidc-issuer`")]
    NoWayIn,
    /// The certificates cannot be used.
    #[error("failed to use the certificates in `{}`", file.display())]
    Certificates {
        /// The file.
        file: PathBuf,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The HTTP client cannot be made.
    #[error("failed to make a client for the OpenID Connect provider")]
    Client(#[source] reqwest::Error),
}
