//! Claims and reports against a real API server: one of many writers succeeds, and a stale one never does.

use crds::life::{self, Written};
use crds::request::{Model, Outcome as AttemptOutcome, State, Usage};
use devcluster::control_plane::ControlPlane;
use inference::claim::{Claimed, Claims};
use inference::report::{Outcome, Reported};
use jiff::{SignedDuration, Timestamp};
use kube::api::{DeleteParams, Patch, PatchParams};

use crate::cluster::{Namespace, claimant, eventually};

const MAX_ATTEMPTS: i32 = 3;

fn claims(namespace: &Namespace, worker: &str) -> Claims {
    Claims::new(namespace.client.clone(), &namespace.name, claimant(worker), MAX_ATTEMPTS)
}

async fn claim(namespace: &Namespace, worker: &str, name: &str) -> Claimed {
    let seen = namespace.get(name).await;
    claims(namespace, worker).try_claim(&seen).await.expect("the API server answers").expect("no other worker claims")
}

fn letter(text: &str) -> Outcome {
    Outcome::Written(Box::new(Written {
        letter: text.to_owned(),
        checks: Vec::new(),
        usage: Usage { prompt_tokens: 3, completion_tokens: 4 },
        model: Model { name: "scripted".to_owned(), sha256: "0".repeat(64) },
        first_token: Some(1),
        plain: None,
    }))
}

async fn finish(namespace: &Namespace, worker: &str, claimed: &Claimed, outcome: Outcome) -> Reported {
    let give_up = Timestamp::now() + SignedDuration::from_secs(60);
    claims(namespace, worker).finish(claimed, None, outcome, give_up).await.expect("the API server answers")
}

/// Returns the claim as the operator does when a worker seems dead, then lets `worker` claim again.
async fn pass_on(namespace: &Namespace, name: &str, worker: &str) -> Claimed {
    let seen = namespace.get(name).await;
    let mut status = life::attempt_ended(&seen, AttemptOutcome::Lost, "Its worker went silent.", 3, Timestamp::now());
    status.next_attempt_time = None;
    namespace.write(&seen, status).await.expect("the operator may return a claim");
    claim(namespace, worker, name).await
}

#[tokio::test]
async fn of_many_workers_that_want_the_same_request_one_gets_it() {
    let namespace = Namespace::new("claims").await;
    let seen = namespace.request("wanted").await;
    let workers: Vec<_> = (0..10).map(|n| claims(&namespace, &format!("worker-{n}"))).collect();
    let tries = workers.iter().map(|claims| claims.try_claim(&seen));
    let results = futures::future::join_all(tries).await;
    let winners: Vec<_> =
        results.into_iter().filter_map(|result| result.expect("a conflict is not an error")).collect();
    let [winner] = winners.as_slice() else { panic!("{} workers got it", winners.len()) };
    assert_eq!((winner.attempt(), namespace.get("wanted").await.state()), (1, State::Running));
}

#[tokio::test]
async fn a_stale_claim_cannot_finish() {
    let namespace = Namespace::new("stale").await;
    namespace.request("passed-on").await;
    let stale = claim(&namespace, "slow", "passed-on").await;
    let fresh = pass_on(&namespace, "passed-on", "quick").await;
    assert_eq!(fresh.attempt(), 2);

    assert_eq!(finish(&namespace, "slow", &stale, letter("Stale")).await, Reported::Discarded);
    assert_eq!(finish(&namespace, "slow", &stale, Outcome::Released).await, Reported::Discarded);
    assert_eq!(finish(&namespace, "quick", &fresh, letter("Fresh")).await, Reported::Accepted(State::Succeeded));
    assert_eq!(finish(&namespace, "slow", &stale, letter("Stale")).await, Reported::Discarded);
    let status = namespace.get("passed-on").await.status.expect("it is finished");
    assert_eq!((status.letter.as_deref(), status.attempt), (Some("Fresh"), Some(2)));
}

