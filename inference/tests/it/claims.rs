//! Claims and reports against a real API server: one of many writers succeeds, and a stale one never does.

use crds::life::{self, Written};
use crds::request::{Model, Outcome as AttemptOutcome, State, Usage};
use devcluster::control_plane::ControlPlane;
use inference::claim::{ClaimError, Claimed, Claims};
use inference::report::{Outcome, Reported};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use tokio::task::JoinHandle;

use crate::cluster::{Namespace, claimant, count_of, eventually, shared};
use crate::race::TURN;

const MAX_ATTEMPTS: i32 = 3;
/// How long reports are tried: longer than an API server takes to come back on the busiest machine.
const GIVE_UP: SignedDuration = SignedDuration::from_mins(15);
const RETRIES: &str = "coverletter_worker_report_retries_total ";

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
    let give_up = Timestamp::now() + GIVE_UP;
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
    // The conflicts of those that do not get it would count as those of a race.
    let _turn = TURN.lock().await;
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
    let give_up = Timestamp::now() + GIVE_UP;
    let finishing = tokio::spawn(async move { claims.finish(&claimed, None, letter("Dear"), give_up).await });
    eventually("the API server refuses connections", async || namespace.requests.get("kept").await.err()).await;
    assert!(!finishing.is_finished());
    plane.start_api_server().await.expect("the API server comes back");
    let reported = finishing.await.expect("no panic").expect("the report gets through");
    assert_eq!(reported, Reported::Accepted(State::Succeeded));
    assert_eq!(namespace.get("kept").await.status.and_then(|status| status.letter).as_deref(), Some("Dear"));
}

/// Lets the account `worker` of the namespace read requests and write their status, or no longer.
async fn permit(namespace: &Namespace, is_permitted: bool) {
    let metadata = serde_json::json!({"name": "worker"});
    let role: Role = serde_json::from_value(serde_json::json!({"metadata": metadata, "rules": [
        {"apiGroups": ["coverletter.dev"], "resources": ["coverletterrequests"], "verbs": ["get"]},
        {"apiGroups": ["coverletter.dev"], "resources": ["coverletterrequests/status"], "verbs": ["update"]},
    ]}))
    .expect("a role");
    let binding: RoleBinding = serde_json::from_value(serde_json::json!({"metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "worker"},
        "subjects": [{"kind": "ServiceAccount", "name": "worker", "namespace": namespace.name}],
    }))
    .expect("a binding");
    let bindings = Api::<RoleBinding>::namespaced(namespace.client.clone(), &namespace.name);
    if is_permitted {
        // It is there already the second time.
        let _ = Api::<Role>::namespaced(namespace.client.clone(), &namespace.name)
            .create(&PostParams::default(), &role)
            .await;
        bindings.create(&PostParams::default(), &binding).await.expect("it can be bound");
    } else {
        bindings.delete("worker", &DeleteParams::default()).await.expect("it can be deleted");
    }
}

/// Whether the API server did not permit the call.
fn is_forbidden(error: &ClaimError) -> bool {
    matches!(error, ClaimError::Call { source: kube::Error::Api(status), .. } if status.code == 403)
}

