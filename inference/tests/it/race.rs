//! Many workers at once, and an operator that returns claims: every letter is finished exactly once.

use std::time::Instant;

use cluster::Requests;
use crds::life;
use crds::request::{Outcome, State};
use inference::config::WorkConfig;
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::cluster::{APP, Namespace, count_of, counted, eventually};
use crate::history::{Figures, History};
use crate::script::Script;
use crate::worker::{Running, WORK};

const CONFLICTS: &str = "coverletter_worker_claim_conflicts_total ";

/// Lets one race run at a time, because the metrics are shared.
pub static TURN: Mutex<()> = Mutex::const_new(());
/// Most conflicts a letter of workers that are idle.
const CONFLICTS_MAX: f64 = 0.5;
/// How often it is measured before it counts as exceeded: a conflict of any other test meanwhile is counted too.
const ROUNDS: usize = 3;

fn print(what: &str, figures: &Figures, conflicts: u64) {
    println!(
        "{what}: {} letters, {} claims, {:.3} conflicts a letter; created -> claimed p50 {:?}, p99 {:?}",
        figures.letters,
        figures.claims,
        conflicts as f64 / figures.letters as f64,
        figures.wait(0.5),
        figures.wait(0.99),
    );
}

/// Returns the first claim of every tenth request as soon as it is seen, until aborted.
async fn return_claims(namespace: Namespace) {
    let requests = Requests::follow(namespace.client.clone(), &namespace.name, APP);
    let mut changes = requests.changes();
    loop {
        changes.next().await;
        let all = requests.all();
        let chosen = all.iter().filter(|request| {
            let tenth = request.metadata.name.as_deref().is_some_and(|name| name.ends_with('7'));
            tenth && request.state() == State::Running && life::attempt(request) == 1
        });
        for request in chosen {
            let status = life::attempt_ended(request, Outcome::Lost, "Its worker went silent.", 3, Timestamp::now());
            // The worker may be quicker; then its letter counts.
            let _ = namespace.write(request, status).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_workers_write_two_hundred_letters_each_exactly_once() {
    const WORKERS: usize = 20;
    const LETTERS: usize = 200;
    let _turn = TURN.lock().await;
    counted();
    let namespace = Namespace::new("race").await;
    let history = History::record(&namespace).await;
    let work = WorkConfig { slots: 2, ..WORK };
    // Each letter takes a second: enough time to return its claim, also on a busy machine.
    let script = Script { words: 40, words_per_second: Some(40), ..Script::default() };
    let workers: Vec<_> =
        (0..WORKERS).map(|n| Running::start(&namespace, &format!("worker-{n}"), script.clone(), work)).collect();
    let taking = tokio::spawn(return_claims(namespace.clone()));
    let (begun, conflicts) = (Instant::now(), count_of(CONFLICTS));
    let requests = (0..LETTERS).map(|n| {
        let namespace = namespace.clone();
        async move { namespace.request(&format!("letter-{n}")).await }
    });
    futures::future::join_all(requests).await;
    history.finished(LETTERS).await;
    println!("{WORKERS} workers took {:?}", begun.elapsed());
    taking.abort();
    for worker in workers {
        worker.drain().await;
    }
    let figures = history.check();
    print("race", &figures, count_of(CONFLICTS) - conflicts);
    assert_eq!((figures.requests, figures.letters), (LETTERS, LETTERS));
    assert!(figures.claims > LETTERS, "some claims were returned, and their requests claimed again");
}

/// Letters one after the other for `count` idle workers, and the conflicts a letter.
async fn idle(hint: &str, count: usize, letters: usize) -> f64 {
    let _turn = TURN.lock().await;
    counted();
    let namespace = Namespace::new(hint).await;
    let history = History::record(&namespace).await;
    let names: Vec<_> = (0..count).map(|n| format!("worker-{n}")).collect();
    futures::future::join_all(names.iter().map(|name| namespace.lease(name))).await;
    let workers: Vec<_> = names.iter().map(|name| Running::start(&namespace, name, Script::default(), WORK)).collect();
    for worker in &workers {
        eventually("it may claim and has counted all of them", async || {
            (worker.view.is_left_alone() && worker.view.crowd().workers() == count).then_some(())
        })
        .await;
    }
    let conflicts = count_of(CONFLICTS);
    for n in 0..letters {
        namespace.request(&format!("letter-{n}")).await;
        history.finished(n + 1).await;
    }
    let (figures, conflicts) = (history.check(), count_of(CONFLICTS) - conflicts);
    print(&format!("idle, {count} workers"), &figures, conflicts);
    println!("a claim takes about {:?}", workers[0].view.crowd().claim());
    assert_eq!((figures.requests, figures.claims, figures.letters), (letters, letters, letters));
    for worker in workers {
        worker.drain().await;
    }
    conflicts as f64 / letters as f64
}

/// Checks that `count` idle workers rarely want the same letter at the same time.
async fn rarely_collide(hint: &str, count: usize) {
    let mut rates = Vec::new();
    while rates.len() < ROUNDS {
        let rate = idle(hint, count, 60).await;
        if rate <= CONFLICTS_MAX {
            return;
        }
        rates.push(rate);
    }
    panic!("{rates:?} conflicts a letter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_workers_claim_at_once() {
    rarely_collide("idle", 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_idle_workers_rarely_want_the_same_letter_at_the_same_time() {
    let count = std::env::var("WORKERS").ok().and_then(|number| number.parse().ok()).unwrap_or(8);
    rarely_collide("crowd", count).await;
}
