//! Workers as processes of their own, as in pods: how soon an idle one begins a letter, and what a letter costs that kills
//! whoever writes it.
//!
//! `cargo xtask soak --claims` measures the first with many.

use std::time::{Duration, Instant};

use crds::names::dispatcher_lease;
use crds::request::State;
use crds::{RequestReason, life};
use fixtures::requests::largest;
use futures::{StreamExt as _, stream};
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use kube::api::{ListParams, PostParams};

use crate::cluster::{APP, eventually, request};
use crate::history::{History, claim};
use crate::server::scripted::{Reply, words};
use crate::soak::fleet::Fleet;
use crate::soak::site::{Site, Way};

/// How long until the next letter is created. A letter takes eight times as long.
const PACE: Duration = Duration::from_millis(30);
/// Attempts that a letter has.
const ATTEMPTS: i32 = 3;
/// How long a letter takes that must be seen while it is written.
const SLOW: Duration = Duration::from_secs(4);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_mins(5);
/// Letters by which everything has begun.
const FIRST: usize = 3;
/// Requests that are there while a worker is weighed; `REQUESTS` asks for another number.
const REQUESTS: usize = 300;
/// How long a letter takes that is written meanwhile, and longer for each request.
const LONG: Duration = Duration::from_secs(30);
const EACH: Duration = Duration::from_millis(10);
/// What a worker may grow by for each that it watches, and besides.
const KILOBYTES: (usize, usize) = (3, 10_000);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_write_every_letter_once() {
    let chosen = |name: &str, number| std::env::var(name).ok().and_then(|chosen| chosen.parse().ok()).unwrap_or(number);
    let (workers, letters) = (chosen("WORKERS", 3_usize), chosen("LETTERS", 20_usize));
    let mut site = Site::start(Way::Straight, workers, ATTEMPTS).await;
    let history = History::record(&site.namespace).await;
    let _fleet = Fleet::start(&mut site).await;
    let leases = Api::<Lease>::namespaced(site.namespace.client.clone(), &site.namespace.name);
    let those_of_workers = ListParams::default().labels("app.kubernetes.io/component=inference");
    eventually("every worker has its Lease", async || {
        let leases = leases.list(&those_of_workers).await.expect("they can be listed");
        (leases.items.len() == workers).then_some(())
    })
    .await;
    let mut pace = tokio::time::interval(PACE);
    for number in 0..letters {
        pace.tick().await;
        let letter = request(&format!("letter-{number}"));
        site.namespace.requests.create(&PostParams::default(), &letter).await.expect("it is accepted");
    }
    history.finished(letters).await;
    let figures = history.check();
    // A row of the table of `cargo xtask soak --claims`.
    println!(
        "| {workers} processes | {letters} every {PACE:?} | | {} ms | {} ms | | | |",
        figures.wait(0.5).as_millis(),
        figures.wait(0.99).as_millis()
    );
    assert_eq!((figures.requests, figures.letters), (letters, letters));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_kills_whoever_writes_it_fails_in_the_end_and_costs_its_neighbours_nothing() {
    let mut site = Site::start(Way::Straight, 2, ATTEMPTS).await;
    let mut fleet = Fleet::start(&mut site).await;
    // Where workers still claim for themselves while they are handed letters, one may have two.
    let leases = Api::<Lease>::namespaced(site.namespace.client.clone(), &site.namespace.name);
    let of_workers = ListParams::default().labels("app.kubernetes.io/component=inference");
    eventually("both workers and whoever hands out have their Leases", async || {
        let workers = leases.list(&of_workers).await.expect("they can be listed").items.len();
        let dispatcher = leases.get_opt(&dispatcher_lease(APP)).await.expect("it can be read");
        (workers == 2 && dispatcher.is_some()).then_some(())
    })
    .await;
    first_letters(&site).await;
    site.server.script().replies = [Reply::Paced(words(5), SLOW)].into();
    let history = History::record(&site.namespace).await;
    let neighbours: Vec<_> = (0..4).map(|number| format!("neighbour-{number}")).collect();
    for name in std::iter::once("poison").chain(neighbours.iter().map(String::as_str)) {
        site.namespace.request(name).await;
    }
    let (begun, mut look, mut kills) = (Instant::now(), tokio::time::interval(LOOK), 0);
    let poison = loop {
        look.tick().await;
        fleet.revive(&site).await;
        let poison = site.namespace.get("poison").await;
        if poison.is_terminal() {
            break poison;
        }
        if poison.state() == State::Running
            && let Some(claim) = claim(&poison)
            && claim.attempt > kills
        {
            kills = claim.attempt;
            let pod = site.pods.iter().position(|(name, _)| *name == claim.worker).expect("one of the two");
            fleet.kill(pod).await;
        }
        assert!(begun.elapsed() < PATIENCE, "the letter is still tried: {:?}", poison.status);
    };
    assert_eq!((kills, poison.reason()), (ATTEMPTS, Some(RequestReason::AttemptsExhausted)), "{:?}", poison.status);
    while history.finished_count() < neighbours.len() + 1 {
        look.tick().await;
        fleet.revive(&site).await;
        assert!(begun.elapsed() < PATIENCE, "{} are finished: {}", history.finished_count(), fleet.logs());
    }
    for name in neighbours {
        let neighbour = site.namespace.get(&name).await;
        assert_eq!((neighbour.state(), life::attempt(&neighbour)), (State::Succeeded, 1), "{:?}", neighbour.status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_large_requests_cost_a_worker_little_whether_they_are_handed_out_or_it_claims_for_itself() {
    let count = std::env::var("REQUESTS").ok().and_then(|chosen| chosen.parse().ok()).unwrap_or(REQUESTS);
    let mut site = Site::start(Way::Straight, 1, ATTEMPTS).await;
    let mut fleet = Fleet::start(&mut site).await;
    // With all that the worker needs for any letter.
    first_letters(&site).await;
    let finished = ListParams::default().fields("status.state=Succeeded");
    // A letter that is written all the time, so that nothing but the watch changes what the worker keeps.
    site.server.script().replies = [Reply::Paced(words(5), LONG + EACH * count as u32)].into();
    site.namespace.request("long").await;
    let running = ListParams::default().fields("status.state=Running");
    eventually("the long letter is begun", async || (site.count(&running).await == 1).then_some(())).await;
    let before = fleet.memory(0);
    let create = |number: usize| {
        let letter = largest(&format!("large-{number}"), APP, "python");
        let (letter, requests) = (serde_json::from_value(letter).expect("a request"), site.namespace.requests.clone());
        async move { requests.create(&PostParams::default(), &letter).await.map(drop).expect("it is accepted") }
    };
    stream::iter(0..count).map(create).buffer_unordered(16).collect::<Vec<()>>().await;
    let handed = fleet.memory(0);
    fleet.kill_operator().await;
    // Nobody hands out the next one: once it is begun, the worker has listed all of them.
    let (begun, mut look, mut alone) = (Instant::now(), tokio::time::interval(LOOK), Vec::new());
    while site.count(&finished).await == FIRST || site.count(&running).await == 0 {
        look.tick().await;
        alone.push(fleet.memory(0));
        assert!(begun.elapsed() < PATIENCE, "no other letter is begun: {}", fleet.logs());
    }
    // The last two looks may have seen it plan that letter.
    let alone = alone.iter().rev().nth(2).copied().expect("there was time to look");
    println!(
        "{count} requests: {before} kB before, {handed} kB while they are handed out, {alone} kB without an operator"
    );
    let allowed = before + KILOBYTES.0 * count + KILOBYTES.1;
    assert!(handed.max(alone) < allowed, "{handed} kB and {alone} kB; allowed are {allowed} kB");
}

/// Letters that are written one after another, before anything is looked at.
async fn first_letters(site: &Site) {
    let finished = ListParams::default().fields("status.state=Succeeded");
    for number in 0..FIRST {
        site.namespace.request(&format!("first-{number}")).await;
        eventually("it is written", async || (site.count(&finished).await == number + 1).then_some(())).await;
    }
}
