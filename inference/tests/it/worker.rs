//! The whole worker, with a scripted model, against a real API server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crds::RequestReason;
use crds::life::{self, Claimant};
use crds::names::{
    BOOT_ID_ANNOTATION, DRAINING_ANNOTATION, RETIRE_ANNOTATION, RETIRED_ANNOTATION, TAKEN_ANNOTATION,
    TROUBLE_ANNOTATION,
};
use crds::request::{Outcome as AttemptOutcome, State};
use inference::claim::Claims;
use inference::config::WorkConfig;
use inference::lease::{Announced, LeaseKeeper};
use inference::retirement::Retirement;
use inference::stream::Streams;
use inference::view::View;
use inference::worker::{Shutdown, Worker, Writer};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};

use crate::cluster::{APP, Namespace, claimant, eventually};
use crate::history::History;
use crate::script::Script;

/// Limits of a worker in most tests.
pub const WORK: WorkConfig =
    WorkConfig { slots: 4, max_attempts: 3, active_deadline_seconds: 900, shutdown_grace: Duration::from_secs(30) };

/// What the Lease of a worker tells.
pub fn announced(claimant: &Claimant) -> Announced {
    Announced { app: APP.to_owned(), claimant: claimant.clone(), slots: WORK.slots }
}

/// A running worker.
pub struct Running {
    pub streams: Arc<Streams>,
    pub view: View,
    shutdown: Shutdown,
    pub retirement: Retirement,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Starts a worker called `name` that follows `script`.
    pub fn start(namespace: &Namespace, name: &str, script: Script, work: WorkConfig) -> Self {
        Self::with(namespace, name, script.writer(work.slots), work)
    }

    /// Starts a worker called `name` with `writer`.
    pub fn with(namespace: &Namespace, name: &str, writer: Writer, work: WorkConfig) -> Self {
        let (streams, shutdown) = (Arc::new(Streams::default()), Shutdown::default());
        let claims = Claims::new(namespace.client.clone(), &namespace.name, claimant(name), work.max_attempts);
        let view = View::follow(namespace.client.clone(), &namespace.name, APP, name);
        let seed = name.bytes().map(u64::from).sum();
        let retirement = Retirement::default();
        let worker = Worker::new(claims, view.clone(), Arc::clone(&streams), writer, work, retirement.clone(), seed);
        let task = tokio::spawn(worker.run(shutdown.clone()));
        Self { streams, view, shutdown, retirement, task }
    }

    /// Stops claiming and waits until the letters of the worker are finished.
    pub async fn drain(self) {
        self.shutdown.drain.cancel();
        self.task.await.expect("the worker does not panic");
    }

    /// Gives the letters of the worker back.
    pub async fn release(self) {
        self.shutdown.release.cancel();
        self.drain().await;
    }
}

#[tokio::test]
async fn a_request_becomes_a_letter_with_two_writes() {
    let namespace = Namespace::new("letter").await;
    let worker = Running::start(&namespace, "worker", Script::default(), WORK);
    let history = History::record(&namespace).await;
    namespace.request("one").await;
    let request = namespace.in_state("one", State::Succeeded).await;
    let status = request.status.expect("it is finished");
    let letter = status.letter.expect("a letter");
    assert!(letter.contains("wörd0 wörd1") && letter.trim_end().ends_with("John"), "{letter}");
    assert_eq!(status.usage.map(|usage| usage.completion_tokens), Some(12));
    assert_eq!(status.model.map(|model| model.name).as_deref(), Some("scripted"));
    assert!(!status.checks.is_empty() && status.timings.is_some_and(|timings| timings.first_token.is_some()));
    history.finished(1).await;
    assert_eq!(history.versions(), 3, "created, claimed, finished");
    worker.drain().await;
}

#[tokio::test]
async fn the_same_request_and_seed_write_the_same_letter_on_any_worker() {
    let namespace = Namespace::new("same").await;
    let mut letters = Vec::new();
    for name in ["first", "second"] {
        let worker = Running::start(&namespace, name, Script::default(), WORK);
        namespace.request(name).await;
        letters.push(namespace.in_state(name, State::Succeeded).await.status.and_then(|status| status.letter));
        worker.drain().await;
    }
    assert!(letters[0].is_some() && letters[0] == letters[1]);
}

