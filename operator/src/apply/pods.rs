//! Asks workers to retire, and marks those that have, so that a `ReplicaSet` ends them when its Deployment gets smaller.

use crds::names::RETIRE_ANNOTATION;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::FIELD_MANAGER;
use crate::error::Error;
use crate::observed::{DELETION_COST, DELETION_COST_ANNOTATION};
use crate::scaling::Decision;

/// Writes the requests to retire and the marks of `decision`. `number` is that of its requests to retire.
///
/// # Errors
/// [`Error::Write`]. A pod or Lease that is gone is no error.
pub async fn tell(client: &Client, namespace: &str, decision: &Decision, number: i64) -> Result<(), Error> {
    let leases = Api::<Lease>::namespaced(client.clone(), namespace);
    for name in &decision.ask {
        annotate(&leases, "Lease", name, RETIRE_ANNOTATION, Some(&number.to_string())).await?;
    }
    // A mark goes before its pod is called back: until then the pod claims nothing.
    let pods = Api::<Pod>::namespaced(client.clone(), namespace);
    for name in &decision.unmark {
        annotate(&pods, "Pod", name, DELETION_COST_ANNOTATION, None).await?;
    }
    for name in &decision.recall {
        annotate(&leases, "Lease", name, RETIRE_ANNOTATION, None).await?;
    }
    for name in &decision.mark {
        annotate(&pods, "Pod", name, DELETION_COST_ANNOTATION, Some(DELETION_COST)).await?;
    }
    Ok(())
}

async fn annotate<K>(
    api: &Api<K>,
    what: &'static str,
    name: &str,
    annotation: &str,
    value: Option<&str>,
) -> Result<(), Error>
where
    K: Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + std::fmt::Debug,
{
    let patch = json!({"metadata": {"annotations": {annotation: value}}});
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    match api.patch(name, &params, &Patch::Merge(patch)).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        Err(source) => Err(Error::Write { verb: "mark", what, name: name.to_owned(), source }),
    }
}
