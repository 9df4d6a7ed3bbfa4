//! The API server goes away: nothing that a student handed in is lost, and nothing is made twice.

use std::time::{Duration, Instant};

use devcluster::control_plane::ControlPlane;
use futures::future::join_all;

use crate::browser::{EXAMPLE, send};
use crate::handing_in::{HandedIn, assert_one_each, assert_requests, insist};
use crate::line::queued;
use crate::site::{Wishes, site_on};
use crate::waiting::eventually;
use crate::worker::{self, request_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_handed_in_during_an_outage_is_written_afterwards() {
    let crds = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::start_with(&crds).await.expect("the control plane starts");
    let site = site_on(&plane, Wishes::default()).await;
    let student = site.student("foo").await;
    plane.stop_api_server();
    let reply = send(student.query(&EXAMPLE).header("accept", "text/html")).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    student.open(reply.location()).await.assert_page(200, &["Saved. It will be handed to a writer"]);
    assert_eq!(site.count("SELECT count(*) FROM letters WHERE state = 'Submitting'").await, 1);
    let stopped = student.ask_for_letter().await;
    assert_eq!(student.submit(&format!("/letters/{stopped}/stop"), &[]).await.status, 303);

    plane.start_api_server().await.expect("the API server comes back");
    let letter = reply.location().strip_prefix("/letters/").expect("leads to the letter");
    let request = request_of(&site.requests, letter).await;
    site.handed_in(1).await;
    worker::serve(&site.requests, request).await;
    let path = format!("/letters/{letter}");
    eventually("the letter", async || student.get(&path).await.body.contains("Your letter is ready.").then_some(()))
        .await;
    assert_eq!(worker::all(&site.requests).await.len(), 1, "the stopped one was never made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_handed_in_all_through_a_minute_without_an_api_server_are_one_each() {
    let crds = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::start_with(&crds).await.expect("the control plane starts");
    let site = site_on(&plane, Wishes { letters_per_hour: 1_000, ..Wishes::default() }).await;
    let students = join_all((0..4).map(async |at| site.student(&format!("student{at}")).await)).await;
    let before = students[0].ask_for_letter().await;
    site.handed_in(1).await;
    plane.stop_api_server();
    let (begun, mut every, mut all) = (Instant::now(), tokio::time::interval(Duration::from_secs(5)), Vec::new());
    while begun.elapsed() < Duration::from_mins(1) {
        every.tick().await;
        let key = all.len().to_string();
        all.extend(join_all(students.iter().map(|student| insist(student, &key))).await);
        for page in ["/letters", "/user/protected", &format!("/letters/{before}")] {
            students[0].open(page).await.assert_page(200, &[]);
        }
    }
    assert!(all.iter().all(|one| one.refusals.is_empty()), "nobody is sent away: {all:?}");

    plane.start_api_server().await.expect("the API server comes back");
    assert_requests(&site, all.len() + 1).await;
    all.push(HandedIn { letters: [before].into(), ..HandedIn::default() });
    assert_one_each(&site, &all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_outage_gives_no_more_seats_than_the_queue_has() {
    const SEATS: &str = "SELECT count(*) FROM letters WHERE submitted_at IS NOT NULL";
    let crds = crds::manifests::custom_resource_definitions();
    let plane = ControlPlane::start_with(&crds).await.expect("the control plane starts");
    let site = site_on(&plane, Wishes { max_queued: 2, ..Wishes::default() }).await;
    let student = site.student("foo").await;
    plane.stop_api_server();
    for _ in 0..5 {
        student.ask_for_letter().await;
    }
    eventually("two seats", async || (site.count(SEATS).await == 2).then_some(())).await;
    let two_minutes_pass = "UPDATE letters SET submitted_at = submitted_at - interval '2 minutes'";
    sqlx::query(two_minutes_pass).execute(&site.db).await.expect("updates");
    let tried_again = "SELECT count(*) FROM letters WHERE submitted_at > now() - interval '1 minute'";
    eventually("seats that are tried again", async || (site.count(tried_again).await > 0).then_some(())).await;
    assert_eq!(site.count(SEATS).await, 2);

    plane.start_api_server().await.expect("the API server comes back");
    for _ in 0..5 {
        let request = eventually("a request", async || {
            let queued = queued(&site).await;
            assert!(queued.len() <= 2, "{} requests wait", queued.len());
            queued.into_iter().next()
        });
        worker::serve(&site.requests, request.await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_exists_already_is_the_same_request() {
    let site = crate::site::site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    site.handed_in(1).await;
    let before = request_of(&site.requests, &letter).await;
    // As if the answer of the API server had been lost.
    let forget =
        "UPDATE letters SET state = 'Submitting', request_uid = NULL, created_at = created_at - interval '1 minute'";
    sqlx::query(forget).execute(&site.db).await.expect("updates");
    eventually("the row to know", async || {
        (site.count("SELECT count(*) FROM letters WHERE request_uid IS NOT NULL").await == 1).then_some(())
    })
    .await;
    let after = request_of(&site.requests, &letter).await;
    assert_eq!(
        (after.metadata.uid, after.metadata.resource_version),
        (before.metadata.uid, before.metadata.resource_version)
    );
}
