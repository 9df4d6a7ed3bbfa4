//! The only code that writes to the API server, leader election and Events aside: server-side apply in order, orphans
//! pruned, a status only when it changed.

pub mod pods;
pub mod requests;
pub mod secrets;

use crds::{CoverLetterApp, CoverLetterAppStatus};
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, Preconditions};
use kube::{Client, ResourceExt as _};
use serde_json::json;

use crate::error::Error;
use crate::kinds::{Key, Kind};
use crate::live::{Applied, Live};
use crate::objects::{Desired, is_applied};
use crate::observed::Observed;

/// Name by which the API server knows the fields that this program owns.
pub const FIELD_MANAGER: &str = "coverletter-operator";

/// Brings the objects of `app` in the cluster to the desired state. Objects that have it already are not written.
///
/// # Errors
/// The first write that failed, or an answer that does not fit its kind. What was written stays; the next
/// reconciliation goes on from there.
pub async fn objects(
    client: &Client,
    app: &CoverLetterApp,
    desired: &Desired,
    observed: &Observed,
) -> Result<Applied, Error> {
    let namespace = app.namespace().unwrap_or_default();
    let mut applied = Live::default();
    for (key, object) in desired.iter() {
        let live = match observed.children.get(key) {
            Some(live) if is_applied(live, object) => live.clone(),
            _ => apply(client, &namespace, key, object).await?,
        };
        applied.add(key.clone(), live)?;
    }
    for key in desired.orphans(&observed.children, app.metadata.uid.as_deref().unwrap_or_default()) {
        let uid = observed.children.get(&key).and_then(|object| object.metadata.uid.clone());
        prune(client, &namespace, &key, uid).await?;
    }
    Ok(Applied(applied))
}

async fn apply(client: &Client, namespace: &str, key: &Key, object: &DynamicObject) -> Result<DynamicObject, Error> {
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let applied = api(client, namespace, key.kind).patch(&key.name, &params, &Patch::Apply(object)).await;
    let applied = applied.map_err(|source| write_error("apply", key, source))?;
    count("apply", key.kind);
    Ok(applied)
}

async fn prune(client: &Client, namespace: &str, key: &Key, uid: Option<String>) -> Result<(), Error> {
    // With the uid only the object that was observed is deleted, not a newer one of the same name.
    let params = DeleteParams::background().preconditions(Preconditions { uid, resource_version: None });
    match api(client, namespace, key.kind).delete(&key.name, &params).await {
        Ok(_) => {
            count("delete", key.kind);
            Ok(())
        }
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        Err(source) => Err(write_error("delete", key, source)),
    }
}

/// Writes the status of an app if it differs from the one that was read. Returns whether it was written.
///
/// # Errors
/// [`Error::Write`]. An app that is gone is no error.
pub async fn status(client: &Client, app: &CoverLetterApp, status: &CoverLetterAppStatus) -> Result<bool, Error> {
    if app.status.as_ref() == Some(status) {
        return Ok(false);
    }
    let namespace = app.namespace().unwrap_or_default();
    let name = app.name_any();
    let patch = json!({"apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterApp", "status": status});
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let api = Api::<CoverLetterApp>::namespaced(client.clone(), &namespace);
    match api.patch_status(&name, &params, &Patch::Apply(patch)).await {
        Ok(_) => {
            metrics::counter!("coverletter_operator_writes_total", "verb" => "status", "kind" => "CoverLetterApp")
                .increment(1);
            Ok(true)
        }
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(false),
        Err(source) => Err(Error::Write { verb: "write the status of", what: "CoverLetterApp", name, source }),
    }
}

fn api(client: &Client, namespace: &str, kind: Kind) -> Api<DynamicObject> {
    Api::namespaced_with(client.clone(), namespace, &kind.resource())
}

fn write_error(verb: &'static str, key: &Key, source: kube::Error) -> Error {
    Error::Write { verb, what: key.kind.as_str(), name: key.name.clone(), source }
}

fn count(verb: &'static str, kind: Kind) {
    metrics::counter!("coverletter_operator_writes_total", "verb" => verb, "kind" => kind.as_str()).increment(1);
}
