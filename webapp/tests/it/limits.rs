//! Limits: letters of a user, failed log-ins of an account, attempts of an address.

use jiff::SignedDuration;
use reqwest::Method;
use webapp::Limits;

use crate::browser::{EXAMPLE, PASSWORD, send};
use crate::site::{Wishes, clock_at_noon, site, site_with};
use crate::uploads::LONG;
use crate::worker;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_letters_at_once_are_fine() {
    let site = site().await;
    let student = site.student("foo").await;
    let asked = (0..40).map(|_| send(student.query(&EXAMPLE).header("prefer", "respond-async")));
    let replies = futures::future::join_all(asked).await;
    assert!(replies.iter().all(|reply| reply.status == 202), "{replies:?}");
    site.handed_in(40).await;
    assert_eq!(worker::all(&site.requests).await.len(), 40);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_that_guesses_is_stopped_and_locks_nobody_out() {
    let clock = Some(clock_at_noon());
    let site = site_with(Wishes { sign_ins_per_minute: 2, clock, ..Wishes::default() }).await;
    site.browser().register("foo").await;
    let attempt = |name: String| {
        let fields = [("username", name), ("password", "y".to_owned())];
        send(site.browser().ask(Method::POST, "/auth/login").form(&fields))
    };
    let guesses = futures::future::join_all((0..30).map(|guess| attempt(format!("user{guess}")))).await;
    let refused: Vec<_> = guesses.iter().filter(|reply| reply.status == 429).collect();
    assert_eq!(refused.len(), 20, "ten at once");
    assert_eq!(refused[0].header("retry-after"), "30", "and then two a minute");
    assert_eq!(site.browser().log_in("foo").await.status, 303, "its network is known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lecture_hall_behind_one_proxy_logs_in() {
    let site = site_with(Wishes { sign_ins_per_minute: 120, ..Wishes::default() }).await;
    site.browser().register("student").await;
    // 250 students with the same password, who registered at home.
    let copy = "INSERT INTO users (username, email, password_hash, request_ref, created_at)
        SELECT 'student' || n, n || '@example.org', password_hash, n::text, created_at FROM users, generate_series(0, 249) n";
    sqlx::query(copy).execute(&site.db).await.expect("inserts");
    // How long all these passwords take is up to the machine.
    let patient = site.replica_within(Limits { page: LONG, form: LONG, upload: LONG }).await;
    // One client with a connection for each: making 250 takes so long that the first ones would seem to hang.
    let browser = patient.browser();
    let log_in = |at| {
        let fields = [("username", format!("student{at}")), ("password", PASSWORD.to_owned())];
        send(browser.ask(Method::POST, "/auth/login").form(&fields))
    };
    let replies = futures::future::join_all((0..250).map(log_in)).await;
    let failed: Vec<_> = replies.iter().filter(|reply| reply.status != 303).map(|reply| reply.status).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_given_once_more_cannot_be_guessed_and_addresses_cannot_be_asked_for() {
    let site = site_with(Wishes { clock: Some(clock_at_noon()), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    for _ in 0..10 {
        assert_eq!(student.submit("/user/delete", &[("password", "wrong")]).await.status, 422);
    }
    assert_eq!(student.submit("/user/delete", &[("password", "Bar2024!")]).await.status, 429);
    let ask = async |at: usize| {
        let fields = [("username", "foo".to_owned()), ("email", format!("{at}@example.org"))];
        send(student.ask_signed(Method::PUT, "/user/update").form(&fields)).await.status
    };
    for at in 0..10 {
        assert_eq!(ask(at).await, 200);
    }
    assert_eq!(ask(10).await, 429);
}
