//! Where people log in besides the site itself.

use super::http_url::{HttpUrl, Peer};
use super::secret;
use super::violation::Violations;
use crate::observed::Observed;

/// An OpenID Connect provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc {
    /// Where it is.
    pub issuer: HttpUrl,
    /// All that was said of it.
    pub given: crds::app::Oidc,
}

impl Oidc {
    pub(super) fn parse(given: &crds::app::Oidc, observed: &Observed, violations: &mut Violations) -> Option<Self> {
        let secrets =
            [("clientSecretRef", Some(&given.client_secret_ref)), ("caSecretRef", given.ca_secret_ref.as_ref())];
        for (field, reference) in secrets {
            let field = format!("web.oidc.{field}");
            secret::required(reference, &field, observed, violations);
            let lacks = |reference: &&crds::app::SecretKeyRef| observed.missing_keys.contains(*reference);
            if let Some(reference) = reference.filter(lacks) {
                violations.add(format!(
                    "`{field}` must name a key of its Secret: there is no key `{}` in Secret `{}`",
                    reference.key, reference.name
                ));
            }
        }
        let _ = violations.require(HttpUrl::parse(&given.site_url), || {
            "`web.oidc.siteUrl` must be the `http://` or `https://` address of the site, without a user".to_owned()
        })?;
        // Whoever is between could answer in the provider's name, and log in as anybody.
        let is_safe = |issuer: &HttpUrl| given.issuer.starts_with("https://") || issuer.peer() != Peer::Anywhere;
        let issuer = violations.require(HttpUrl::parse(&given.issuer).filter(is_safe), || {
            "`web.oidc.issuer` must be an `https://` address without a user; `http://` is for addresses and Services alone"
                .to_owned()
        })?;
        Some(Self { issuer, given: given.clone() })
    }
}
