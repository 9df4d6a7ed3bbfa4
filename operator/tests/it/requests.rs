//! What the operator does about requests that no worker serves.

use crds::CoverLetterRequest;
use crds::life::{self, Claimant};
use crds::request::{Outcome, State};
use jiff::Timestamp;
use kube::api::PostParams;
use serde_json::json;

use crate::cluster::{Cluster, eventually};

/// Writes the claim of a worker that does not exist.
async fn claim(cluster: &Cluster, request: &CoverLetterRequest) {
    let claimant = Claimant {
        worker: "nobody".into(),
        pod_uid: "no-uid".into(),
        boot_id: "no-boot".into(),
        endpoint: "192.0.2.1:8080".into(),
    };
    let mut claimed = request.clone();
    claimed.status = Some(life::claimed(request, &claimant, Timestamp::now()));
    let api = cluster.api::<CoverLetterRequest>();
    let name = claimed.metadata.name.clone().expect("a request has a name");
    api.replace_status(&name, &PostParams::default(), &claimed).await.expect("the claim is accepted");
}

#[tokio::test]
async fn a_request_without_an_app_says_so() {
    let cluster = Cluster::start("lonely").await;
    cluster.create_request("one", "nowhere").await;
    let (request, reason) = cluster.request_in("one", State::Queued).await;
    assert_eq!(reason, "NoSuchApp");
    let message = &request.status.expect("it is queued").conditions[0].message;
    assert_eq!(message, "Waits: there is no CoverLetterApp `nowhere` in this namespace.");
}

#[tokio::test]
async fn a_claim_of_a_pod_that_is_gone_returns_to_the_queue() {
    let cluster = Cluster::start("lost").await;
    // Without the app the operator would soon report that it is missing.
    cluster.create_app(json!({"inference": {"scaling": {"minReplicas": 0, "maxReplicas": 0}}})).await;
    cluster.create_request("one", "letters").await;
    // Once the operator has spoken about it, nobody else writes it.
    let (request, _) = cluster.request_in("one", State::Queued).await;
    claim(&cluster, &request).await;
    let (request, reason) = cluster.request_in("one", State::Queued).await;
    assert_eq!(reason, "Backoff");
    let status = request.status.expect("it is queued");
    assert_eq!((status.attempt, status.claim), (Some(1), None));
    assert_eq!(status.attempts[0].outcome, Outcome::Lost);
    assert_eq!(status.attempts[0].message, "Its pod is gone.");
}

#[tokio::test]
async fn a_waiting_request_is_cancelled() {
    let cluster = Cluster::start("cancel").await;
    cluster.create_request("one", "letters").await;
    cluster.patch::<CoverLetterRequest>("one", json!({"spec": {"cancelRequested": true}})).await;
    assert_eq!(cluster.request_in("one", State::Cancelled).await.1, "Cancelled");
}

#[tokio::test]
async fn an_erased_request_goes_even_when_it_was_running() {
    let cluster = Cluster::start("erase").await;
    let erase = json!({"metadata": {"annotations": {"coverletter.dev/erase": "true"}}});
    cluster.create_request("waiting", "letters").await;
    cluster.patch::<CoverLetterRequest>("waiting", &erase).await;
    cluster.create_request("running", "letters").await;
    let (running, _) = cluster.request_in("running", State::Queued).await;
    claim(&cluster, &running).await;
    cluster.patch::<CoverLetterRequest>("running", &erase).await;
    cluster.is_gone::<CoverLetterRequest>("waiting").await;
    cluster.is_gone::<CoverLetterRequest>("running").await;
}

#[tokio::test]
async fn an_archived_request_goes_after_its_time() {
    let cluster = Cluster::start("ttl").await;
    cluster.create_app(json!({"requests": {"ttlSecondsAfterFinished": 1}, "inference": {"scaling": {"minReplicas": 0, "maxReplicas": 0}}})).await;
    for name in ["archived", "kept"] {
        cluster.create_request(name, "letters").await;
        cluster.patch::<CoverLetterRequest>(name, json!({"spec": {"cancelRequested": true}})).await;
        cluster.request_in(name, State::Cancelled).await;
    }
    let archived = json!({"metadata": {"labels": {"coverletter.dev/archived": "true"}}});
    cluster.patch::<CoverLetterRequest>("archived", archived).await;
    cluster.is_gone::<CoverLetterRequest>("archived").await;
    cluster.exists::<CoverLetterRequest>("kept").await;
}

#[tokio::test]
async fn the_queue_is_told_in_the_status_of_the_app() {
    let cluster = Cluster::start("queue").await;
    cluster.create_app(json!({"inference": {"scaling": {"minReplicas": 0, "maxReplicas": 0}}})).await;
    for number in 0..3 {
        cluster.create_request(&format!("request-{number}"), "letters").await;
    }
    eventually("the app's status counts three requests", async || {
        let queue = cluster.app().await.status.and_then(|status| status.queue);
        if queue.as_ref().is_some_and(|queue| queue.queued == 3) { Ok(()) } else { Err(queue) }
    })
    .await;
}
