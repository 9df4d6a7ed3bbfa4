//! A worker whose requests are handed to it, as the operator does it, and the same worker when nobody does any more.

use std::time::Duration;

use crds::life::{self, Claimant};
use crds::names::dispatcher_lease;
use crds::request::{Outcome, State};
use crds::{CoverLetterRequestStatus, RequestReason};
use inference::config::WorkConfig;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::Api;
use kube::api::{Patch, PatchParams};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::cluster::{APP, Namespace, claimant, eventually};
use crate::history::History;
use crate::script::Script;
use crate::stream::{TOKEN, ask};
use crate::worker::{Running, WORK};

/// Seconds that a renewal of the dispatcher is valid: longer than the busiest machine stalls.
const LONG: u64 = 60;
/// The same where the dispatcher falls silent.
const SHORT: u64 = 2;
const HOLDER: Option<&str> = Some("operator-0");

/// Writes the Lease of the dispatcher as it is when it was renewed just now, for so many seconds.
async fn renew(namespace: &Namespace, holder: Option<&str>, seconds: u64) {
    let name = dispatcher_lease(APP);
    let lease = serde_json::json!({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name},
        "spec": {"holderIdentity": holder, "leaseDurationSeconds": seconds, "renewTime": MicroTime(Timestamp::now())},
    });
    let leases: Api<Lease> = Api::namespaced(namespace.client.clone(), &namespace.name);
    leases.patch(&name, &PatchParams::apply("test").force(), &Patch::Apply(lease)).await.expect("it can be written");
}

/// Keeps the Lease of the dispatcher renewed.
struct Dispatcher {
    stop: CancellationToken,
    renewing: JoinHandle<()>,
}

impl Dispatcher {
    async fn start(namespace: &Namespace) -> Self {
        renew(namespace, HOLDER, LONG).await;
        let (namespace, stop) = (namespace.clone(), CancellationToken::new());
        let stopped = stop.clone();
        let renewing = tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_secs(LONG / 12));
            while stopped.run_until_cancelled(every.tick()).await.is_some() {
                renew(&namespace, HOLDER, LONG).await;
            }
        });
        Self { stop, renewing }
    }

    /// Ends the renewals. None is under way any more, which could come later than what the test writes.
    async fn end(self) {
        self.stop.cancel();
        self.renewing.await.expect("the Lease can be renewed");
    }
}

/// Hands the request to the worker.
async fn hand(namespace: &Namespace, name: &str, to: &Claimant) {
    let seen = namespace.get(name).await;
    namespace.write(&seen, life::claimed(&seen, to, Timestamp::now())).await.expect("nobody else claims it");
}

#[tokio::test]
async fn a_worker_writes_what_is_handed_to_it_and_claims_nothing_itself() {
    let namespace = Namespace::new("handed").await;
    let dispatching = Dispatcher::start(&namespace).await;
    let worker = Running::start(&namespace, "worker", Script::default(), WORK);
    namespace.request("left").await;
    let history = History::record(&namespace).await;
    for name in ["one", "two", "three"] {
        namespace.request(name).await;
        hand(&namespace, name, &claimant("worker")).await;
        let status = namespace.in_state(name, State::Succeeded).await.status.expect("it is finished");
        assert_eq!((status.attempt, status.claim.map(|claim| claim.worker)), (Some(1), Some("worker".to_owned())));
    }
    history.finished(3).await;
    assert_eq!(history.versions(), 9, "created, handed over, finished");
    assert_eq!(namespace.get("left").await.status, None, "there was time to claim it");
    hand(&namespace, "left", &claimant("worker")).await;
    namespace.in_state("left", State::Succeeded).await;
    dispatching.end().await;
    worker.drain().await;
}

#[tokio::test]
async fn without_a_dispatcher_workers_claim_for_themselves_and_with_one_no_longer() {
    let namespace = Namespace::new("alone").await;
    let dispatching = Dispatcher::start(&namespace).await;
    let worker = Running::start(&namespace, "worker", Script::default(), WORK);
    namespace.request("handed").await;
    hand(&namespace, "handed", &claimant("worker")).await;
    namespace.in_state("handed", State::Succeeded).await;

    namespace.request("first").await;
    dispatching.end().await;
    // The last renewal, which is followed by silence.
    renew(&namespace, HOLDER, SHORT).await;
    namespace.in_state("first", State::Succeeded).await;

    let dispatching = Dispatcher::start(&namespace).await;
    eventually("the worker has seen it", async || (!worker.view.is_left_alone()).then_some(())).await;
    namespace.request("second").await;
    namespace.request("probe").await;
    hand(&namespace, "probe", &claimant("worker")).await;
    namespace.in_state("probe", State::Succeeded).await;
    assert_eq!(namespace.get("second").await.status, None);

    dispatching.end().await;
    renew(&namespace, None, LONG).await;
    namespace.in_state("second", State::Succeeded).await;
    worker.drain().await;
}

