//! The queue of a worker when one request cannot be deserialized.

use crds::request::State;
use kube::api::{Patch, PatchParams};

use crate::cluster::Namespace;
use crate::script::Script;
use crate::worker::{Running, WORK};

/// Makes the request unreadable for our types: the API server accepts more digits of a second than they do.
async fn spoil(namespace: &Namespace, name: &str) {
    let status = serde_json::json!({ "status": { "queuedTime": "2026-11-23T12:00:00.0123456789Z" } });
    let spoilt = namespace.requests.patch_status(name, &PatchParams::default(), &Patch::Merge(status)).await;
    assert!(
        matches!(spoilt, Err(kube::Error::SerdeError(_))),
        "it is stored, and its answer cannot be read: {spoilt:?}"
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_read_does_not_hide_the_others() {
    let namespace = Namespace::new("unreadable").await;
    namespace.request("odd").await;
    spoil(&namespace, "odd").await;
    namespace.request("before").await;
    let worker = Running::start(&namespace, "worker", Script::default(), WORK);
    namespace.in_state("before", State::Succeeded).await;
    namespace.request("after").await;
    namespace.in_state("after", State::Succeeded).await;
    worker.drain().await;
}
