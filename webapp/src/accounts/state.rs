//! What accounts are made with: handles, and settings from outside.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::accounts::password::Hasher;
use crate::accounts::token::Keys;
use crate::clock::Clock;
use crate::db::Pool;
use crate::db::buckets::Bucket;

/// Handles that every handler of accounts, and every extractor of a user, may use.
#[derive(Clone)]
pub struct Accounts {
    /// The database.
    pub db: Pool,
    /// Keys of access tokens.
    pub keys: Arc<Keys>,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Settings.
    pub settings: Settings,
}

/// Settings of accounts and sessions.
#[derive(Clone, Copy, Debug, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Whether cookies are sent over HTTPS (and localhost) only.
    #[arg(long, env, default_value_t = true, action = clap::ArgAction::Set)]
    pub secure_cookies: bool,
    /// Attempts to log in or register from one address in a minute. Many students may share one address.
    #[arg(long, env, default_value = "120")]
    pub sign_ins_per_minute: NonZeroU32,
    /// Failed log-ins of one account before it has to wait half a minute for each more.
    #[arg(long, env, default_value = "10")]
    pub failed_log_ins: NonZeroU32,
    /// Proxies in front of this program that append to `X-Forwarded-For`; 0 takes the peer's address.
    #[arg(long, env, default_value_t = 0)]
    pub forwarded_hops: usize,
}

const MINUTE_SECONDS: f64 = 60.0;
/// An account that has failed to log in too often gets another attempt after this time.
const FAILURE_SECONDS: f64 = 30.0;

impl Settings {
    /// Attempts to log in or register from one address.
    #[must_use]
    pub fn sign_ins(&self) -> Bucket {
        let capacity = f64::from(self.sign_ins_per_minute.get());
        Bucket { capacity, per_second: capacity / MINUTE_SECONDS }
    }

    /// Failed log-ins of one account.
    #[must_use]
    pub fn failures(&self) -> Bucket {
        Bucket { capacity: f64::from(self.failed_log_ins.get()), per_second: 1.0 / FAILURE_SECONDS }
    }
}