#[tokio::test]
async fn what_is_handed_to_a_worker_that_leaves_goes_back_and_costs_no_attempt() {
    let namespace = Namespace::new("leaves").await;
    let dispatching = Dispatcher::start(&namespace).await;
    let script = Script::default();
    let gate = script.shut();
    let worker = Running::start(&namespace, "worker", script, WORK);
    let uid = namespace.request("begun").await.metadata.uid.expect("a stored request has a uid");
    hand(&namespace, "begun", &claimant("worker")).await;
    eventually("it is begun", async || {
        ask(&worker.streams, &uid, 0, Some(TOKEN)).await.status().is_success().then_some(())
    })
    .await;
    let leaving = tokio::spawn(worker.drain());
    namespace.request("late").await;
    hand(&namespace, "late", &claimant("worker")).await;
    let late = namespace.in_state("late", State::Queued).await;
    assert_eq!(late.reason(), Some(RequestReason::Released));
    assert_eq!(late.status.map(|status| status.attempts[0].outcome), Some(Outcome::Released));
    drop(gate);
    namespace.in_state("begun", State::Succeeded).await;
    leaving.await.expect("it does not panic");
    dispatching.end().await;
}

#[tokio::test]
async fn a_worker_that_is_handed_more_than_it_has_slots_for_writes_all_of_it() {
    let namespace = Namespace::new("over").await;
    let dispatching = Dispatcher::start(&namespace).await;
    let worker = Running::start(&namespace, "worker", Script::default(), WorkConfig { slots: 1, ..WORK });
    for name in ["one", "two", "three"] {
        namespace.request(name).await;
        hand(&namespace, name, &claimant("worker")).await;
    }
    for name in ["one", "two", "three"] {
        let status = namespace.in_state(name, State::Succeeded).await.status.expect("it is finished");
        assert_eq!(status.attempt, Some(1));
    }
    dispatching.end().await;
    worker.drain().await;
}

#[tokio::test]
async fn the_times_of_a_letter_begin_with_its_claim_however_late_the_worker_reads_it_and_whatever_its_clock_says() {
    let namespace = Namespace::new("times").await;
    let dispatching = Dispatcher::start(&namespace).await;
    let script = Script::default();
    let gate = script.shut();
    let worker = Running::start(&namespace, "worker", script, WorkConfig { slots: 1, ..WORK });
    let ahead = SignedDuration::from_mins(10);
    for name in ["first", "second"] {
        let seen = namespace.request(name).await;
        let status = life::claimed(&seen, &claimant("worker"), Timestamp::now() + ahead);
        namespace.write(&seen, status).await.expect("nobody else claims it");
    }
    // The worker has no slot for the second letter before the first one is written.
    eventually("both claims were seen a second ago", async || {
        let mut seen = Vec::new();
        for name in ["first", "second"] {
            seen.push(worker.view.first_sight(&namespace.get(name).await).elapsed());
        }
        seen.iter().all(|ago| ago.as_millis() >= 1_000).then_some(())
    })
    .await;
    drop(gate);
    let first = namespace.in_state("first", State::Succeeded).await.status.expect("it is finished");
    let second = namespace.in_state("second", State::Succeeded).await.status.expect("it is finished");
    let took = |status: &CoverLetterRequestStatus| {
        status.timings.as_ref().map(|timings| timings.total - timings.queued).expect("it is finished")
    };
    let until_first_token = |status: &CoverLetterRequestStatus| {
        status.timings.as_ref().and_then(|timings| timings.first_token).expect("it has tokens")
    };
    println!("first: {:?}; second: {:?}", first.timings, second.timings);
    for status in [&first, &second] {
        assert!((1_000..60_000).contains(&took(status)), "{} ms", took(status));
        assert!((1_000..60_000).contains(&until_first_token(status)), "{} ms", until_first_token(status));
    }
    dispatching.end().await;
    worker.drain().await;
}
