//! The site while the API server fails by a seed: answers are late or lost, writes are made twice or refused, watches are cut
//! and expire. Several students hand in letters over two replicas, each letter several times.

use std::collections::BTreeMap;
use std::time::Duration;

use crds::request::State;
use devcluster::control_plane::ControlPlane;
use fixtures::fault_proxy::FaultProxy;
use futures::future::join_all;
use kube::api::ListParams;
use tokio_util::sync::CancellationToken;

use crate::browser::Browser;
use crate::handing_in::{HandedIn, assert_one_each, assert_requests, insist};
use crate::site::{Site, Wishes, site_by};
use crate::waiting::eventually;
use crate::worker;

const SEED: u64 = 20;
const STUDENTS: usize = 4;
const LETTERS: usize = 16;
/// Requests that the queue takes.
const QUEUE: usize = 10;
/// Faults while letters are handed in, and while they are written.
const FAULTS: [usize; 2] = [60, 140];

/// Each student hands in letters at the same time, by one replica or the other.
async fn hand_in(students: &[[Browser; 2]]) -> Vec<HandedIn> {
    let keys: Vec<_> = (0..LETTERS).map(|number| number.to_string()).collect();
    let all = students.iter().flat_map(|replicas| keys.iter().zip(replicas.iter().cycle()));
    join_all(all.map(|(key, student)| insist(student, key))).await
}

/// What the page of each waiting letter must say, by its id: the places of the requests, and after them the letters without
/// one, in the order of their rows.
async fn places(site: &Site) -> BTreeMap<String, String> {
    let mut queued = site.requests.list(&ListParams::default()).await.expect("can be listed").items;
    queued.retain(|request| request.state() == State::Queued);
    queued.sort_by_key(|request| (request.created(), request.metadata.name.clone()));
    let in_line = "SELECT id::text FROM letters WHERE state = 'Submitting' ORDER BY created_at, id";
    let in_line: Vec<String> = sqlx::query_scalar(in_line).fetch_all(&site.db).await.expect("selects");
    let queued = queued.into_iter().filter_map(|request| request.metadata.name);
    let ids = queued.map(|name| name.trim_start_matches("letter-").to_owned()).chain(in_line);
    let words = |place| match place {
        0 => "You are next in line.".to_owned(),
        1 => "One letter is before yours.".to_owned(),
        ahead => format!("{ahead} letters are before yours."),
    };
    ids.enumerate().map(|(place, id)| (id, words(place))).collect()
}

/// Waits until every page says its place.
async fn assert_honest(site: &Site, students: &[[Browser; 2]], handed_in: &[HandedIn]) {
    eventually("a full queue, and every place on its page", async || {
        let places = places(site).await;
        let pages = handed_in.iter().enumerate().map(async |(at, one)| {
            let id = one.letters.first().expect("it was taken");
            let page = students[at / LETTERS][0].get(&format!("/letters/{id}")).await;
            let (before, _) = page.body.split_once(places.get(id)?.as_str())?;
            // `2 letters` are not `12 letters`.
            (!before.ends_with(|c: char| c.is_ascii_digit())).then_some(())
        });
        let said: Vec<_> = join_all(pages).await;
        let queued = site.count("SELECT count(*) FROM letters WHERE state = 'Submitted'").await;
        (queued == QUEUE as i64 && said.iter().all(Option::is_some)).then_some(())
    })
    .await;
}

/// Writes what waits, a few at a time, as workers would who reach the API server undisturbed.
async fn write_all(site: &Site, done: CancellationToken) {
    let mut every = tokio::time::interval(Duration::from_millis(50));
    while !done.is_cancelled() {
        every.tick().await;
        let mut queued = site.requests.list(&ListParams::default()).await.expect("can be listed").items;
        queued.retain(|request| request.state() == State::Queued);
        queued.truncate(4);
        join_all(queued.into_iter().map(|request| worker::serve(&site.requests, request))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_the_api_server_does_each_submission_is_one_letter_with_an_honest_place() {
    let crds = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::shared_with(&crds).await.expect("the control plane starts");
    let proxy = FaultProxy::start(plane.client_config(), SEED).await.expect("a proxy");
    let config = kube::Config::new(proxy.url().parse().expect("an address"));
    let client = kube::Client::try_from(config).expect("a client");
    let site = site_by(plane, client, Wishes { max_queued: QUEUE as u32, ..Wishes::default() }).await;
    let replica = site.second_replica().await;
    let students = join_all((0..STUDENTS).map(async |at| {
        let student = site.student(&format!("student{at}")).await;
        let elsewhere = replica.browser().with_session(&student.access, &student.csrf);
        [student, elsewhere]
    }));
    let students = students.await;

    proxy.permit(FAULTS[0]);
    let handed_in = hand_in(&students).await;
    assert_one_each(&site, &handed_in).await;
    assert!(handed_in.iter().all(|one| one.refusals.is_empty()), "a letter is kept, whatever the cluster does");
    let so_far = proxy.injected().values().sum();
    proxy.permit(so_far);
    assert_honest(&site, &students, &handed_in).await;

    proxy.permit(FAULTS[1]);
    let done = CancellationToken::new();
    let written = async {
        let written = "SELECT count(*) FROM letters WHERE state = 'Succeeded'";
        eventually("every letter in its row", async || {
            (site.count(written).await == handed_in.len() as i64).then_some(())
        })
        .await;
        done.cancel();
    };
    tokio::join!(write_all(&site, done.clone()), written);
    assert_requests(&site, handed_in.len()).await;
    let injected = proxy.injected();
    println!("seed {SEED}, faults: {injected:?}");
    assert!(injected.values().sum::<usize>() >= 15, "hardly anything failed: {injected:?}");
}
