//! The transition rules of a request's status, which the API server enforces against every writer. What the transitions
//! themselves compute is tested beside them, in `src/life/tests.rs`.

use crds::life::{self, Claimant, Written};
use crds::request::{Model, Outcome, Usage};
use crds::{CoverLetterRequest, CoverLetterRequestStatus, RequestReason};
use jiff::Timestamp;
use kube::api::{Api, PostParams};
use serde_json::{Value, json};

use crate::cluster::{Cluster, accepts, expect_refusal, patch_status};
use crate::request_schema::{request, small};

/// A request that the test drives with the real transitions.
struct Driven {
    cluster: Cluster,
    name: &'static str,
}

impl Driven {
    async fn new(hint: &str) -> Self {
        let cluster = Cluster::with_namespace(hint).await;
        accepts(&cluster.requests(), &request("one", small())).await;
        Self { cluster, name: "one" }
    }

    fn api(&self) -> Api<CoverLetterRequest> {
        Api::namespaced(self.cluster.client.clone(), &self.cluster.namespace)
    }

    async fn read(&self) -> CoverLetterRequest {
        self.api().get(self.name).await.expect("the request is there")
    }

    /// Writes the status that `transition` makes of the request as it is.
    async fn write(&self, transition: impl Fn(&CoverLetterRequest, Timestamp) -> CoverLetterRequestStatus) {
        let mut request = self.read().await;
        request.status = Some(transition(&request, Timestamp::now()));
        let written = self.api().replace_status(self.name, &PostParams::default(), &request).await;
        written.unwrap_or_else(|error| panic!("refused {:?}: {error}", request.status));
    }

    async fn refuses(&self, status: Value, why: &str) {
        let outcome = patch_status(&self.cluster.requests(), self.name, status).await;
        expect_refusal(outcome, why);
    }
}

pub fn claimant(worker: &str) -> Claimant {
    Claimant {
        worker: worker.into(),
        pod_uid: format!("uid-of-{worker}"),
        boot_id: "boot".into(),
        endpoint: "10.0.0.1:8080".into(),
    }
}

pub fn written() -> Written {
    Written {
        letter: "Dear Hiring Manager,".into(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 100, completion_tokens: 200 },
        model: Model { name: "built-in".into(), sha256: "ab".into() },
        first_token: Some(12),
        plain: None,
    }
}

fn claim(attempt: i32) -> Value {
    json!({"worker": "pod-b", "podUID": "uid-b", "bootID": "boot", "attempt": attempt,
        "acquireTime": "2026-11-23T12:00:00.000000Z", "endpoint": "10.0.0.2:8080"})
}

#[tokio::test]
async fn every_transition_of_a_life_is_accepted() {
    let driven = Driven::new("life").await;
    driven.write(life::queued).await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    driven.write(life::released).await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-b"), now)).await;
    driven.write(|request, now| life::attempt_ended(request, Outcome::Lost, "Its pod is gone.", 3, now)).await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-c"), now)).await;
    driven.write(|request, now| life::succeeded(request, written(), now)).await;
}

#[tokio::test]
async fn an_unclaimed_request_can_fail_or_be_cancelled() {
    let driven = Driven::new("unclaimed").await;
    driven.write(life::cancelled).await;
    let driven = Driven::new("unclaimed").await;
    let late =
        |request: &CoverLetterRequest, now| life::failed(request, RequestReason::DeadlineExceeded, "Late.".into(), now);
    driven.write(late).await;
}

#[tokio::test]
async fn a_finished_request_is_frozen() {
    let driven = Driven::new("frozen").await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    driven.write(|request, now| life::succeeded(request, written(), now)).await;
    let frozen = "a finished request is frozen";
    driven.refuses(json!({"letter": "Another letter."}), frozen).await;
    driven.refuses(json!({"state": "Failed"}), frozen).await;
    driven.refuses(json!({"attempt": 2}), frozen).await;
    driven.refuses(Value::Null, frozen).await;
}

#[tokio::test]
async fn the_attempt_starts_at_one_and_grows_by_one() {
    let driven = Driven::new("attempt").await;
    driven
        .refuses(json!({"state": "Running", "attempt": 2, "claim": claim(2)}), "status.attempt must start at one")
        .await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    driven.write(life::released).await;
    let grows = "status.attempt must stay or grow by one";
    driven.refuses(json!({"state": "Running", "attempt": 3, "claim": claim(3)}), grows).await;
    driven.refuses(json!({"attempt": null}), grows).await;
    driven.refuses(Value::Null, grows).await;
    driven.refuses(json!({"state": "Running", "claim": claim(1)}), "a new claim must be a new attempt").await;
    driven
        .refuses(
            json!({"state": "Running", "attempt": 2, "claim": claim(1)}),
            "status.claim.attempt must be status.attempt",
        )
        .await;
}

#[tokio::test]
async fn nobody_takes_a_claim_that_was_not_released() {
    let driven = Driven::new("taken").await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    driven.refuses(json!({"attempt": 2, "claim": claim(2)}), "must be released before").await;
    driven.refuses(json!({"claim": claim(1)}), "a new claim must be a new attempt").await;
}

#[tokio::test]
async fn only_the_claimed_attempt_completes_and_only_with_a_letter() {
    let completes = "only the claimed attempt may complete a request";
    let driven = Driven::new("completes").await;
    let letter = "Dear Hiring Manager,";
    driven.refuses(json!({"state": "Succeeded", "letter": letter}), completes).await;
    driven.refuses(json!({"state": "Succeeded", "letter": letter, "attempt": 1, "claim": claim(1)}), completes).await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    driven.refuses(json!({"state": "Succeeded"}), completes).await;
    driven.refuses(json!({"state": "Succeeded", "letter": ""}), completes).await;
    driven.refuses(json!({"state": "Succeeded", "letter": letter, "claim": null}), completes).await;
    driven.write(life::released).await;
    driven.refuses(json!({"state": "Succeeded", "letter": letter}), completes).await;
}

#[tokio::test]
async fn state_and_claim_go_together() {
    let driven = Driven::new("together").await;
    let together = "Running needs a claim and Queued must not have one";
    driven.refuses(json!({"state": "Running"}), together).await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    driven.refuses(json!({"state": "Queued"}), together).await;
}

#[tokio::test]
async fn a_writer_that_read_an_older_version_is_refused() {
    let driven = Driven::new("stale").await;
    let mut stale = driven.read().await;
    driven.write(|request, now| life::claimed(request, &claimant("pod-a"), now)).await;
    stale.status = Some(life::claimed(&stale, &claimant("pod-b"), Timestamp::now()));
    let outcome = driven.api().replace_status("one", &PostParams::default(), &stale).await;
    assert!(matches!(outcome, Err(kube::Error::Api(status)) if status.code == 409));
}
