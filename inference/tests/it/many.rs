//! Workers as processes of their own, as in pods, and how soon an idle one begins a letter.
//!
//! `cargo xtask soak --claims` measures it with many.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;
use kube::api::{ListParams, PostParams};

use crate::cluster::{eventually, request};
use crate::history::History;
use crate::soak::fleet::Fleet;
use crate::soak::site::{Site, Way};

/// How long until the next letter is created. A letter takes eight times as long.
const PACE: Duration = Duration::from_millis(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_processes_write_every_letter_once() {
    let chosen = |name: &str, number| std::env::var(name).ok().and_then(|chosen| chosen.parse().ok()).unwrap_or(number);
    let (workers, letters) = (chosen("WORKERS", 3_usize), chosen("LETTERS", 20_usize));
    let mut site = Site::start(Way::Straight, workers).await;
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
