//! `CoverLetterRequest`: what a spec may hold, and that it never changes.

use kube::CustomResourceExt as _;
use kube::api::{DynamicObject, ListParams};
use serde_json::{Value, json};

use crate::cluster::{Cluster, accepts, expect_refusal, object, patch_spec, patch_status, rejects};

pub fn request(name: &str, spec: Value) -> DynamicObject {
    object(&crds::CoverLetterRequest::api_resource(), name, spec)
}

/// The smallest valid spec.
pub fn small() -> Value {
    json!({"appRef": {"name": "letters"}, "job": {"title": "Data Scientist", "company": "google"}})
}

#[tokio::test]
async fn a_small_request_gets_every_default() {
    let cluster = Cluster::with_namespace("small").await;
    let stored = accepts(&cluster.requests(), &request("one", small())).await;
    assert_eq!(
        stored.data["spec"]["letter"],
        json!({"tone": "Professional", "length": "Standard", "language": "en-GB"})
    );
    assert_eq!(stored.data["spec"]["cancelRequested"], false);
    let typed: crds::CoverLetterRequest =
        stored.try_parse().expect("what the server stored is what the types describe");
    assert!(typed.is_claimable(jiff::Timestamp::now()));
}

#[tokio::test]
async fn what_no_letter_can_be_written_from_is_refused() {
    let cluster = Cluster::with_namespace("refused").await;
    let job = |job: Value| json!({"appRef": {"name": "letters"}, "job": job});
    let refused = [
        (json!({"appRef": {"name": "letters"}}), "spec.job"),
        (json!({"job": {"title": "a", "company": "b"}}), "spec.appRef"),
        (job(json!({"title": "a"})), "spec.job.company"),
        (job(json!({"title": "", "company": "b"})), "spec.job.title"),
        (job(json!({"title": "a".repeat(201), "company": "b"})), "spec.job.title"),
        (job(json!({"title": "a", "company": "b", "description": "c".repeat(8_001)})), "spec.job.description"),
    ];
    for (spec, why) in refused {
        rejects(&cluster.requests(), &request("one", spec), why).await;
    }
    let mut spec = small();
    spec["letter"] = json!({"tone": "Angry"});
    rejects(&cluster.requests(), &request("one", spec), "spec.letter.tone").await;
    let mut spec = small();
    spec["job"]["description"] = json!("c".repeat(8_000));
    accepts(&cluster.requests(), &request("one", spec)).await;
}

#[tokio::test]
async fn a_spec_never_changes_except_that_it_may_be_cancelled_once() {
    let cluster = Cluster::with_namespace("immutable").await;
    let requests = cluster.requests();
    accepts(&requests, &request("one", small())).await;
    let changes = [
        json!({"job": {"company": "sony"}}),
        json!({"job": {"description": "new"}}),
        json!({"appRef": {"name": "other"}}),
        json!({"applicant": {"name": "Eve"}}),
        json!({"letter": {"tone": "Warm"}}),
        json!({"seed": 7}),
        json!({"requestedBy": "somebody"}),
    ];
    for change in changes {
        expect_refusal(patch_spec(&requests, "one", change).await, "spec is immutable");
    }
    patch_spec(&requests, "one", json!({"cancelRequested": true})).await.expect("cancelling is allowed");
    expect_refusal(
        patch_spec(&requests, "one", json!({"cancelRequested": false})).await,
        "cancelRequested must not be taken back",
    );
}

#[tokio::test]
async fn requests_can_be_selected_by_app_state_and_worker() {
    let cluster = Cluster::with_namespace("selectable").await;
    let requests = cluster.requests();
    accepts(&requests, &request("one", small())).await;
    accepts(&requests, &request("two", small())).await;
    patch_status(&requests, "two", json!({"state": "Queued"})).await.expect("a fresh request may be queued");
    let count = async |selector: &str| {
        requests.list(&ListParams::default().fields(selector)).await.expect("the field is selectable").items.len()
    };
    assert_eq!(count("spec.appRef.name=letters").await, 2);
    assert_eq!(count("spec.appRef.name=other").await, 0);
    assert_eq!(count("status.state=Queued").await, 1);
    assert_eq!(count("status.claim.worker=pod-a").await, 0);
}
