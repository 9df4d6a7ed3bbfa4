//! Passkeys that neither are added nor log in.

use fixtures::authenticator::{Authenticator, encode};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::Value;

use super::visitor::{HOST, ORIGIN, add, add_this, ask, ask_for_one, at, log_in, logged_in, show};
use crate::browser::{PASSWORD, send};
use crate::site::{Site, Wishes, clock_at_noon, site, site_with};

const REFUSED: &str = "This passkey did not log you in.";

async fn failures(site: &Site, event: &str) -> i64 {
    let all = "SELECT count(*) FROM audit_events WHERE event = $1";
    sqlx::query_scalar(all).bind(event).fetch_one(&site.db).await.expect("the query is fine")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_needs_a_name_and_the_password_before_an_authenticator_is_asked() {
    let site = site().await;
    let owner = site.student("foo").await;
    let check = async |name: &str, password: &str, why: &str| {
        ask_for_one(&owner, &[("name", name), ("password", password)]).await.assert_problem(422, why);
    };
    check("", PASSWORD, "Name must not be empty").await;
    check(&"x".repeat(65), PASSWORD, "Name must be at most 64 characters").await;
    check("phone", "wrong", "This is not the password of this account").await;
    check("phone", "", "This is not the password of this account").await;
    // Nobody asked for this one.
    let options = ask(&site).await.options;
    let mut forged = options.clone();
    forged["rp"] = serde_json::json!({"id": HOST});
    forged["user"] = serde_json::json!({"id": encode(&[1; 32])});
    let made = Authenticator::default().create(&forged, ORIGIN);
    add_this(&owner, "phone", &made).await.assert_page(422, &["was begun in another window"]);
    add_this(&owner, "phone", &Value::Null).await.assert_page(422, &["This passkey could not be added"]);
    owner
        .submit("/user/passkeys", &[("name", "phone")])
        .await
        .assert_page(422, &["Passkeys need an address with a name"]);
    let without = at(owner.ask_signed(Method::POST, "/user/passkeys")).header("accept", "text/html");
    send(without.form(&[("name", "phone")])).await.assert_page(422, &["Adding one needs JavaScript"]);
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_passkey_is_of_the_session_that_asked_for_it_and_of_these_five_minutes() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let owner = site.student("foo").await;
    let mut elsewhere = owner.clone();
    elsewhere.log_in("foo").await;
    let fields = [("name", "phone"), ("password", PASSWORD)];
    let mut authenticator = Authenticator::default();
    let options = ask_for_one(&owner, &fields).await.json();
    let made = authenticator.create(&options, ORIGIN);
    for other in [&elsewhere, &site.student("bar").await] {
        add_this(other, "phone", &made).await.assert_page(422, &["was begun in another window"]);
    }
    // A second wish makes the first one void.
    let made = authenticator.create(&ask_for_one(&owner, &fields).await.json(), ORIGIN);
    let void = authenticator.create(&options, ORIGIN);
    add_this(&owner, "phone", &void).await.assert_page(422, &["was begun in another window"]);
    assert_eq!(add_this(&owner, "phone", &made).await.status, 303);
    add_this(&owner, "phone", &made).await.assert_page(422, &["was begun in another window"]);
    let late = Authenticator::default().create(&ask_for_one(&owner, &fields).await.json(), ORIGIN);
    clock.advance(SignedDuration::from_mins(5));
    add_this(&owner, "phone", &late).await.assert_page(422, &["longer than five minutes"]);
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_asked_before_add_no_twenty_first_passkey() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut elsewhere = owner.clone();
    elsewhere.log_in("foo").await;
    add(&owner, "phone").await;
    let more =
        "INSERT INTO passkeys SELECT gen_random_uuid(), user_id, decode(md5(n::text), 'hex'), rp_id, name, public_key,
        sign_count, false, false, added_at, NULL FROM passkeys, generate_series(2, 19) n";
    sqlx::query(more).execute(&site.db).await.expect("inserts");
    let asked = async |browser| {
        let options = ask_for_one(browser, &[("name", "key"), ("password", PASSWORD)]).await.json();
        Authenticator::default().create(&options, ORIGIN)
    };
    let (twentieth, beyond) = (asked(&owner).await, asked(&elsewhere).await);
    assert_eq!(add_this(&owner, "key", &twentieth).await.status, 303);
    add_this(&elsewhere, "key", &beyond).await.assert_page(422, &["There are 20 passkeys already"]);
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_passkey_is_added_while_a_password_is_set_anew() {
    let site = site().await;
    let owner = site.student("foo").await;
    let options = ask_for_one(&owner, &[("name", "key"), ("password", PASSWORD)]).await.json();
    let made = Authenticator::default().create(&options, ORIGIN);
    // What a reset link does, but for the end of the session, which this request has passed already.
    let mut reset = site.db.begin().await.expect("begins");
    sqlx::query("UPDATE users SET password_hash = 'another'").execute(&mut *reset).await.expect("updates");
    let commit = async {
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        crate::waiting::eventually("the request waits for the account", async || {
            (site.count(waiting).await > 0).then_some(())
        })
        .await;
        reset.commit().await.expect("commits");
    };
    let (added, ()) = tokio::join!(add_this(&owner, "key", &made), commit);
    added.assert_page(422, &["Your password was changed meanwhile"]);
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_in_is_good_once_in_its_own_browser_and_for_five_minutes() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let mut authenticator = add(&site.student("foo").await, "phone").await;
    let (asked, other) = (ask(&site).await, ask(&site).await);
    let said = authenticator.get(&asked.options, ORIGIN);
    show(&site, &other.cookie, &said, &[]).await.assert_page(401, &[REFUSED]);
    show(&site, "", &said, &[]).await.assert_page(401, &[REFUSED]);
    logged_in(&site, &show(&site, &asked.cookie, &said, &[]).await);
    show(&site, &asked.cookie, &said, &[]).await.assert_page(401, &[REFUSED]);
    let said = authenticator.get(&other.options, ORIGIN);
    clock.advance(SignedDuration::from_mins(5));
    show(&site, &other.cookie, &said, &[]).await.assert_page(401, &[REFUSED]);
    assert_eq!(failures(&site, "log-in-failed").await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_logs_in_under_the_name_that_it_was_made_under_alone() {
    let site = site().await;
    let mut authenticator = add(&site.student("foo").await, "phone").await;
    // Whoever chooses the name of a request has no passkey that was made under it.
    let under = async |authenticator: &mut Authenticator, host: &str, origin: &str| {
        let options = site.browser().ask(Method::POST, "/auth/passkey/options").header("host", host);
        let options = send(options).await;
        let said = authenticator.get(&options.json(), origin).to_string();
        let request = site.browser().ask(Method::POST, "/auth/passkey").header("host", host);
        let request = request.header("cookie", format!("oidc_browser={}", options.cookie("oidc_browser")));
        send(request.form(&[("credential", said)])).await.status
    };
    assert_eq!(under(&mut authenticator, "evil.example", "https://evil.example").await, 401);
    assert_eq!(under(&mut authenticator, "localhost:8080", "http://localhost:8080").await, 401);
    assert_eq!(under(&mut authenticator, HOST, "https://evil.example").await, 401);
    assert_eq!(under(&mut authenticator, HOST, "http://letters.example").await, 401);
    assert_eq!(under(&mut authenticator, HOST, ORIGIN).await, 303);
    let number = send(site.browser().ask(Method::POST, "/auth/passkey/options")).await;
    number.assert_problem(422, "Passkeys need an address with a name and https, not a number or plain http");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_has_signed_less_is_refused_and_recorded() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut authenticator = Authenticator { sign_count: 6, ..Authenticator::default() };
    let options = ask_for_one(&owner, &[("name", "key"), ("password", PASSWORD)]).await.json();
    assert_eq!(add_this(&owner, "key", &authenticator.create(&options, ORIGIN)).await.status, 303);
    logged_in(&site, &log_in(&site, &mut authenticator).await);
    authenticator.sign_count = 6;
    log_in(&site, &mut authenticator).await.assert_page(401, &[REFUSED]);
    assert_eq!(failures(&site, "passkey-perhaps-copied").await, 1);
    authenticator.sign_count = 8;
    logged_in(&site, &log_in(&site, &mut authenticator).await);
    assert_eq!(site.count("SELECT sign_count FROM passkeys").await, 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_counts_like_a_wrong_password_and_tells_nothing() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let mut authenticator = add(&site.student("foo").await, "phone").await;
    let mut stranger = Authenticator { handle: authenticator.handle.clone(), ..Authenticator::default() };
    authenticator.flags = 0;
    let unknown = log_in(&site, &mut stranger).await;
    unknown.assert_page(401, &[REFUSED]);
    for _ in 0..10 {
        let known = log_in(&site, &mut authenticator).await;
        assert_eq!((known.status, &known.body), (401, &unknown.body), "the same words");
    }
    authenticator.flags = 5;
    assert_eq!(log_in(&site, &mut authenticator).await.status, 429);
    let password = [("username", "foo"), ("password", PASSWORD)];
    assert_eq!(send(site.browser().ask(Method::POST, "/auth/login").form(&password)).await.status, 429);
    clock.advance(SignedDuration::from_secs(30));
    logged_in(&site, &log_in(&site, &mut authenticator).await);
    assert_eq!(failures(&site, "log-in-failed").await, 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_cannot_ask_for_passkeys_without_end_and_challenges_are_forgotten() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), sign_ins_per_minute: 2, ..Wishes::default() }).await;
    for _ in 0..10 {
        ask(&site).await;
    }
    let limited = send(at(site.browser().ask(Method::POST, "/auth/passkey/options"))).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "30"));
    assert_eq!(site.count("SELECT count(*) FROM passkey_challenges").await, 10);
    clock.advance(SignedDuration::from_mins(6));
    crate::waiting::eventually("they are forgotten", async || {
        (site.count("SELECT count(*) FROM passkey_challenges").await == 0).then_some(())
    })
    .await;
}
