//! Access tokens over HTTP: each refusal of the contract with its status and words, and CSRF.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD, send};
use crate::site::{Wishes, clock_at_noon, signing_key, site, site_with};

fn forge(payload: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(&signing_key());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), payload, &key).expect("signs")
}

fn claims(changes: &Value) -> Value {
    let noon = 1_795_435_200;
    let mut claims = json!({"fresh": false, "iat": noon, "jti": "forged", "type": "access", "sub": "1", "nbf": noon, "csrf": "proof", "exp": noon + 3600});
    for (name, value) in changes.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    claims
}

async fn check(browser: &Browser, token: &str, status: u16, message: &str) {
    let browser = browser.with_session(token, "proof");
    send(browser.ask_signed(Method::PUT, "/user/update")).await.assert_problem(status, message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_refused_in_the_documented_order() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let guest = site.browser();
    send(guest.ask(Method::PUT, "/user/update")).await.assert_problem(401, "Missing cookie \"access_token_cookie\"");
    let nonsense = guest.with_session("nonsense", "");
    send(nonsense.ask(Method::PUT, "/user/update")).await.assert_problem(401, "Missing CSRF token");
    send(nonsense.ask(Method::PUT, "/user/update").header("x-csrf-token", ""))
        .await
        .assert_problem(401, "Missing CSRF token");
    check(&guest, "nonsense", 422, "Not enough segments").await;
    check(&guest, "a.e30.e30", 422, "Invalid header padding").await;
    check(&guest, "eyJhbGciOiJub25lIn0.e30.", 422, "The specified alg value is not allowed").await;
    check(&guest, &format!("{}x", student.access), 422, "Signature verification failed").await;
    let noon = 1_795_435_200;
    check(&guest, &forge(&claims(&json!({"exp": noon}))), 401, "Token has expired").await;
    check(&guest, &forge(&claims(&json!({"nbf": noon + 31}))), 422, "The token is not yet valid (nbf)").await;
    check(&guest, &forge(&claims(&json!({"iat": noon + 31}))), 422, "The token is not yet valid (iat)").await;
    let ahead = claims(&json!({"nbf": noon + 30, "iat": noon + 30}));
    assert_eq!(guest.with_session(&forge(&ahead), "proof").get("/user/profile").await.status, 200, "clocks differ");
    check(&guest, &forge(&claims(&json!({"sub": 1}))), 422, "Subject must be a string").await;
    check(&guest, &forge(&claims(&json!({"sub": null}))), 422, "Missing claim: sub").await;
    check(&guest, &forge(&claims(&json!({"csrf": "other"}))), 401, "CSRF double submit tokens do not match").await;
    check(&guest, &forge(&claims(&json!({"csrf": null}))), 422, "Missing claim: csrf").await;
    check(&guest, &forge(&claims(&json!({"type": "refresh"}))), 422, "Only non-refresh tokens are allowed").await;
    check(&guest, &forge(&claims(&json!({"sub": "42"}))), 401, "Error loading the user 42").await;
    clock.advance(SignedDuration::from_secs(3600));
    student.get("/user/protected").await.assert_problem(401, "Token has expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_needs_no_csrf_proof_and_writing_takes_header_or_field() {
    let site = site().await;
    let student = site.student("foo").await;
    assert_eq!(student.get("/user/profile").await.status, 200);
    let fields = [("username", "foo"), ("email", "x@example.org")];
    send(student.ask(Method::PUT, "/user/update").form(&fields)).await.assert_problem(401, "Missing CSRF token");
    assert_eq!(send(student.ask_signed(Method::PUT, "/user/update").form(&fields)).await.status, 200);
    let fields = [fields[0], fields[1], ("password", PASSWORD)];
    assert_eq!(student.submit("/user/update", &fields).await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_sites_cannot_act_for_a_student() {
    let site = site().await;
    let student = site.student("foo").await;
    for path in ["/auth/logout", "/auth/login", "/user/delete"] {
        let forged = student.ask_signed(Method::POST, path).header("sec-fetch-site", "cross-site");
        send(forged).await.assert_problem(403, "This request came from another site");
    }
    assert_eq!(student.get("/user/profile").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_from_before_a_change_of_all_sessions_are_refused() {
    let site = site().await;
    let student = site.student("foo").await;
    sqlx::query("UPDATE users SET tokens_valid_after = now() + interval '5 seconds'")
        .execute(&site.db)
        .await
        .expect("updates");
    student.get("/user/profile").await.assert_problem(401, "Token has been revoked");
}