#[tokio::test]
async fn a_cancellation_ends_the_letter_and_frees_the_slot() {
    let namespace = Namespace::new("cancel").await;
    let work = WorkConfig { slots: 1, ..WORK };
    let worker = Running::start(&namespace, "worker", Script::slow(), work);
    namespace.request("unwanted").await;
    namespace.in_state("unwanted", State::Running).await;
    let asked = Instant::now();
    namespace.cancel("unwanted").await;
    let request = namespace.in_state("unwanted", State::Cancelled).await;
    println!("cancel took {:?}", asked.elapsed());
    assert_eq!(request.reason(), Some(RequestReason::Cancelled));
    namespace.request("next").await;
    namespace.in_state("next", State::Running).await;
    worker.release().await;
}

#[tokio::test]
async fn a_deleted_request_frees_the_slot() {
    let namespace = Namespace::new("deleted").await;
    let work = WorkConfig { slots: 1, ..WORK };
    let worker = Running::start(&namespace, "worker", Script::slow(), work);
    namespace.request("gone").await;
    namespace.in_state("gone", State::Running).await;
    namespace.requests.delete("gone", &DeleteParams::default()).await.expect("it can be deleted");
    namespace.request("next").await;
    namespace.in_state("next", State::Running).await;
    worker.release().await;
}

#[tokio::test]
async fn a_letter_that_takes_too_long_fails() {
    let namespace = Namespace::new("deadline").await;
    // Half as long as the letter takes; the claim is part of it.
    let work = WorkConfig { active_deadline_seconds: 15, ..WORK };
    let worker = Running::start(&namespace, "worker", Script::slow(), work);
    eventually("it may claim", async || worker.view.is_left_alone().then_some(())).await;
    namespace.request("late").await;
    let request = namespace.in_state("late", State::Failed).await;
    assert_eq!(request.reason(), Some(RequestReason::DeadlineExceeded));
    worker.drain().await;
}

#[tokio::test]
async fn a_request_that_is_too_long_for_the_model_fails_with_advice() {
    let namespace = Namespace::new("too-long").await;
    let script = Script { context_length: 20, ..Script::default() };
    let worker = Running::start(&namespace, "worker", script, WORK);
    namespace.request("novel").await;
    let request = namespace.in_state("novel", State::Failed).await;
    assert_eq!(request.reason(), Some(RequestReason::InvalidRequest));
    let conditions = request.status.map(|status| status.conditions).unwrap_or_default();
    assert!(conditions[0].message.contains("Shorten"), "{}", conditions[0].message);
    worker.drain().await;
}

#[tokio::test]
async fn a_model_that_fails_once_is_tried_again_after_a_backoff() {
    let namespace = Namespace::new("retry").await;
    let script = Script { failures: 1, ..Script::default() };
    let worker = Running::start(&namespace, "worker", script, WORK);
    namespace.request("bumpy").await;
    let status = namespace.in_state("bumpy", State::Succeeded).await.status.expect("it is finished");
    assert_eq!(status.attempt, Some(2));
    assert_eq!(status.attempts.iter().map(|attempt| attempt.outcome).collect::<Vec<_>>(), [AttemptOutcome::Failed]);
    worker.drain().await;
}

#[tokio::test]
async fn a_model_that_always_fails_leaves_the_plain_form_which_says_why() {
    let namespace = Namespace::new("exhausted").await;
    let script = Script { failures: usize::MAX, ..Script::default() };
    let worker = Running::start(&namespace, "worker", script, WorkConfig { max_attempts: 2, ..WORK });
    namespace.request("hopeless").await;
    let request = namespace.in_state("hopeless", State::Succeeded).await;
    assert_eq!(request.reason(), Some(RequestReason::PlainForm));
    let status = request.status.expect("it is finished");
    assert_eq!(status.attempts.iter().map(|attempt| attempt.outcome).collect::<Vec<_>>(), [AttemptOutcome::Failed]);
    let why = "Written in the plain form: the model could not write the letter after 2 attempts.";
    assert_eq!(status.conditions[0].message, why);
    let letter = status.letter.expect("a letter");
    assert!(letter.contains("“Data Scientist” at google") && letter.ends_with("John"), "{letter}");
    worker.drain().await;
}