#[tokio::test]
async fn the_api_server_refuses_a_worker_that_ignores_the_rules() {
    let namespace = Namespace::new("zombie").await;
    namespace.request("passed-on").await;
    let stale = claim(&namespace, "slow", "passed-on").await;
    pass_on(&namespace, "passed-on", "quick").await;
    let Outcome::Written(written) = letter("Stale") else { unreachable!("it is a letter") };
    let status = life::succeeded(stale.request(), *written, Timestamp::now());
    let seen = namespace.get("passed-on").await;
    let error = namespace.write(&seen, status).await.expect_err("the claim of attempt 1 is gone");
    assert!(matches!(error, kube::Error::Api(status) if status.is_invalid()));
}

#[tokio::test]
async fn a_report_that_meets_a_conflict_is_tried_again() {
    let namespace = Namespace::new("conflict").await;
    namespace.request("labelled").await;
    let claimed = claim(&namespace, "worker", "labelled").await;
    let label = serde_json::json!({ "metadata": { "labels": { "touched": "yes" } } });
    namespace.requests.patch("labelled", &PatchParams::default(), &Patch::Merge(label)).await.expect("a label");
    assert_eq!(finish(&namespace, "worker", &claimed, letter("Dear")).await, Reported::Accepted(State::Succeeded));
    assert!(namespace.get("labelled").await.metadata.labels.is_some_and(|labels| labels.contains_key("touched")));
}

#[tokio::test]
async fn a_request_of_the_same_name_is_not_finished_by_a_claim_on_its_predecessor() {
    let namespace = Namespace::new("reborn").await;
    namespace.request("again").await;
    let claimed = claim(&namespace, "worker", "again").await;
    namespace.requests.delete("again", &DeleteParams::default()).await.expect("the first can be deleted");
    assert_eq!(finish(&namespace, "worker", &claimed, letter("Dear")).await, Reported::Discarded);
    eventually("the first is gone", async || {
        namespace.requests.get_opt("again").await.expect("an answer").is_none().then_some(())
    })
    .await;
    namespace.request("again").await;
    claim(&namespace, "worker", "again").await;
    assert_eq!(finish(&namespace, "worker", &claimed, letter("Dear")).await, Reported::Discarded);
    assert_eq!(namespace.get("again").await.state(), State::Running);
}

#[tokio::test]
async fn a_report_that_the_api_server_refuses_ends_the_attempt() {
    let namespace = Namespace::new("refused").await;
    namespace.request("too-long").await;
    let claimed = claim(&namespace, "worker", "too-long").await;
    let long = letter(&"x".repeat(16_385));
    assert_eq!(finish(&namespace, "worker", &claimed, long).await, Reported::Accepted(State::Queued));
    let attempts = namespace.get("too-long").await.status.map(|status| status.attempts).unwrap_or_default();
    assert_eq!(attempts.first().map(|attempt| attempt.outcome), Some(AttemptOutcome::Failed));
}

#[tokio::test]
async fn a_letter_survives_an_outage_of_the_api_server() {
    let plane =
        ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await.expect("a control plane");
    let namespace = Namespace::on(&plane, "away").await;
    namespace.request("kept").await;
    let claimed = claim(&namespace, "worker", "kept").await;
    plane.stop_api_server();
    let claims = claims(&namespace, "worker");
    let give_up = Timestamp::now() + SignedDuration::from_secs(120);
    let finishing = tokio::spawn(async move { claims.finish(&claimed, None, letter("Dear"), give_up).await });
    eventually("the API server refuses connections", async || namespace.requests.get("kept").await.err()).await;
    assert!(!finishing.is_finished());
    plane.start_api_server().await.expect("the API server comes back");
    let reported = finishing.await.expect("no panic").expect("the report gets through");
    assert_eq!(reported, Reported::Accepted(State::Succeeded));
    assert_eq!(namespace.get("kept").await.status.and_then(|status| status.letter).as_deref(), Some("Dear"));
}

#[tokio::test]
async fn a_report_is_given_up_at_its_deadline() {
    let plane =
        ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await.expect("a control plane");
    let namespace = Namespace::on(&plane, "gone").await;
    namespace.request("lost").await;
    let claimed = claim(&namespace, "worker", "lost").await;
    plane.stop_api_server();
    let reported = claims(&namespace, "worker").finish(&claimed, None, letter("Dear"), Timestamp::now()).await;
    assert!(reported.is_err_and(|error| error.is_passing()));
}
