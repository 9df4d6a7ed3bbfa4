//! What is not believed, and the page that says so.

use reqwest::Method;
use serde_json::{Value, json};

use super::pretender::{self, NOON, Pretender};
use super::visitor::{Departure, come_back, depart, log_in};
use super::{settings, site_of};
use crate::browser::{PASSWORD, Reply, send};
use crate::site::{Site, Wishes, clock_at_noon, site_with};

/// The page of a failure, and no session.
fn assert_refused(reply: &Reply, status: u16, words: &str) {
    reply.assert_page(status, &[words, "You are not logged in"]);
    assert_eq!(reply.cookie("access_token_cookie"), "", "{:?}", reply.headers);
}

async fn accounts(site: &Site) -> i64 {
    site.count("SELECT count(*) FROM users").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_of_this_log_in_makes_no_session() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    let wrong: [(&str, Value, &str); 9] = [
        ("nonce", "another".into(), "could not be verified"),
        ("nonce", Value::Null, "could not be verified"),
        ("iss", "https://id.example".into(), "could not be verified"),
        ("aud", "another".into(), "could not be verified"),
        ("aud", json!(["letters", "another"]), "could not be verified"),
        ("azp", "another".into(), "could not be verified"),
        ("exp", (NOON - 61).into(), "differ by more than a minute"),
        ("iat", (NOON + 600).into(), "differ by about 10 minutes"),
        ("sub", "".into(), "could not be verified"),
    ];
    for (claim, value, words) in wrong {
        let reply = log_in(&site, &pretender, "jane", |claims| claims[claim] = value.clone()).await;
        eprintln!("{claim}: {value}");
        assert_refused(&reply, 502, words);
    }
    assert_eq!(accounts(&site).await, 0);
    assert_eq!(log_in(&site, &pretender, "jane", |_| {}).await.status, 303, "nothing else was wrong");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_the_provider_did_not_sign_makes_no_session() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    let forged: [fn(&Value) -> String; 4] = [
        |claims| format!("{}.", pretender::unsigned(&json!({"alg": "none"}), claims)),
        |claims| pretender::signed(&pretender::new_key(), &json!({"alg": "ES256", "kid": "one"}), claims),
        |claims| pretender::signed(&pretender::new_key(), &json!({"alg": "ES256", "kid": "two"}), claims),
        |claims| {
            // Signed with the client's secret, as if it were the provider's key.
            let key = jsonwebtoken::EncodingKey::from_secret(b"secret");
            let message = pretender::unsigned(&json!({"alg": "HS256"}), claims);
            let algorithm = jsonwebtoken::Algorithm::HS256;
            let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).expect("it signs");
            format!("{message}.{signature}")
        },
    ];
    for (number, forge) in forged.into_iter().enumerate() {
        let departure = depart(&site).await;
        let token = forge(&pretender.claims("jane", departure.nonce()));
        pretender.sends(200, &json!({"id_token": token, "access_token": "access"}));
        let answer = [("state", departure.query["state"].as_str()), ("code", "code")];
        let reply = come_back(&site.browser(), &departure.cookie, &answer).await;
        eprintln!("forgery {number}");
        assert_refused(&reply, 502, "could not be verified");
    }
    assert_eq!(accounts(&site).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_beside_the_token_must_be_about_the_same_person() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    let departure = depart(&site).await;
    pretender.says(&pretender.claims("jane", departure.nonce()));
    pretender.says_beside(&json!({"sub": "subject-john", "email": "john@uni.example"}));
    let answer = [("state", departure.query["state"].as_str()), ("code", "code")];
    assert_refused(&come_back(&site.browser(), &departure.cookie, &answer).await, 502, "could not be verified");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_is_good_once_and_in_its_own_browser_and_for_a_quarter_of_an_hour() {
    let pretender = Pretender::start().await;
    let clock = clock_at_noon();
    let site = site_of(&pretender, |wishes| wishes.clock = Some(clock.clone())).await;
    let departure = depart(&site).await;
    pretender.says(&pretender.claims("jane", departure.nonce()));
    let answer = [("state", departure.query["state"].as_str()), ("code", "code")];
    let other = depart(&site).await;
    let elsewhere = come_back(&site.browser(), &other.cookie, &answer).await;
    assert_refused(&elsewhere, 400, "was begun in another browser");
    let nowhere = come_back(&site.browser(), "", &answer).await;
    assert_refused(&nowhere, 400, "was begun in another browser");
    assert_eq!(come_back(&site.browser(), &departure.cookie, &answer).await.status, 303, "others did not use it up");
    let again = come_back(&site.browser(), &departure.cookie, &answer).await;
    assert_refused(&again, 400, "This log-in was used already");

    clock.advance(jiff::SignedDuration::from_mins(15));
    let answer = [("state", other.query["state"].as_str()), ("code", "code")];
    assert_refused(&come_back(&site.browser(), &other.cookie, &answer).await, 400, "more than 15 minutes ago");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_away_or_refuses_is_a_page_that_says_so() {
    let nowhere = site_with(Wishes { oidc: settings("http://127.0.0.1:1", "secret"), ..Wishes::default() }).await;
    let away = nowhere.browser().open("/auth/oidc").await;
    assert_refused(&away, 503, "University login does not answer. Nothing was changed.");
    away.assert_page(503, &["Log in with a password"]);

    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    let answered = async |error: &str| {
        let departure = depart(&site).await;
        let answer = [("state", departure.query["state"].as_str()), ("error", error), ("error_description", "<b>")];
        come_back(&site.browser(), &departure.cookie, &answer).await
    };
    let declined = answered("access_denied").await;
    assert_refused(&declined, 403, "cancelled or refused there");
    assert!(!declined.body.contains("<b>"), "nobody else's words are on our page");
    assert_refused(&answered("temporarily_unavailable").await, 503, "cannot log anybody in at the moment");
    assert_refused(&answered("unauthorized_client").await, 502, "does not accept this site");
    for (status, error, expected) in [(401, "invalid_client", 502), (400, "invalid_grant", 400), (500, "", 503)] {
        let departure = depart(&site).await;
        pretender.sends(status, &json!({"error": error}));
        let answer = [("state", departure.query["state"].as_str()), ("code", "code")];
        let reply = come_back(&site.browser(), &departure.cookie, &answer).await;
        assert_eq!(reply.status, expected, "{error}: {}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_passwords_there_is_one_way_in_and_a_way_out_that_stays_out() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |wishes| wishes.local_log_in = false).await;
    let guest = site.browser();
    let login = guest.open("/auth/login?next=/letters").await;
    assert_eq!((login.status, login.location()), (303, "/auth/oidc?next=%2Fletters"));
    Departure::of(&guest.open(login.location()).await);
    assert_eq!(guest.open("/auth/register").await.location(), "/auth/login");
    for path in ["/auth/login", "/auth/register"] {
        let fields = [("username", "foo"), ("password", PASSWORD), ("email", "foo@example.org")];
        let reply = send(guest.ask(Method::POST, path).form(&fields)).await;
        reply.assert_problem(403, "This site has no passwords. Log in with your institution");
    }
    assert_eq!(guest.get("/auth/reset/some-link").await.status, 403);

    let jane = super::visitor::logged_in(&site, &pretender, "jane").await;
    let out = send(jane.ask(Method::POST, "/auth/logout")).await;
    assert_eq!(out.location(), "/auth/logged-out");
    let page = guest.open("/auth/logged-out").await;
    page.assert_page(200, &["You are logged out", "Log out of University login", "/end?client_id=letters"]);

    // A form whose session is over is kept on the page while its owner logs in beside it.
    let over = jane.submit("/model/query", &[("Job Title", "Chef de rang")]).await;
    over.assert_page(401, &["in another tab", "Chef de rang", "Go on"]);
    assert!(!over.body.contains("name=\"password\""), "{}", over.body);
    let jane = super::visitor::logged_in(&site, &pretender, "jane").await;
    let cookies = format!("access_token_cookie={}; csrf_access_token={}", jane.access, jane.csrf);
    let gone_on = guest.ask(Method::POST, "/model/query").header("cookie", cookies).header("accept", "text/html");
    let gone_on = send(gone_on.form(&[("Job Title", "Chef de rang")])).await;
    gone_on.assert_page(401, &["Chef de rang", "Nothing has been sent yet", &jane.csrf]);
}