#[tokio::test]
async fn a_worker_that_leaves_finishes_what_it_can_and_takes_nothing_new() {
    let namespace = Namespace::new("drain").await;
    let script = Script { words: 30, words_per_second: Some(30), ..Script::default() };
    let worker = Running::start(&namespace, "worker", script, WORK);
    namespace.request("running").await;
    namespace.in_state("running", State::Running).await;
    let draining = tokio::spawn(worker.drain());
    draining.await.expect("it drains");
    assert_eq!(namespace.get("running").await.state(), State::Succeeded);
    namespace.request("too-late").await;
    assert_eq!(namespace.get("too-late").await.state(), State::Queued);
}

#[tokio::test]
async fn a_worker_that_must_end_gives_its_letter_back_and_the_next_one_starts_over() {
    let namespace = Namespace::new("release").await;
    let leaving = Running::start(&namespace, "leaving", Script::slow(), WORK);
    namespace.request("passed-on").await;
    namespace.in_state("passed-on", State::Running).await;
    leaving.release().await;
    let released = namespace.get("passed-on").await;
    assert_eq!((released.state(), released.reason()), (State::Queued, Some(RequestReason::Released)));
    let staying = Running::start(&namespace, "staying", Script::default(), WORK);
    let status = namespace.in_state("passed-on", State::Succeeded).await.status.expect("it is finished");
    assert_eq!((status.attempt, status.attempts[0].outcome), (Some(2), AttemptOutcome::Released));
    staying.drain().await;
}

#[tokio::test]
async fn a_lost_claim_stops_the_work_and_writes_nothing() {
    let namespace = Namespace::new("lost").await;
    let history = History::record(&namespace).await;
    let work = WorkConfig { slots: 1, ..WORK };
    let slow = Running::start(&namespace, "slow", Script::slow(), work);
    namespace.request("lost").await;
    let running = namespace.in_state("lost", State::Running).await;
    let status = life::attempt_ended(&running, AttemptOutcome::Lost, "Its worker went silent.", 3, Timestamp::now());
    namespace.write(&running, status).await.expect("the operator may return a claim");
    // The only slot becomes free when the work on the lost claim stops, which is before the end of the backoff.
    namespace.request("next").await;
    namespace.in_state("next", State::Running).await;
    slow.release().await;
    let quick = Running::start(&namespace, "quick", Script::default(), WORK);
    history.finished(2).await;
    history.check();
    let status = namespace.get("lost").await.status.expect("it is finished");
    assert_eq!(status.attempts[0].outcome, AttemptOutcome::Lost);
    quick.drain().await;
}

#[tokio::test]
async fn the_lease_is_renewed_marked_and_removed() {
    let namespace = Namespace::new("lease").await;
    let leases: Api<Lease> = Api::namespaced(namespace.client.clone(), &namespace.name);
    let mut claimant = claimant("worker");
    claimant.pod_uid = namespace.pod("worker").await;
    let (trouble, troubled) = tokio::sync::watch::channel(None);
    let (client, retirement) = (namespace.client.clone(), Retirement::default());
    let keeper = LeaseKeeper::start(client, &namespace.name, announced(&claimant), Some(troubled), retirement);
    let keeper = keeper.await.expect("a Lease");
    let first = leases.get("worker").await.expect("the Lease is there");
    let annotations = first.metadata.annotations.unwrap_or_default();
    assert_eq!(annotations.get(BOOT_ID_ANNOTATION), Some(&claimant.boot_id));
    assert_eq!(first.metadata.owner_references.map(|owners| owners[0].uid.clone()), Some(claimant.pod_uid));
    let renewed = |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.renew_time.clone());
    let before = first.spec.clone().and_then(|spec| spec.renew_time);
    eventually("the Lease is renewed", async || {
        (renewed(&leases.get("worker").await.expect("the Lease is there")) > before).then_some(())
    })
    .await;
    let told = async || {
        let lease = leases.get("worker").await.expect("the Lease is there");
        lease.metadata.annotations.unwrap_or_default().remove(TROUBLE_ANNOTATION)
    };
    trouble.send_replace(Some("the server is away".to_owned()));
    eventually("the Lease tells of trouble", async || told().await.filter(|words| words == "the server is away")).await;
    trouble.send_replace(None);
    eventually("the trouble is over", async || told().await.is_none().then_some(())).await;
    keeper.drain();
    eventually("the Lease says that its worker drains", async || {
        let lease = leases.get("worker").await.expect("the Lease is there");
        lease.metadata.annotations.filter(|annotations| annotations.contains_key(DRAINING_ANNOTATION))
    })
    .await;
    keeper.end().await.expect("the Lease goes");
    assert!(leases.get_opt("worker").await.expect("an answer").is_none());
}

