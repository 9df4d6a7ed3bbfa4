//! Writes that the cluster refused: what it said, and what a person can do about it.

use crds::reason::AppReason;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::DynamicObject;
use kube::core::Status;

use crate::kinds::{Key, Kind};

/// An object that is not as the app needs it, while the others are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The object.
    pub key: Key,
    /// [`AppReason::ForeignObject`] or [`AppReason::Refused`].
    pub reason: AppReason,
    /// What is wrong and what to do, in whole sentences.
    pub message: String,
}

impl Refusal {
    /// The API server did not `verb` the object, and says why in `status`.
    #[must_use]
    pub fn refused(verb: &str, key: &Key, status: &Status) -> Self {
        let words = status.message.trim().trim_end_matches('.');
        let what = key.kind.as_str();
        let message =
            format!("The cluster refused to {verb} {what} `{}`: {words}. {}", key.name, advice(key.kind, status));
        Self { key: key.clone(), reason: AppReason::Refused, message }
    }

    /// There is an `object` of this name that is not the app's.
    #[must_use]
    pub fn foreign(key: &Key, object: &DynamicObject) -> Self {
        let owner = object.metadata.owner_references.iter().flatten().next();
        let whose = owner.map_or_else(|| "somebody else".to_owned(), owner_name);
        let message = format!(
            "{} `{}` belongs to {whose} and is left alone. Rename or delete it, or give the app another name.",
            key.kind.as_str(),
            key.name
        );
        Self { key: key.clone(), reason: AppReason::ForeignObject, message }
    }
}

fn owner_name(owner: &OwnerReference) -> String {
    format!("{} `{}` of uid {}", owner.kind, owner.name, owner.uid)
}

/// What to do about a refusal. Decided by its code and the fields it names, not by its wording.
fn advice(kind: Kind, status: &Status) -> &'static str {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let mut fields = causes.map(|cause| cause.field.as_str());
    if kind == Kind::Service && fields.any(|field| field.ends_with("nodePort")) {
        return "Set `web.service.nodePort` to a port that is free, or leave it out.";
    }
    match (kind, status.code) {
        (Kind::PersistentVolumeClaim, _) => {
            "Use a storage class that allows volume expansion, or set the `size` of the volume back."
        }
        (_, 403) => "Ask for less, or have the quota, policy or permission of the namespace changed.",
        (_, 404) => "Look whether the namespace still exists and the cluster has this kind.",
        (_, 500..) => "Look at the admission webhook or the API server that failed; it is tried again.",
        _ => "Change what the spec asks for, or delete the object if it may be made anew.",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(kind: Kind, status: serde_json::Value) -> String {
        let status: Status = serde_json::from_value(status).expect("it is a status");
        Refusal::refused("apply", &Key::new(kind, "letters-web"), &status).message
    }

    #[test]
    fn a_refusal_says_what_the_cluster_says_once_and_what_to_do() {
        let taken = json!({
            "message": "Service \"letters-web\" is invalid: spec.ports[0].nodePort: provided port is already allocated",
            "code": 422, "details": {"causes": [{"field": "spec.ports[0].nodePort"}]},
        });
        assert_eq!(
            refused(Kind::Service, taken),
            "The cluster refused to apply Service `letters-web`: Service \"letters-web\" is invalid: spec.ports[0].nodePort: \
             provided port is already allocated. Set `web.service.nodePort` to a port that is free, or leave it out."
        );
        let quota =
            json!({"message": "deployments.apps \"letters-web\" is forbidden: exceeded quota: small", "code": 403});
        assert!(
            refused(Kind::Deployment, quota)
                .ends_with("Ask for less, or have the quota, policy or permission of the namespace changed.")
        );
    }
}
