//! The three writes that the operator makes on requests, and what it asks before it makes them. Each is refused when the request has changed meanwhile.

use std::time::Duration;

use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use kube::{Client, ResourceExt as _};
use serde_json::json;

use super::FIELD_MANAGER;
use crate::error::Error;
use crate::triage::{Seen, Suspicion};

/// How long the API server may take to say what it knows of a worker.
const CONFIRM_WITHIN: Duration = Duration::from_secs(2);

/// Replaces the status of `request` if it is still the one that was read. Sends nothing else: the texts of a request are
/// not in memory.
///
/// # Errors
/// [`Error::Write`]; a conflict means that another writer was faster.
pub async fn write_status(
    client: &Client,
    request: &CoverLetterRequest,
    status: CoverLetterRequestStatus,
) -> Result<(), Error> {
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let written = api(client, request).patch_status(&request.name_any(), &params, &replaced(request, &status)).await;
    written.map(|_| ()).map_err(|source| write_error("write the status of", request, source))
}

/// A patch that puts `status` in place of the one of `request`, which the API server refuses as a conflict when it has
/// another version by now.
fn replaced(request: &CoverLetterRequest, status: &CoverLetterRequestStatus) -> Patch<()> {
    let operations = json!([
        {"op": "replace", "path": "/metadata/resourceVersion", "value": request.resource_version()},
        {"op": "add", "path": "/status", "value": status},
    ]);
    Patch::Json(serde_json::from_value(operations).expect("these are operations of JSON Patch"))
}

/// Asks the worker of `request` to stop.
///
/// # Errors
/// [`Error::Write`].
pub async fn cancel(client: &Client, request: &CoverLetterRequest) -> Result<(), Error> {
    let patch = json!({"metadata": {"uid": request.uid()}, "spec": {"cancelRequested": true}});
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let patched = api(client, request).patch(&request.name_any(), &params, &Patch::Merge(patch)).await;
    patched.map(|_| ()).map_err(|source| write_error("cancel", request, source))
}

/// Deletes `request` if it is still the one that was read.
///
/// # Errors
/// [`Error::Write`]. A request that is gone is no error.
pub async fn delete(client: &Client, request: &CoverLetterRequest) -> Result<(), Error> {
    let preconditions = Preconditions { uid: request.uid(), resource_version: request.resource_version() };
    let params = DeleteParams::background().preconditions(preconditions);
    match api(client, request).delete(&request.name_any(), &params).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        Err(source) => Err(write_error("delete", request, source)),
    }
}

/// Whether the API server itself shows in time what bears `suspicion` out. After an outage the stores lag behind it.
pub async fn confirms(client: &Client, namespace: &str, suspicion: &Suspicion) -> bool {
    let asked = async {
        if suspicion.is_of_pod() {
            let pod = Api::<Pod>::namespaced(client.clone(), namespace).get_opt(suspicion.worker()).await?;
            return Ok(suspicion.is_borne_out(Seen::Pod(pod.as_ref())));
        }
        let lease = Api::<Lease>::namespaced(client.clone(), namespace).get_opt(suspicion.worker()).await?;
        Ok::<_, kube::Error>(suspicion.is_borne_out(Seen::Lease(lease.as_ref())))
    };
    matches!(tokio::time::timeout(CONFIRM_WITHIN, asked).await, Ok(Ok(true)))
}

fn api(client: &Client, request: &CoverLetterRequest) -> Api<CoverLetterRequest> {
    Api::namespaced(client.clone(), &request.namespace().unwrap_or_default())
}

fn write_error(verb: &'static str, request: &CoverLetterRequest, source: kube::Error) -> Error {
    Error::Write { verb, what: "CoverLetterRequest", name: request.name_any(), source }
}
