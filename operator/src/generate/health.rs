//! How Argo CD reads the health of both kinds. Without these scripts it calls a custom resource healthy because it exists.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::yaml::document;

/// The script of each kind.
pub const SCRIPTS: [(&str, &str); 2] = [
    ("CoverLetterApp", include_str!("health/coverletterapp.lua")),
    ("CoverLetterRequest", include_str!("health/coverletterrequest.lua")),
];

/// The part of Argo CD's `ConfigMap` that holds the scripts.
#[must_use]
pub fn argo() -> String {
    let key = |kind: &str| format!("resource.customizations.health.{}_{kind}", crds::GROUP);
    let data: BTreeMap<_, _> = SCRIPTS.iter().map(|(kind, script)| (key(kind), (*script).to_owned())).collect();
    let labels = [("app.kubernetes.io/part-of".to_owned(), "argocd".to_owned())].into();
    let metadata = ObjectMeta { name: Some("argocd-cm".to_owned()), labels: Some(labels), ..ObjectMeta::default() };
    document(&ConfigMap { metadata, data: Some(data), ..ConfigMap::default() })
}
