//! Marks the pods that should end when a Deployment gets smaller, so that its `ReplicaSet` chooses them.

use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::FIELD_MANAGER;
use crate::error::Error;
use crate::observed::{DELETION_COST, DELETION_COST_ANNOTATION};
use crate::scaling::Decision;

/// Writes the marks of `decision`.
///
/// # Errors
/// [`Error::Write`]. A pod that is gone is no error.
pub async fn mark(client: &Client, namespace: &str, decision: &Decision) -> Result<(), Error> {
    let api = Api::<Pod>::namespaced(client.clone(), namespace);
    let marks = decision.mark.iter().map(|name| (name, Some(DELETION_COST)));
    for (name, cost) in marks.chain(decision.unmark.iter().map(|name| (name, None))) {
        let patch = json!({"metadata": {"annotations": {DELETION_COST_ANNOTATION: cost}}});
        let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        match api.patch(name, &params, &Patch::Merge(patch)).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.is_not_found() => {}
            Err(source) => return Err(Error::Write { verb: "mark", what: "Pod", name: name.clone(), source }),
        }
    }
    Ok(())
}
