//! Logging in at an OpenID Connect provider.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

use crate::app::SecretKeyRef;

/// An OpenID Connect provider where people log in, such as Keycloak, Entra ID or Dex. An account is made at the first
/// log-in; who has one already links it on the page Your account.
#[derive(KubeSchema, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Oidc {
    /// Issuer, exactly as the provider writes it in `<issuer>/.well-known/openid-configuration`. Plain `http://` is for
    /// addresses and Services (`http://name.namespace.svc:port`) alone.
    #[schemars(length(min = 8, max = 512), regex(pattern = r"^https?://"))]
    pub issuer: String,
    /// Id of the site at the provider.
    #[schemars(length(min = 1, max = 256))]
    pub client_id: String,
    /// Secret key with the secret of the site at the provider. The Secret must be labelled
    /// `coverletter.dev/usable: "true"`.
    pub client_secret_ref: SecretKeyRef,
    /// Secret key with the certificates, in PEM form, of authorities that may vouch for the provider besides the usual ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_secret_ref: Option<SecretKeyRef>,
    /// Address at which people open the site, such as `https://letters.example.org`. The provider must permit to send them
    /// back to `<siteUrl>/auth/oidc/callback`, and after a log-out to `<siteUrl>/auth/logged-out`.
    #[schemars(length(min = 8, max = 512), regex(pattern = r"^https?://"))]
    pub site_url: String,
    /// What people call the provider; it stands on buttons: `Log in with ...`.
    #[serde(default = "Oidc::default_provider_name")]
    #[schemars(length(min = 1, max = 64))]
    pub provider_name: String,
    /// Scopes to ask for besides `openid`. An e-mail address is needed, and groups where `admittedGroups` is set.
    #[serde(default = "Oidc::default_scopes")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 128), regex(pattern = r"^[!#-\[\]-~]+$")))]
    pub scopes: Vec<String>,
    /// The claim that names a person's groups or roles, as a text or a list; `realm_access.roles` leads into an object.
    #[serde(default = "Oidc::default_groups_claim")]
    #[schemars(length(min = 1, max = 256))]
    pub groups_claim: String,
    /// Groups whose members are admitted. Default: everybody whom the provider knows. It is looked at when somebody logs in;
    /// a session lasts an hour.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(min = 1, max = 256)))]
    pub admitted_groups: Vec<String>,
    /// What people read who are in none of these groups, for example whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500))]
    pub refusal: Option<String>,
    /// Whether people log in and register with passwords of the site, too. Without them nobody is asked which way to take.
    #[serde(default = "Oidc::default_local_log_in")]
    pub local_log_in: bool,
    /// Whether the account with an e-mail address goes to whom the provider says has verified that address. Its password and
    /// sessions end then. Only for providers that verify addresses themselves.
    #[serde(default)]
    pub link_by_verified_email: bool,
}

impl Oidc {
    fn default_provider_name() -> String {
        "your institution".to_owned()
    }

    fn default_scopes() -> Vec<String> {
        vec!["profile".to_owned(), "email".to_owned()]
    }

    fn default_groups_claim() -> String {
        "groups".to_owned()
    }

    fn default_local_log_in() -> bool {
        true
    }
}
