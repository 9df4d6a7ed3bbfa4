//! Whether the cluster serves the two custom resources, and which optional kinds it has.

use std::time::Duration;

use cluster::Chain;
use crds::{CoverLetterApp, CoverLetterRequest};
use kube::api::GroupVersionKind;
use kube::{Client, Resource as _, discovery};
use tracing::{info, warn};

use crate::kinds::Kind;
use crate::readiness::Readiness;
use crate::scope::Given;

/// Pause between two looks for missing definitions.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Pause between two looks at present ones.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(30);

/// Waits until both resources are served, and tells `readiness` meanwhile which one is missing.
pub async fn wait(client: &Client, readiness: &Readiness) {
    loop {
        let missing = missing(client).await;
        if missing.is_none() {
            readiness.set(None);
            return;
        }
        info!(missing, "Waiting for custom resource definitions");
        readiness.set(missing);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Keeps `readiness` up to date on whether both resources are served, and on the rights in the `given` namespaces.
pub async fn watch(client: &Client, given: &Given, readiness: &Readiness) {
    loop {
        let missing = match missing(client).await {
            None => given.missing().await,
            missing => missing,
        };
        readiness.set(missing);
        tokio::time::sleep(LOOK_AGAIN_EVERY).await;
    }
}

/// Waits until the cluster has `kind`.
pub async fn served(client: &Client, kind: Kind) {
    let resource = kind.resource();
    let gvk = GroupVersionKind::gvk(&resource.group, &resource.version, &resource.kind);
    let mut is_told = false;
    while let Err(error) = discovery::pinned_kind(client, &gvk).await {
        if !is_told {
            info!(reason = %Chain(&error), "No {} in this cluster yet", kind.as_str());
            is_told = true;
        }
        tokio::time::sleep(LOOK_AGAIN_EVERY).await;
    }
}

/// A sentence about the first resource that is not served.
async fn missing(client: &Client) -> Option<String> {
    let version = format!("{}/{}", crds::GROUP, crds::VERSION);
    let served = match client.list_api_group_resources(&version).await {
        Ok(list) => list.resources.into_iter().map(|resource| resource.name).collect(),
        Err(kube::Error::Api(status)) if status.code == 404 => Vec::new(),
        Err(error) => {
            warn!(error = %Chain(&error), "Could not ask for the resources of {version}");
            return Some(format!("the API server does not say whether it serves {version}"));
        }
    };
    [CoverLetterApp::plural(&()), CoverLetterRequest::plural(&())]
        .into_iter()
        .find(|plural| !served.iter().any(|name| name == plural))
        .map(|plural| format!("CustomResourceDefinition {plural}.{} is missing: apply config/crd", crds::GROUP))
}
