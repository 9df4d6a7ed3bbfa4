//! Accounts: registering, logging in and out, the profile, and who is asking in every other request.
//!
//! A session is an access token in a cookie. `session` turns the cookie into a user for the handlers of every subject,
//! `token` signs and verifies it, `password` hashes, `passkey` verifies passkeys, and `limits` keeps machines from guessing.

pub(crate) mod handlers;

mod device;
pub(crate) mod forms;
mod limits;
pub mod oidc;
pub(crate) mod pages;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod reset_link;
pub(crate) mod session;
mod state;
pub mod token;

pub use state::{Accounts, Settings};
