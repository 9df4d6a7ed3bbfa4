//! Many requests cost the operator little: it keeps none of their texts, and what is too old goes by itself.

use std::path::Path;

use crds::CoverLetterRequest;
use crds::request::State;
use devcluster::control_plane::ControlPlane;
use fixtures::requests;
use futures::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::api::{Api, ListParams, PostParams};
use operator::scope::Given;
use operator::world::World;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::cluster::{Cluster, eventually};
use crate::program::Program;

/// Requests of the test with the whole program; `REQUESTS` asks for another number.
const REQUESTS: usize = 400;
/// A word that stands in every text of a request.
const CANARY: &str = "quokka";
/// What the operator may grow by for each request: the objects without texts, indices, and what lists leave behind.
const KILOBYTES_EACH: usize = 6;
/// What it may grow by besides: one page of a list with its texts, and the first work of all threads.
const KILOBYTES_BESIDES: usize = 24_000;

/// A request as large as a person makes one, of an app that does not exist.
fn large(name: &str) -> Value {
    requests::largest(name, "nowhere", CANARY)
}

#[tokio::test]
async fn the_operator_keeps_no_text_of_a_request() {
    let cluster = Cluster::start("texts").await;
    let namespace = format!("--namespace={}", cluster.namespace);
    // kubectl repeats all of it in an annotation.
    cluster
        .plane
        .kubectl_with_input(&["apply", &namespace, "-f", "-"], &large("one").to_string())
        .await
        .expect("applies");
    let mut watches = JoinSet::new();
    let scope = Given::new(cluster.client.clone(), Vec::new()).permitted().await;
    let (world, _triggers) = World::follow(&cluster.client, &scope, &mut watches);
    let kept = eventually("the request is seen", async || {
        let seen = world.requests.find(|request| request.metadata.namespace.as_ref() == Some(&cluster.namespace));
        // With its first status, which is a change that the watch shows.
        seen.filter(|request| request.condition().is_some()).ok_or("not seen")
    })
    .await;
    let kept = serde_json::to_string(&*kept).expect("it is JSON");
    assert!(!kept.contains(CANARY), "{kept}");
    let stored: CoverLetterRequest = cluster.api().get("one").await.expect("it is there");
    assert_eq!(stored.state(), State::Queued);
    assert_eq!(stored.spec.job.company, CANARY, "a status that is written leaves the rest as it was");
    assert!(stored.metadata.annotations.is_some_and(|annotations| !annotations.is_empty()));
}

#[tokio::test]
async fn requests_made_by_hand_count_among_the_finished_ones_that_are_kept() {
    let cluster = Cluster::start("retention").await;
    let idle = json!({"minReplicas": 0, "maxReplicas": 0});
    cluster.create_app(json!({"requests": {"maxResident": 10}, "inference": {"scaling": idle}})).await;
    for number in 0..13 {
        let name = format!("request-{number}");
        cluster.create_request(&name, "letters").await;
        cluster.patch::<CoverLetterRequest>(&name, json!({"spec": {"cancelRequested": true}})).await;
    }
    eventually("ten are kept", async || {
        let all = cluster.api::<CoverLetterRequest>().list(&ListParams::default()).await.expect("they can be listed");
        let finished = all.iter().filter(|request| request.is_terminal()).count();
        if (all.items.len(), finished) == (10, 10) { Ok(()) } else { Err((all.items.len(), finished)) }
    })
    .await;
}

#[tokio::test]
async fn the_quota_refuses_what_is_too_much() {
    let cluster = Cluster::start("quota").await;
    let file = operator::generate::files(&[]).remove(Path::new("quota/resource-quota.yaml")).expect("it is generated");
    let namespace = format!("--namespace={}", cluster.namespace);
    cluster.plane.kubectl_with_input(&["apply", &namespace, "-f", "-"], &file).await.expect("it is accepted");
    let bound = async |most: &str| {
        let bound = json!({"spec": {"hard": {"count/coverletterrequests.coverletter.dev": most}}});
        cluster.patch::<ResourceQuota>("coverletter", bound).await;
    };
    // A controller takes a bound over and counts; admission sees that through a watch. A dry run makes nothing.
    let (another, asked_only) = (large("another"), PostParams { dry_run: true, ..PostParams::default() });
    let another: CoverLetterRequest = serde_json::from_value(another).expect("a request");
    let is_refused = async |what: &str| {
        eventually(what, async || match cluster.api().create(&asked_only, &another).await {
            Err(error) if error.to_string().contains("exceeded quota: coverletter") => Ok(()),
            other => Err(other),
        })
        .await;
    };
    bound("0").await;
    is_refused("none is taken").await;
    bound("2").await;
    eventually("a first one is taken", async || cluster.api().create(&asked_only, &another).await.map(drop)).await;
    cluster.create_request("one", "letters").await;
    cluster.create_request("two", "letters").await;
    is_refused("a third is refused").await;
    let all = cluster.api::<CoverLetterRequest>().list(&ListParams::default()).await.expect("they can be listed");
    assert_eq!(all.items.len(), 2, "what fits into the bound was accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_large_requests_of_no_app_cost_the_operator_little() {
    let asked = std::env::var("REQUESTS").ok().and_then(|number| number.parse().ok()).unwrap_or(REQUESTS);
    let plane = ControlPlane::start_with(&crds::manifests::custom_resource_definitions()).await.expect("it starts");
    let namespace = plane.namespace("many").await.expect("a namespace");
    let program = Program::start(&plane, &namespace).await;
    let (before, _) = program.memory();
    let requests = Api::<CoverLetterRequest>::namespaced(plane.client(), &namespace);
    let create = |number: usize| {
        let request = serde_json::from_value(large(&format!("request-{number}"))).expect("a request");
        let requests = requests.clone();
        async move { requests.create(&PostParams::default(), &request).await.map(drop).expect("it is accepted") }
    };
    stream::iter(0..asked).map(create).buffer_unordered(16).collect::<Vec<()>>().await;
    let told = ListParams::default().fields("status.state=Queued");
    eventually("every request is told that there is no app", async || {
        let told = requests.list_metadata(&told).await.expect("they can be listed").items.len();
        if told == asked { Ok(()) } else { Err(told) }
    })
    .await;
    let (now, most) = program.memory();
    drop(program);
    // Another one lists them all anew, with whole pages in memory, and then acts on one more.
    let next = Program::start(&plane, &plane.namespace("next").await.expect("a namespace")).await;
    create(asked).await;
    eventually("the next one has seen them all", async || {
        let last = requests.get(&format!("request-{asked}")).await.expect("it is there");
        last.reason().ok_or("nothing said")
    })
    .await;
    let (next_now, next_most) = next.memory();
    println!("{asked} requests: {before} kB before; {now} kB, at most {most} kB after");
    println!("after a list: {next_now} kB, at most {next_most} kB");
    let allowed = before + KILOBYTES_BESIDES + asked * KILOBYTES_EACH;
    assert!(most.max(next_most) < allowed, "{most} kB, {next_most} kB; allowed are {allowed} kB");
}
