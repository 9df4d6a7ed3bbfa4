//! Limits on guessing. All replicas count together. A token is taken before a password is checked and given back when it
//! is right, so that many guesses at the same moment count as many, and successes count for nothing.
//!
//! Failures are counted for each account and network, so that nobody can keep others out of their accounts from
//! elsewhere; for each network, against guessing one password of many accounts; and for each account over all networks
//! from which it was never used.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};

use crate::accounts::Accounts;
use crate::db::buckets::{self, Bucket, Taken};
use crate::db::networks;
use crate::web::error::AppError;
use crate::web::{client, reply};

/// The hash of the client's network. Names and addresses are personal: the database holds their hashes.
#[must_use]
pub fn network_of(state: &Accounts, request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let forwarded = reply::header_text(request.headers(), "x-forwarded-for");
    let address = client::address(peer, forwarded, state.settings.forwarded_hops);
    hash(&client::network(address).to_string())
}

/// An attempt to log in, counted as failed until it is forgotten.
pub struct Attempt(Vec<(String, Bucket)>);

/// Counts an attempt to log in to this account from this network. Accounts that do not exist are counted too.
///
/// # Errors
/// [`AppError::TooMany`] when there were too many failures.
pub async fn count_log_in(state: &Accounts, username: &str, network: &str) -> Result<Attempt, AppError> {
    let account = hash(&username.to_lowercase());
    let settings = &state.settings;
    let mut buckets = vec![(format!("log-in:{account}:{network}"), settings.failures())];
    if networks::is_known(&state.db, username, network).await? {
        // As much work as below, so that the time does not tell who has logged in from here.
        buckets.push((format!("log-in-known-from:{account}:{network}"), Bucket::BOTTOMLESS));
        buckets.push((format!("log-in-known-to:{account}:{network}"), Bucket::BOTTOMLESS));
    } else {
        buckets.push((format!("log-ins-from:{network}"), settings.sign_ins()));
        buckets.push((format!("log-ins-to:{account}"), settings.strangers()));
    }
    let mut attempt = Attempt(Vec::new());
    for (key, bucket) in buckets {
        if let Err(error) = take(state, &key, bucket).await {
            // A refused attempt was none: it must not use up what others need.
            attempt.forget(state).await?;
            return Err(error);
        }
        attempt.0.push((key, bucket));
    }
    Ok(attempt)
}

impl Attempt {
    /// Gives back what was counted: the attempt succeeded, or nobody knows whether it would have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget(&self, state: &Accounts) -> Result<(), AppError> {
        let mut connection = state.db.acquire().await?;
        for (key, bucket) in &self.0 {
            buckets::give_back(&mut connection, key, *bucket).await?;
        }
        Ok(())
    }

    /// After a success the account's own count starts again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn succeed(self, state: &Accounts) -> Result<(), AppError> {
        self.forget(state).await?;
        let mut connection = state.db.acquire().await?;
        for (key, _) in self.0.iter().filter(|(key, _)| key.starts_with("log-in:")) {
            buckets::refill(&mut connection, key).await?;
        }
        Ok(())
    }
}

/// Counts somebody who leaves for the provider, or is asked for a passkey, in this network as failed, until they come back.
///
/// # Errors
/// [`AppError::TooMany`] when too many did not.
pub async fn count_departure(state: &Accounts, network: &str) -> Result<(), AppError> {
    for (key, bucket) in departed(state, network).0 {
        take(state, &key, bucket).await?;
    }
    Ok(())
}

/// What was counted for somebody who comes back.
#[must_use]
pub fn departed(state: &Accounts, network: &str) -> Attempt {
    Attempt(vec![(format!("departures:{network}"), state.settings.sign_ins())])
}

/// Counts an attempt to register.
///
/// # Errors
/// [`AppError::TooMany`] when this network has no attempt left.
pub async fn count_registration(state: &Accounts, network: &str) -> Result<(), AppError> {
    take(state, &format!("register:{network}"), state.settings.registrations()).await
}

/// Counts a password that a user gives once more as wrong, until [`forget_proofs`] is called.
///
/// # Errors
/// [`AppError::TooMany`] when it was wrong too often.
pub async fn count_proof(state: &Accounts, user_id: i64) -> Result<(), AppError> {
    take(state, &proof(user_id), state.settings.failures()).await
}

/// Forgets the wrong passwords of a user who has given the right one.
///
/// # Errors
/// When the database fails.
pub async fn forget_proofs(state: &Accounts, user_id: i64) -> Result<(), AppError> {
    let mut connection = state.db.acquire().await?;
    Ok(buckets::refill(&mut connection, &proof(user_id)).await?)
}

/// Counts a change of name or address: its answer tells whether others have them.
///
/// # Errors
/// [`AppError::TooMany`] when there were too many.
pub async fn count_change(state: &Accounts, user_id: i64) -> Result<(), AppError> {
    const CHANGES: Bucket = Bucket { capacity: 10.0, per_second: 1.0 / 360.0 };
    take(state, &format!("profile:{user_id}"), CHANGES).await
}

async fn take(state: &Accounts, key: &str, bucket: Bucket) -> Result<(), AppError> {
    let mut connection = state.db.acquire().await?;
    match buckets::take(&mut connection, key, bucket, state.clock.now()).await? {
        Taken::Yes => Ok(()),
        Taken::No(wait) => Err(AppError::TooMany(wait.max(SignedDuration::from_secs(1)))),
    }
}

fn proof(user_id: i64) -> String {
    format!("proof:{user_id}")
}

fn hash(who: &str) -> String {
    hex::encode(Sha256::digest(who))
}
