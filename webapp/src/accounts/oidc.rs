//! Logging in at an OpenID Connect provider, by the authorization code flow with PKCE, state and nonce.
//!
//! ```text
//! request -> the provider's page -> code -> provider (token, keys, userinfo) -> id_token -> person -> account
//! ```
//!
//! What a provider says is believed only as far as `id_token` can verify it; `failure` says why somebody is not logged in.

pub mod failure;
pub mod id_token;
pub mod keys;
mod metadata;
pub mod person;
mod provider;
pub mod request;
mod settings;

pub use provider::{Answer, Provider, ProviderError};
pub use settings::{OidcSettings, SettingsError};
