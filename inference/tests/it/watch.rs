//! What a worker sees of the queue: requests without their texts, and not one that cannot be deserialized.

use std::collections::BTreeMap;

use cluster::Requests;
use crds::request::State;
use kube::api::{Patch, PatchParams};

use crate::cluster::{APP, Namespace};
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

#[tokio::test]
async fn a_claim_leaves_the_request_as_it_was_though_the_watch_has_no_texts() {
    let namespace = Namespace::new("texts").await;
    let noted = serde_json::json!({"metadata": {"labels": {"team": "b"}, "annotations": {"example.org/note": "mine"}}});
    let before = namespace.request("one").await;
    let noted = namespace.requests.patch("one", &PatchParams::default(), &Patch::Merge(noted)).await.expect("a patch");
    let watched = Requests::follow(namespace.client.clone(), &namespace.name, APP);
    watched.listed().await;
    let kept = watched.get("one").expect("it was listed");
    assert!(kept.spec.job.company.is_empty() && kept.metadata.annotations.as_ref().is_none_or(BTreeMap::is_empty));

    let worker = Running::start(&namespace, "worker", Script::default(), WORK);
    let done = namespace.in_state("one", State::Succeeded).await;
    assert_eq!(done.spec, before.spec);
    assert_eq!((done.metadata.labels, done.metadata.annotations), (noted.metadata.labels, noted.metadata.annotations));
    worker.drain().await;
}
