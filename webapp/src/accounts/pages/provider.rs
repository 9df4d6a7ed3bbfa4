//! Pages on the way to the provider and back.

use askama::Template;

use crate::accounts::oidc::failure::Failure;

/// The page for somebody whom the provider did not log in.
#[derive(Clone, Debug, Template)]
#[template(path = "provider_failure.html")]
pub struct ProviderFailurePage {
    signed_in: bool,
    heading: &'static str,
    message: String,
    /// Where one begins again and what the link says, if that may help.
    again: Option<(&'static str, String)>,
    passwords: bool,
    request_id: String,
}

impl ProviderFailurePage {
    /// The page that says why. `links` says whether an account was to be linked, which its owner is then logged in to.
    #[must_use]
    pub fn new(failure: &Failure, provider: &str, passwords: bool, links: bool, request_id: String) -> Self {
        Self {
            signed_in: links,
            heading: if links { "Nothing was linked" } else { "You are not logged in" },
            message: failure.message(provider, passwords),
            again: (failure.is_worth_a_try() && !links).then(|| again(failure, provider)),
            passwords: passwords && !links,
            request_id,
        }
    }
}

/// The provider knows who somebody is, so that only another answer to its question may help some.
fn again(failure: &Failure, provider: &str) -> (&'static str, String) {
    match failure {
        Failure::NotAdmitted(_) | Failure::Declined | Failure::NoEmail => {
            ("/auth/oidc?again=1", "Log in with another account".to_owned())
        }
        _ => ("/auth/oidc", format!("Log in with {provider}")),
    }
}

/// `/auth/logged-out`.
#[derive(Clone, Debug, Template)]
#[template(path = "logged_out.html")]
pub struct LoggedOutPage {
    signed_in: bool,
    provider: String,
    log_out: Option<String>,
}

impl LoggedOutPage {
    /// The page with the address where people log out at the provider, if it has one.
    #[must_use]
    pub fn new(provider: String, log_out: Option<String>) -> Self {
        Self { signed_in: false, provider, log_out }
    }
}

/// The page that leads a form's sender to the provider.
#[derive(Clone, Debug, Template)]
#[template(path = "forward.html")]
pub struct ForwardPage {
    signed_in: bool,
    url: String,
    provider: String,
}

impl ForwardPage {
    /// The page that leads to this address.
    #[must_use]
    pub fn new(url: String, provider: String) -> Self {
        Self { signed_in: true, url, provider }
    }
}
