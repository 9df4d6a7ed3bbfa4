//! Limits: letters of a user, failed log-ins of an account, attempts of an address.

use jiff::SignedDuration;
use kube::api::ListParams;
use reqwest::Method;

use crate::browser::{EXAMPLE, send};
use crate::site::{Wishes, clock_at_noon, site, site_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_letters_at_once_are_fine() {
    let site = site().await;
    let student = site.student("foo").await;
    let asked = (0..40).map(|_| send(student.query(&EXAMPLE).header("prefer", "respond-async")));
    let replies = futures::future::join_all(asked).await;
    assert!(replies.iter().all(|reply| reply.status == 202), "{replies:?}");
    assert_eq!(site.requests.list(&ListParams::default()).await.expect("lists").items.len(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_asks_too_often_is_told_when_to_come_back() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { letters_per_hour: 2, clock: Some(clock.clone()), ..Wishes::default() }).await;
    let (student, other) = (site.student("foo").await, site.student("bar").await);
    student.ask_for_letter().await;
    student.ask_for_letter().await;
    let limited = send(student.query(&EXAMPLE).header("prefer", "respond-async")).await;
    limited.assert_problem(429, "You can ask for 2 letters an hour. The next one can be sent in 30 minutes.");
    assert_eq!(limited.header("retry-after"), "1800");
    assert_eq!(site.count("SELECT count(*) FROM letters").await, 2, "a refused letter is not kept");
    other.ask_for_letter().await;
    clock.advance(SignedDuration::from_secs(1800));
    student.ask_for_letter().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_under_attack_waits_and_forgets_on_success() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let browser = site.browser();
    browser.register("foo").await;
    let attempt = |password: &'static str| {
        send(browser.ask(Method::POST, "/auth/login").form(&[("username", "FOO"), ("password", password)]))
    };
    for _ in 0..10 {
        assert_eq!(attempt("wrong").await.status, 401);
    }
    let limited = attempt("Bar2024!").await;
    limited.assert_problem(429, "Too many attempts. Try again in 30 seconds.");
    clock.advance(SignedDuration::from_secs(30));
    assert_eq!(attempt("Bar2024!").await.status, 303);
    assert_eq!(attempt("wrong").await.status, 401, "the count starts again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_tries_too_often_is_stopped() {
    let site = site_with(Wishes { sign_ins_per_minute: 2, ..Wishes::default() }).await;
    let attempt =
        || send(site.browser().ask(Method::POST, "/auth/login").form(&[("username", "x"), ("password", "y")]));
    assert_eq!((attempt().await.status, attempt().await.status), (401, 401));
    let limited = attempt().await;
    assert_eq!(limited.status, 429);
    assert!(limited.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1));
}
