//! What a provider publishes about itself (OpenID Connect Discovery). Pure.

use serde::Deserialize;

/// A provider's addresses and abilities, as far as they matter here.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// Its name; must be the one it was asked under.
    pub issuer: String,
    /// Where people log in.
    pub authorization_endpoint: String,
    /// Where a code becomes tokens.
    pub token_endpoint: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where it says more about a person.
    pub userinfo_endpoint: Option<String>,
    /// Where people log out.
    pub end_session_endpoint: Option<String>,
    /// How we may prove who we are; `client_secret_basic` where it says nothing.
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether its answers name it (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    /// Whether the secret goes into the form rather than into a header.
    #[must_use]
    pub fn takes_secret_in_form(&self) -> bool {
        self.token_endpoint_auth_methods_supported
            .as_ref()
            .is_some_and(|methods| !methods.iter().any(|method| method == "client_secret_basic"))
    }

    /// Every address of it, in a fixed order.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        let optional = [&self.userinfo_endpoint, &self.end_session_endpoint].into_iter().flatten();
        [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri]
            .into_iter()
            .chain(optional)
            .map(String::as_str)
    }
}
