//! What accounts are made with: handles, and settings from outside.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::accounts::oidc::Provider;
use crate::accounts::pages::Ways;
use crate::accounts::password::Hasher;
use crate::accounts::token::Keys;
use crate::clock::Clock;
use crate::db::Pool;
use crate::db::buckets::Bucket;
use crate::db::warm::Warm;

/// Handles that every handler of accounts, and every extractor of a user, may use.
#[derive(Clone)]
pub struct Accounts {
    /// The database.
    pub db: Pool,
    /// Connections to it that pages leave for one another.
    pub warm: Warm,
    /// Keys of access tokens.
    pub keys: Arc<Keys>,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Where people may log in besides, if the site has such a provider.
    pub provider: Option<Arc<Provider>>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Settings.
    pub settings: Settings,
}

impl Accounts {
    /// Whether people log in and register with passwords of this site.
    #[must_use]
    pub fn takes_passwords(&self) -> bool {
        self.settings.local_log_in
    }

    /// How people log in.
    #[must_use]
    pub fn ways(&self) -> Ways {
        Ways {
            provider: self.provider.as_ref().map(|provider| provider.name().to_owned()),
            passwords: self.takes_passwords(),
        }
    }
}

/// Settings of accounts and sessions.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Whether cookies are sent over HTTPS (and localhost) only.
    #[arg(long, env, default_value_t = true, action = clap::ArgAction::Set)]
    pub secure_cookies: bool,
    /// Whether the names of cookies begin with `__Host-`, with `secure_cookies` only.
    #[arg(long, env, default_value_t = false, action = clap::ArgAction::Set)]
    pub host_cookies: bool,
    /// Whether people log in and register with passwords. Without them there must be an OpenID Connect provider.
    #[arg(long, env, default_value_t = true, action = clap::ArgAction::Set)]
    pub local_log_in: bool,
    /// Failed log-ins from one network in a minute, and registrations in an hour; five times as many at once. Many students
    /// may share one network.
    #[arg(long, env, default_value = "120")]
    pub sign_ins_per_minute: NonZeroU32,
    /// Failed log-ins of one account from one network before it has to wait half a minute for each more.
    #[arg(long, env, default_value = "10")]
    pub failed_log_ins: NonZeroU32,
    /// Accounts that there may be. Beyond this number nobody can register.
    #[arg(long, env, default_value = "10000")]
    pub max_accounts: NonZeroU32,
    /// Proxies in front of this program that append to `X-Forwarded-For`; 0 takes the peer's address.
    #[arg(long, env, default_value_t = 0)]
    pub forwarded_hops: usize,
}

const MINUTE_SECONDS: f64 = 60.0;
const HOUR_SECONDS: f64 = 3_600.0;
/// Minutes' worth of attempts that may come at once: a lecture hall that logs in for the first time.
const AT_ONCE: f64 = 5.0;
/// Consecutive failures that NIST SP 800-63B allows an account.
const STRANGERS: f64 = 100.0;
/// An account that has failed to log in too often gets another attempt after this time.
const FAILURE_SECONDS: f64 = 30.0;

impl Settings {
    /// Registrations from one network: a lecture hall at once, and then few, since each account has letters to ask for.
    #[must_use]
    pub fn registrations(&self) -> Bucket {
        let per_hour = f64::from(self.sign_ins_per_minute.get());
        Bucket { capacity: AT_ONCE * per_hour, per_second: per_hour / HOUR_SECONDS }
    }

    /// Failed log-ins from one network.
    #[must_use]
    pub fn sign_ins(&self) -> Bucket {
        let per_minute = f64::from(self.sign_ins_per_minute.get());
        Bucket { capacity: AT_ONCE * per_minute, per_second: per_minute / MINUTE_SECONDS }
    }

    /// Failed log-ins of one account from networks where it was never used.
    #[must_use]
    pub fn strangers(&self) -> Bucket {
        Bucket { capacity: STRANGERS, per_second: 1.0 / FAILURE_SECONDS }
    }

    /// Failed log-ins of one account from one network.
    #[must_use]
    pub fn failures(&self) -> Bucket {
        Bucket { capacity: f64::from(self.failed_log_ins.get()), per_second: 1.0 / FAILURE_SECONDS }
    }
}
