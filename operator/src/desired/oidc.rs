//! How web pods find the OpenID Connect provider of their site, and what they show it.

use k8s_openapi::api::core::v1::{EnvVar, Volume, VolumeMount};

use super::model::{self, CA_FILE};
use crate::containers::{from_secret, mount};
use crate::validate::Oidc;

/// Name of the volume with the certificates of authorities that vouch for the provider.
const CA: &str = "oidc-ca";
/// Where they are mounted.
const CA_PATH: &str = "/etc/coverletter/oidc-ca";

/// Arguments that say which provider it is and whom the site admits.
pub fn arguments(oidc: &Oidc) -> Vec<String> {
    let given = &oidc.given;
    let mut arguments = vec![
        format!("--oidc-issuer={}", oidc.issuer),
        format!("--oidc-client-id={}", given.client_id),
        format!("--oidc-site-url={}", given.site_url),
        format!("--oidc-provider-name={}", given.provider_name),
        format!("--oidc-groups-claim={}", given.groups_claim),
        format!("--oidc-link-by-verified-email={}", given.link_by_verified_email),
        format!("--oidc-scope={}", given.scopes.join(" ")),
        format!("--local-log-in={}", given.local_log_in),
    ];
    arguments.extend(given.admitted_groups.iter().map(|group| format!("--oidc-admitted-group={group}")));
    arguments.extend(given.refusal.iter().map(|refusal| format!("--oidc-refusal={refusal}")));
    arguments.extend(given.ca_secret_ref.iter().map(|_| format!("--oidc-ca={CA_PATH}/{CA_FILE}")));
    // Kubernetes puts variables, passwords among them, in place of `$(NAME)`; `$$` stands for one `$`.
    arguments.iter().map(|argument| argument.replace('$', "$$")).collect()
}

/// The secret that the site shows the provider.
pub fn variable(oidc: &Oidc) -> EnvVar {
    let reference = &oidc.given.client_secret_ref;
    from_secret("OIDC_CLIENT_SECRET", &reference.name, &reference.key)
}

/// The certificates of authorities, where there are some.
pub fn volume(oidc: &Oidc) -> Option<Volume> {
    oidc.given.ca_secret_ref.as_ref().map(|reference| model::authorities(CA, reference))
}

/// Where they are.
pub fn volume_mount(oidc: &Oidc) -> Option<VolumeMount> {
    oidc.given.ca_secret_ref.as_ref().map(|_| VolumeMount { read_only: Some(true), ..mount(CA, CA_PATH) })
}

/// Names of the Secrets, whose change must reach the pods.
pub fn secrets(oidc: &Oidc) -> impl Iterator<Item = String> {
    let references = [Some(&oidc.given.client_secret_ref), oidc.given.ca_secret_ref.as_ref()];
    references.into_iter().flatten().map(|reference| reference.name.clone())
}
