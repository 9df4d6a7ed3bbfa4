//! Logging in at an OpenID Connect provider: what a site believes of it, and what becomes of people and accounts.
//!
//! Lies are told by a provider of our own (`pretender`), since a certified one tells none.

mod accounts;
mod certified;
pub mod pretender;
mod refusals;
pub mod visitor;

use secrecy::SecretString;
use webapp::config::OidcSettings;

use crate::site::{Site, Wishes, site_with};
use pretender::Pretender;

/// Settings of a site with this provider.
fn settings(issuer: &str, secret: &str) -> OidcSettings {
    OidcSettings {
        oidc_issuer: Some(issuer.to_owned()),
        oidc_client_id: "letters".to_owned(),
        oidc_client_secret: Some(SecretString::from(secret)),
        oidc_provider_name: "University login".to_owned(),
        oidc_scope: ["profile", "email"].map(str::to_owned).to_vec(),
        oidc_groups_claim: "groups".to_owned(),
        ..OidcSettings::default()
    }
}

/// A site where people log in at a pretender, with what a test wants to be different.
pub async fn site_of(pretender: &Pretender, change: impl FnOnce(&mut Wishes)) -> Site {
    let oidc = settings(&pretender.issuer, "secret");
    let mut wishes = Wishes { oidc, clock: Some(crate::site::clock_at_noon()), ..Wishes::default() };
    change(&mut wishes);
    site_with(wishes).await
}
