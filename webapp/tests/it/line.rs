//! What is asked for beyond the bounds: letters wait in the database, in order, and further accounts are refused.

use crds::CoverLetterRequest;
use crds::request::State;
use futures::future::join_all;
use kube::api::{DeleteParams, PostParams};
use reqwest::Method;
use serde_json::json;

use crate::browser::{Browser, EXAMPLE, send};
use crate::site::{APP, Site, Wishes, site_with};
use crate::waiting::eventually;
use crate::worker::{self, claim, finish, name_of, request_of, serve};

/// The requests that wait for a worker.
pub async fn queued(site: &Site) -> Vec<CoverLetterRequest> {
    worker::all(&site.requests).await.into_iter().filter(|request| request.state() == State::Queued).collect()
}

async fn page_says(student: &Browser, letter: &str, words: &str) {
    let path = format!("/letters/{letter}");
    eventually(words, async || student.get(&path).await.body.contains(words).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_bound_letters_wait_in_the_database_in_order_and_pages_say_where() {
    let site = site_with(Wishes { max_queued: 2, ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let mut letters = Vec::new();
    for _ in 0..5 {
        letters.push(student.ask_for_letter().await);
    }
    let first = request_of(&site.requests, &letters[0]).await;
    let second = request_of(&site.requests, &letters[1]).await;
    page_says(&student, &letters[4], "Saved. 4 letters are before yours.").await;
    site.handed_in(2).await;
    assert_eq!(site.count("SELECT count(*) FROM letters WHERE state = 'Submitting'").await, 3);
    assert_eq!(queued(&site).await.len(), 2);

    serve(&site.requests, first).await;
    request_of(&site.requests, &letters[2]).await;
    let running = claim(&site.requests, second, "127.0.0.1:9").await;
    request_of(&site.requests, &letters[3]).await;
    page_says(&student, &letters[4], "Saved. 2 letters are before yours. Writing begins in ").await;
    assert_eq!(site.requests.get_opt(&name_of(&letters[4])).await.expect("can be asked").map(|_| ()), None);

    let stopped = student.submit(&format!("/letters/{}/stop", letters[4]), &[]).await;
    assert_eq!(stopped.status, 303);
    page_says(&student, &letters[4], "Stopped, as you asked.").await;
    finish(&site.requests, running).await;
    page_says(&student, &letters[1], "Your letter is ready.").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_replicas_keep_the_bound_together_and_every_letter_has_its_turn() {
    const LETTERS: usize = 24;
    const BOUND: usize = 3;
    let site = site_with(Wishes { max_queued: BOUND as u32, ..Wishes::default() }).await;
    let replica = site.second_replica().await;
    let student = site.student("foo").await;
    let elsewhere = replica.browser().with_session(&student.access, &student.csrf);
    join_all((0..LETTERS).map(async |at| {
        let browser = if at % 2 == 0 { &student } else { &elsewhere };
        browser.ask_for_letter().await;
    }))
    .await;
    let mut served = 0;
    while served < LETTERS {
        let waiting = eventually("a request", async || Some(queued(&site).await).filter(|all| !all.is_empty())).await;
        assert!(waiting.len() <= BOUND, "{} requests wait", waiting.len());
        serve(&site.requests, waiting.into_iter().next().expect("one is there")).await;
        served += 1;
    }
    eventually("every letter in its row", async || {
        let written = site.count("SELECT count(*) FROM letters WHERE state = 'Succeeded'").await;
        (written == LETTERS as i64).then_some(())
    })
    .await;
    assert_eq!(worker::all(&site.requests).await.len(), LETTERS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_made_by_hand_take_room_in_the_queue_too() {
    let site = site_with(Wishes { max_queued: 1, ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let before = student.ask_for_letter().await;
    let request = request_of(&site.requests, &before).await;
    let by_hand = json!({
        "apiVersion": "coverletter.dev/v1alpha1", "kind": "CoverLetterRequest", "metadata": {"name": "by-hand"},
        "spec": {"appRef": {"name": APP}, "job": {"title": "Data Scientist", "company": "google"}},
    });
    let by_hand = serde_json::from_value(by_hand).expect("a request");
    site.requests.create(&PostParams::default(), &by_hand).await.expect("it is accepted");
    // A watch shows changes in their order: with the end of this letter the site has seen the request that was made by hand.
    serve(&site.requests, request).await;
    page_says(&student, &before, "Your letter is ready.").await;
    let waiting = student.ask_for_letter().await;
    page_says(&student, &waiting, "Saved. One letter is before yours.").await;
    assert_eq!(site.requests.get_opt(&name_of(&waiting)).await.expect("can be asked").map(|_| ()), None);
    site.requests.delete("by-hand", &DeleteParams::default()).await.expect("can be deleted");
    request_of(&site.requests, &waiting).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_cannot_be_kept_in_line_is_turned_away_with_its_text() {
    let site = site_with(Wishes { max_queued: 1, ..Wishes::default() }).await;
    let student = site.student("foo").await;
    student.ask_for_letter().await;
    site.handed_in(1).await;
    for _ in 0..20 {
        student.ask_for_letter().await;
    }
    let turned_away = send(student.query(&EXAMPLE).header("prefer", "respond-async")).await;
    let words = "More letters wait than this site can take. Your form is kept. Try again in 5 minutes.";
    turned_away.assert_problem(503, words);
    assert_eq!(turned_away.header("retry-after"), "300");
    let (_, company) = EXAMPLE.iter().find(|(name, _)| *name == "companyName").unwrap_or(&EXAMPLE[1]);
    send(student.query(&EXAMPLE).header("accept", "text/html")).await.assert_page(503, &[words, company]);
    assert_eq!(site.count("SELECT count(*) FROM letters").await, 21, "a letter that is turned away is not kept");
    serve(&site.requests, worker::only_request(&site.requests).await).await;
    eventually("room in line", async || {
        let again = send(student.query(&EXAMPLE).header("prefer", "respond-async")).await;
        (again.status == 202).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_bound_nobody_can_register() {
    let site = site_with(Wishes { max_accounts: 1, ..Wishes::default() }).await;
    site.student("foo").await;
    let fields = [("username", "bar"), ("password", crate::browser::PASSWORD), ("email", "bar@example.org")];
    let refused = send(site.browser().ask(Method::POST, "/auth/register").form(&fields)).await;
    refused.assert_page(422, &["This site takes no more accounts", "bar@example.org"]);
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_registers_a_lecture_hall_at_once_and_then_few() {
    let site = site_with(Wishes { sign_ins_per_minute: 2, ..Wishes::default() }).await;
    // Attempts count, whether their forms are right or not.
    let attempt = |_| send(site.browser().ask(Method::POST, "/auth/register").form(&[("username", "foo")]));
    let replies = join_all((0..12).map(attempt)).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(refused.len(), 2, "ten at once, then two an hour");
    let again: i64 = refused[0].header("retry-after").parse().expect("seconds");
    assert!((1_700..=1_800).contains(&again), "{again}");
}
