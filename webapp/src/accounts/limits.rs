//! Limits on logging in and registering, so that no machine tries passwords or names by the thousand. All replicas
//! count together.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use sha2::{Digest as _, Sha256};

use crate::accounts::Accounts;
use crate::db::buckets::{self, Bucket, Taken};
use crate::web::error::AppError;
use crate::web::{client, reply};

/// The client's address, which attempts are counted against.
#[must_use]
pub fn client_of(state: &Accounts, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let forwarded = reply::header_text(request.headers(), "x-forwarded-for");
    client::address(peer, forwarded, state.settings.forwarded_hops)
}

/// Counts an attempt to log in or register.
///
/// # Errors
/// [`AppError::TooMany`] when this client has no attempt left.
pub async fn count_attempt(state: &Accounts, client: IpAddr) -> Result<(), AppError> {
    take(state, &key("address", &client::network(client).to_string()), state.settings.sign_ins()).await
}

/// Counts a log-in of this account as failed, until [`forget_failures`] is called. Accounts that do not exist are
/// counted too.
///
/// # Errors
/// [`AppError::TooMany`] when the account has failed too often.
pub async fn count_failure(state: &Accounts, username: &str) -> Result<(), AppError> {
    take(state, &account(username), state.settings.failures()).await
}

/// Forgets the failures of an account that has logged in.
///
/// # Errors
/// When the database fails.
pub async fn forget_failures(state: &Accounts, username: &str) -> Result<(), AppError> {
    let mut connection = state.db.acquire().await?;
    Ok(buckets::refill(&mut connection, &account(username)).await?)
}

async fn take(state: &Accounts, key: &str, bucket: Bucket) -> Result<(), AppError> {
    let mut connection = state.db.acquire().await?;
    match buckets::take(&mut connection, key, bucket, state.clock.now()).await? {
        Taken::Yes => Ok(()),
        Taken::No(wait) => Err(AppError::TooMany(wait)),
    }
}

fn account(username: &str) -> String {
    key("log-in", &username.to_lowercase())
}

/// Names and addresses are personal: the database holds their hashes.
fn key(kind: &str, who: &str) -> String {
    format!("{kind}:{}", hex::encode(Sha256::digest(who)))
}