#[tokio::test]
async fn the_lease_says_which_claims_the_worker_has_taken() {
    let namespace = Namespace::new("taken").await;
    let worker = Running::start(&namespace, "worker", Script::slow(), WORK);
    let uid = namespace.request("one").await.metadata.uid.expect("a stored request has a uid");
    namespace.in_state("one", State::Running).await;
    eventually("it has taken it", async || (!worker.retirement.held().is_empty()).then_some(())).await;
    let mut claimant = claimant("worker");
    claimant.pod_uid = namespace.pod("worker").await;
    let (client, retirement) = (namespace.client.clone(), worker.retirement.clone());
    let keeper = LeaseKeeper::start(client, &namespace.name, announced(&claimant), None, retirement);
    let keeper = keeper.await.expect("a Lease");
    let leases: Api<Lease> = Api::namespaced(namespace.client.clone(), &namespace.name);
    let told = async || {
        let lease = leases.get("worker").await.expect("the Lease is there");
        lease.metadata.annotations.and_then(|annotations| annotations.get(TAKEN_ANNOTATION).cloned())
    };
    assert_eq!(told().await, Some(life::token(&uid, 1)));
    worker.release().await;
    eventually("it has none any more", async || told().await.filter(String::is_empty)).await;
    keeper.end().await.expect("the Lease goes");
}

#[tokio::test]
async fn a_worker_that_is_asked_to_retire_finishes_confirms_and_comes_back_when_called() {
    let namespace = Namespace::new("retire").await;
    let leases: Api<Lease> = Api::namespaced(namespace.client.clone(), &namespace.name);
    let mut claimant = claimant("worker");
    claimant.pod_uid = namespace.pod("worker").await;
    let script = Script::default();
    let gate = script.shut();
    let worker = Running::start(&namespace, "worker", script, WORK);
    let (client, retirement) = (namespace.client.clone(), worker.retirement.clone());
    let keeper = LeaseKeeper::start(client, &namespace.name, announced(&claimant), None, retirement);
    let keeper = keeper.await.expect("a Lease");
    let ask = async |number: Option<&str>| {
        let patch = serde_json::json!({"metadata": {"annotations": {RETIRE_ANNOTATION: number}}});
        leases.patch("worker", &PatchParams::default(), &Patch::Merge(patch)).await.expect("the Lease is there");
    };
    let confirmed = async || {
        let lease = leases.get("worker").await.expect("the Lease is there");
        lease.metadata.annotations.and_then(|annotations| annotations.get(RETIRED_ANNOTATION).cloned())
    };

    namespace.request("first").await;
    namespace.in_state("first", State::Running).await;
    ask(Some("1")).await;
    eventually("it has heard", async || worker.retirement.is_asked().then_some(())).await;
    namespace.request("second").await;
    assert_eq!(confirmed().await, None, "it still writes");
    assert_eq!(namespace.get("first").await.state(), State::Running);
    drop(gate);
    namespace.in_state("first", State::Succeeded).await;
    eventually("it confirms", async || confirmed().await.filter(|number| number == "1")).await;
    assert_eq!(namespace.get("second").await.state(), State::Queued);

    ask(None).await;
    namespace.in_state("second", State::Succeeded).await;
    eventually("it confirms no longer", async || confirmed().await.is_none().then_some(())).await;
    keeper.end().await.expect("the Lease goes");
    worker.drain().await;
}
