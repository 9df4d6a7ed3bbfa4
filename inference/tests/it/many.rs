//! Workers as processes of their own, as in pods: how soon an idle one begins a letter, and what a letter costs that kills
//! whoever writes it.
//!
//! `cargo xtask soak --claims` measures the first with many.

use std::time::{Duration, Instant};

use crds::request::State;
use crds::{RequestReason, life};
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use kube::api::{ListParams, PostParams};

use crate::cluster::{eventually, request};
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
    site.server.script().replies = [Reply::Paced(words(5), SLOW)].into();
    let history = History::record(&site.namespace).await;
    let mut fleet = Fleet::start(&mut site).await;
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
