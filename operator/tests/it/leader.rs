//! One of two candidates leads; a release hands over at once, a death after the duration of the Lease.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use operator::leader::{Candidate, Terms};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cluster::{Cluster, eventually};

const TERMS: Terms = Terms {
    duration: Duration::from_secs(6),
    renew_every: Duration::from_millis(300),
    give_up_after: Duration::from_secs(5),
    look_every: Duration::from_millis(100),
};

/// For a leader that dies.
const SHORT: Terms = Terms { duration: Duration::from_secs(2), give_up_after: Duration::from_millis(1_500), ..TERMS };
/// For a leader that is never asked for a renewal, and has the time of one to hand over.
const LONG: Terms = Terms {
    duration: Duration::from_secs(30),
    renew_every: Duration::from_secs(10),
    give_up_after: Duration::from_secs(20),
    ..TERMS
};

fn candidate(client: &Client, namespace: &str, identity: &str, terms: Terms) -> Candidate {
    Candidate::new(client.clone(), namespace, "election", identity, terms)
}

async fn holder(cluster: &Cluster) -> Option<String> {
    cluster.exists::<Lease>("election").await.spec.and_then(|spec| spec.holder_identity)
}

/// Returns once the Lease was renewed so long after its holder acquired it.
async fn renewed_for(cluster: &Cluster, length: Duration) {
    let leases = Api::<Lease>::namespaced(cluster.client.clone(), &cluster.namespace);
    eventually("the Lease is renewed", async || {
        let lease = leases.get("election").await.map_err(|error| error.to_string())?;
        let spec = lease.spec.unwrap_or_default();
        let kept = spec.renew_time.zip(spec.acquire_time).map(|(renewed, acquired)| renewed.0 - acquired.0);
        let kept = kept.and_then(|kept| Duration::try_from(kept).ok()).unwrap_or_default();
        if kept >= length { Ok(()) } else { Err(format!("for {kept:?}")) }
    })
    .await;
}

#[tokio::test]
async fn one_leads_and_a_release_hands_over() {
    let cluster = Cluster::start("leader").await;
    let never = CancellationToken::new();
    let [a, b] = ["a", "b"].map(|identity| candidate(&cluster.client, &cluster.namespace, identity, TERMS));
    let mut b = Box::pin(b.elected(&never));
    let mut a = Box::pin(a.elected(&never));
    let (mut first, second) = tokio::select! {
        first = &mut a => (first.expect("not cancelled"), b),
        first = &mut b => (first.expect("not cancelled"), a),
    };
    let leader = holder(&cluster).await;
    let mut second = second;
    // While the first renews the Lease the second waits, for longer than the Lease is valid.
    tokio::select! {
        _ = &mut second => panic!("there are two leaders"),
        lost = first.keep() => panic!("{lost}"),
        () = renewed_for(&cluster, TERMS.duration * 5 / 4) => {}
    }
    assert_eq!(holder(&cluster).await, leader);
    first.release().await;
    let successor = second.await.expect("not cancelled");
    assert_ne!(holder(&cluster).await, leader);
    drop(successor);
}

#[tokio::test]
async fn a_leader_whose_last_renewal_had_no_answer_hands_over_at_once() {
    let cluster = Cluster::start("unanswered").await;
    let never = CancellationToken::new();
    let leader = candidate(&cluster.client, &cluster.namespace, "a", LONG);
    let leader = leader.elected(&never).await.expect("not cancelled");
    // As when the process is told to end while its renewal is on the way: it was written, and nobody heard of it.
    let leases = Api::<Lease>::namespaced(cluster.client.clone(), &cluster.namespace);
    let renewed = json!({ "spec": { "renewTime": "2026-01-01T00:00:00.000000Z" } });
    leases.patch("election", &PatchParams::default(), &Patch::Merge(&renewed)).await.expect("it is written");
    leader.release().await;
    assert_eq!(holder(&cluster).await, None);
}

#[tokio::test]
async fn a_dead_leader_is_succeeded_and_a_late_one_stops() {
    let cluster = Cluster::start("succession").await;
    let never = CancellationToken::new();
    let [dead, alive] =
        ["dead", "alive"].map(|identity| candidate(&cluster.client, &cluster.namespace, identity, SHORT));
    let dead = dead.elected(&never).await.expect("not cancelled");
    let mut alive = alive.elected(&never).await.expect("not cancelled");
    drop(dead);
    assert_eq!(holder(&cluster).await.as_deref(), Some("alive"));
    // Another process takes the Lease over, as after a long sleep of this one.
    let api = cluster.api::<Lease>();
    let patch = Patch::Merge(json!({"spec": {"holderIdentity": "usurper"}}));
    api.patch("election", &PatchParams::default(), &patch).await.expect("it can be patched");
    let lost = alive.keep().await;
    assert_eq!(lost.to_string(), "lost the Lease `election`");
}
