//! Whether the cluster serves our two resources, and the optional ones.

use std::time::Duration;

use crds::{CoverLetterApp, CoverLetterRequest};
use kube::api::{Api, GroupVersionKind, ListParams};
use kube::{Client, CustomResourceExt as _, discovery};
use tracing::{info, warn};

use crate::admin::Readiness;
use crate::error::Chain;
use crate::kinds::Kind;

/// How often missing definitions are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often present ones are looked for again.
const LOOK_AGAIN_EVERY: Duration = Duration::from_secs(30);

/// Waits until both resources are served, and tells `readiness` which one is missing.
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

/// Keeps telling `readiness` whether both resources are served.
pub async fn watch(client: &Client, readiness: &Readiness) {
    loop {
        tokio::time::sleep(LOOK_AGAIN_EVERY).await;
        readiness.set(missing(client).await);
    }
}

/// The child kinds that this cluster has.
pub async fn kinds(client: &Client) -> Vec<Kind> {
    let mut kinds: Vec<_> = Kind::ALL.into_iter().filter(|kind| kind.is_built_in()).collect();
    let resource = Kind::HttpRoute.resource();
    let gvk = GroupVersionKind::gvk(&resource.group, &resource.version, &resource.kind);
    match discovery::pinned_kind(client, &gvk).await {
        Ok(_) => kinds.push(Kind::HttpRoute),
        Err(error) => info!(reason = %Chain(&error), "No HTTPRoute in this cluster"),
    }
    kinds
}

/// A sentence about the first resource that is not served.
async fn missing(client: &Client) -> Option<String> {
    let one = ListParams::default().limit(1);
    let apps = Api::<CoverLetterApp>::all(client.clone()).list_metadata(&one).await.map(|_| ());
    let requests = Api::<CoverLetterRequest>::all(client.clone()).list_metadata(&one).await.map(|_| ());
    [(CoverLetterApp::crd_name(), apps), (CoverLetterRequest::crd_name(), requests)].into_iter().find_map(
        |(name, listed)| match listed {
            Ok(()) => None,
            Err(kube::Error::Api(status)) if status.is_not_found() => {
                Some(format!("CustomResourceDefinition {name} is missing: apply config/crd"))
            }
            Err(error) => {
                warn!(error = %Chain(&error), "Could not list {name}");
                Some(format!("{name} cannot be listed"))
            }
        },
    )
}