#[tokio::test]
async fn a_report_that_is_not_permitted_is_tried_while_the_claim_stands() {
    let namespace = Namespace::new("rights").await;
    let account = serde_json::from_value(serde_json::json!({"metadata": {"name": "worker"}})).expect("an account");
    let accounts = Api::<ServiceAccount>::namespaced(namespace.client.clone(), &namespace.name);
    accounts.create(&PostParams::default(), &account).await.expect("it can be created");
    let account = shared().await.client_as_service_account(&namespace.name, "worker", None).await.expect("an account");
    let worker = Claims::new(account, &namespace.name, claimant("worker"), MAX_ATTEMPTS);
    permit(&namespace, true).await;
    let mut claimed = Vec::new();
    for name in ["kept", "taken"] {
        let request = namespace.request(name).await;
        claimed.push(eventually("the claim", async || worker.try_claim(&request).await.ok().flatten()).await);
    }
    permit(&namespace, false).await;
    eventually("the right is gone", async || {
        // Rights are checked before content: with the right, a second claim on a running request is refused as invalid.
        worker.try_claim(&namespace.get("kept").await).await.err().filter(is_forbidden)
    })
    .await;
    let give_up = Timestamp::now() + GIVE_UP;
    let mut reports = claimed.into_iter().map(|claimed| {
        let worker = worker.clone();
        tokio::spawn(async move { worker.finish(&claimed, None, letter("Dear"), give_up).await })
    });
    let (kept, taken) = (reports.next().expect("two"), reports.next().expect("two"));
    let lost = namespace.get("taken").await;
    let status =
        life::attempt_ended(&lost, AttemptOutcome::Lost, "Its worker went silent.", MAX_ATTEMPTS, Timestamp::now());
    namespace.write(&lost, status).await.expect("the claim is returned");
    assert!(!kept.is_finished());
    permit(&namespace, true).await;
    let reported = async |report: JoinHandle<Result<Reported, ClaimError>>| report.await.expect("no panic").ok();
    assert_eq!(reported(kept).await, Some(Reported::Accepted(State::Succeeded)));
    assert_eq!(reported(taken).await, Some(Reported::Discarded));
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

/// Has the API server refuse every status of requests in the namespace, for good as far as it says.
async fn refuse(namespace: &Namespace) {
    let name = format!("refuse-{}", namespace.name);
    let policy = serde_json::from_value(serde_json::json!({"metadata": {"name": name}, "spec": {
        "matchConstraints": {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace.name}},
            "resourceRules": [{"apiGroups": ["coverletter.dev"], "apiVersions": ["*"], "operations": ["UPDATE"],
                "resources": ["coverletterrequests/status"]}],
        },
        "validations": [{"expression": "false", "message": "somebody's policy", "reason": "Invalid"}],
    }}))
    .expect("a policy");
    let binding = serde_json::from_value(serde_json::json!({"metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]}}))
    .expect("a binding");
    let policies: Api<ValidatingAdmissionPolicy> = Api::all(namespace.client.clone());
    policies.create(&PostParams::default(), &policy).await.expect("it is accepted");
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(namespace.client.clone());
    bindings.create(&PostParams::default(), &binding).await.expect("it is accepted");
}

#[tokio::test]
async fn a_report_that_is_refused_for_good_is_tried_again_as_long_as_the_claim_stands() {
    let namespace = Namespace::new("policy").await;
    let mut claimed = Vec::new();
    for name in ["kept", "taken", "probe"] {
        namespace.request(name).await;
        if name != "probe" {
            claimed.push(claim(&namespace, "worker", name).await);
        }
    }
    refuse(&namespace).await;
    eventually("everything is refused", async || {
        let probe = namespace.get("probe").await;
        namespace.write(&probe, life::queued(&probe, Timestamp::now())).await.err()
    })
    .await;
    let give_up = Timestamp::now() + GIVE_UP;
    let begun = count_of(RETRIES);
    let mut reports = claimed.into_iter().map(|claimed| {
        let worker = claims(&namespace, "worker");
        tokio::spawn(async move { worker.finish(&claimed, None, letter("Dear"), give_up).await })
    });
    let (kept, taken) = (reports.next().expect("two"), reports.next().expect("two"));
    eventually("both were refused more than once", async || (count_of(RETRIES) >= begun + 4).then_some(())).await;
    assert!(!kept.is_finished() && !taken.is_finished());
    let name = format!("refuse-{}", namespace.name);
    namespace.requests.delete("taken", &DeleteParams::default()).await.expect("requests can be deleted");
    let reported = async |report: JoinHandle<Result<Reported, ClaimError>>| report.await.expect("no panic").ok();
    assert_eq!(reported(taken).await, Some(Reported::Discarded));
    let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(namespace.client.clone());
    bindings.delete(&name, &DeleteParams::default()).await.expect("it can be deleted");
    // The letter, or that it was refused, whichever is tried first when the policy is gone.
    let accepted = reported(kept).await;
    assert!(matches!(accepted, Some(Reported::Accepted(State::Succeeded | State::Queued))), "{accepted:?}");
}
