//! Passwords and sessions: changing, ending, setting anew, and what an administrator can do.

use clap::Parser as _;
use jiff::SignedDuration;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use webapp::administer::Administer;

use crate::browser::{Browser, PASSWORD, send};
use crate::site::{Site, Wishes, clock_at_noon, site, site_with};

const NEW: &str = "a passphrase of many words";

pub async fn administer(site: &Site, words: &[&str]) -> anyhow::Result<String> {
    let url = site.config.database_url.expose_secret();
    let arguments = ["admin", "--database-url", url].into_iter().chain(words.iter().copied());
    Administer::try_parse_from(arguments).expect("is a command").run().await
}

async fn log_in_with(site: &Site, username: &str, password: &str) -> u16 {
    let fields = [("username", username), ("password", password)];
    send(site.browser().ask(Method::POST, "/auth/login").form(&fields)).await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_password_ends_all_other_sessions() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut thief = owner.clone();
    thief.log_in("foo").await;
    let change = |current, new| {
        let owner = owner.clone();
        async move { owner.submit("/user/password", &[("password", current), ("new_password", new)]).await }
    };
    change("wrong", NEW)
        .await
        .assert_page(422, &["This is not the password of this account", "current-password-error"]);
    change(PASSWORD, "short").await.assert_page(422, &["new-password-error"]);
    let changed = change(PASSWORD, NEW).await;
    assert_eq!((changed.status, changed.location()), (303, "/user/profile?updated=password"));
    thief.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    owner.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    let now = owner.with_session(&changed.cookie("access_token_cookie"), &changed.cookie("csrf_access_token"));
    now.open(changed.location()).await.assert_page(200, &["Your password is changed"]);
    assert_eq!((log_in_with(&site, "foo", PASSWORD).await, log_in_with(&site, "foo", NEW).await), (401, 303));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_listed_and_end_one_by_one_or_all_at_once() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut phone = owner.clone();
    phone.log_in("foo").await;
    let page = owner.open("/user/profile").await;
    page.assert_page(200, &["Where you are logged in", "this session", "last used"]);
    let ids: Vec<_> =
        page.body.split("name=\"session\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), 2);
    let own = page.body.find("this session").expect("is shown");
    let other = ids.iter().find(|id| page.body[own..].find(**id).is_none_or(|at| at > 400)).expect("there is another");
    let stranger = site.student("bar").await;
    assert_eq!(stranger.submit("/user/sessions/end", &[("session", other)]).await.status, 404);
    assert_eq!(owner.submit("/user/sessions/end", &[("session", other)]).await.status, 303);
    phone.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    assert_eq!(owner.get("/user/protected").await.status, 200);

    phone.log_in("foo").await;
    let ended = owner.submit("/user/sessions/end", &[]).await;
    assert_eq!((ended.status, ended.location(), ended.cookies().len()), (303, "/auth/login", 4));
    for browser in [&owner, &phone] {
        browser.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    }
    assert_eq!(stranger.get("/user/protected").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_cookie_does_not_carry_off_the_account() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let form = [("username", "mine"), ("email", "x@example.org")];
    student.submit("/user/update", &form).await.assert_page(422, &["This is not the password of this account"]);
    clock.advance(SignedDuration::from_mins(11));
    let put =
        |fields: Vec<(&'static str, &'static str)>| send(student.ask_signed(Method::PUT, "/user/update").form(&fields));
    put(form.to_vec()).await.assert_problem(422, "This is not the password of this account");
    let delete = send(student.ask_signed(Method::DELETE, "/user/delete")).await;
    delete.assert_problem(422, "This is not the password of this account");
    assert_eq!(put([form.to_vec(), vec![("password", PASSWORD)]].concat()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_set_anew_through_a_link_that_works_once() {
    let site = site().await;
    let student = site.student("foo").await;
    let link = async || administer(&site, &["reset-link", "FOO", "--site", "https://x/"]).await.expect("is made");
    let void = link().await;
    let link = link().await;
    let path = |link: &str| link.trim().strip_prefix("https://x").expect("names the site").to_owned();
    site.browser().open(&path(&void)).await.assert_page(404, &["This link has been used or has expired"]);
    site.browser().open(&path(&link)).await.assert_page(200, &["Choose a new password"]);
    let set = async |password| site.browser().submit(&path(&link), &[("new_password", password)]).await;
    set("short").await.assert_page(422, &["There is a problem"]);
    assert_eq!(set(NEW).await.location(), "/auth/login");
    assert_eq!(set(NEW).await.status, 404);
    student.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    assert_eq!(log_in_with(&site, "foo", NEW).await, 303);
    let secret = path(&link);
    let secret = secret.rsplit('/').next().expect("has one");
    let kept: Vec<String> =
        sqlx::query_scalar("SELECT token_hash FROM password_resets").fetch_all(&site.db).await.expect("selects");
    assert!(!kept.iter().any(|hash| hash.contains(secret)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_disables_limits_and_reads_what_happened() {
    let site = site().await;
    let student = site.student("foo").await;
    administer(&site, &["quota", "foo", "1"]).await.expect("sets");
    student.ask_for_letter().await;
    assert_eq!(send(student.query(&crate::browser::EXAMPLE)).await.status, 429);
    administer(&site, &["disable", "foo"]).await.expect("disables");
    student.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    let refused = site.browser().submit("/auth/login", &[("username", "foo"), ("password", PASSWORD)]).await;
    refused.assert_page(401, &["This account is disabled"]);
    assert_eq!(log_in_with(&site, "foo", "wrong").await, 401, "only its owner learns that");
    let list = administer(&site, &["list"]).await.expect("lists");
    assert!(list.contains("foo") && list.contains("disabled"), "{list}");
    administer(&site, &["enable", "foo"]).await.expect("enables");
    assert_eq!(log_in_with(&site, "foo", PASSWORD).await, 303);
    let audit = administer(&site, &["audit", "foo"]).await.expect("reads");
    for event in ["registered", "logged-in", "admin-quota-set", "admin-disabled", "log-in-failed", "admin-enabled"] {
        assert!(audit.contains(event), "{event} is missing in {audit}");
    }
    assert!(!audit.contains("foo"), "an account is its number: {audit}");
    let error = administer(&site, &["disable", "nobody"]).await.expect_err("there is no such account");
    assert!(error.to_string().contains("webapp admin list"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logging_out_without_the_database_says_that_it_failed() {
    let (site, postgres) = crate::site::site_with_own_database().await;
    let student = site.student("foo").await;
    postgres.stop().await.expect("stops");
    let reply = send(student.ask(Method::POST, "/auth/logout")).await;
    assert_eq!((reply.status, reply.cookies().len()), (503, 0));
    postgres.resume().await.expect("comes back");
    assert_eq!(student.get("/user/protected").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_would_drop_the_cookies_is_told() {
    let site = site().await;
    site.student("foo").await;
    let log_in = |origin: &'static str| {
        let browser: Browser = site.browser();
        let request =
            browser.ask(Method::POST, "/auth/login").header("origin", origin).header("sec-fetch-site", "same-origin");
        send(request.form(&[("username", "foo"), ("password", PASSWORD)]))
    };
    let told = log_in("http://10.0.0.5:30080").await;
    told.assert_page(401, &["this address is not secure"]);
    assert_eq!(told.cookies().len(), 0);
    assert_eq!(log_in("https://letters.example").await.status, 303);
    assert_eq!(log_in("http://localhost:8080").await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_of_a_later_version_disturbs_nobody() {
    let site = site().await;
    assert_eq!(site.student("foo").await.get("/letters").await.status, 200);
    for table in ["users", "letters", "sessions", "buckets", "drafts"] {
        let change = sqlx::AssertSqlSafe(format!("ALTER TABLE {table} ADD COLUMN later text"));
        sqlx::query(change).execute(&site.db).await.expect("alters");
    }
    let mut student = site.browser();
    assert_eq!(student.log_in("foo").await.status, 303);
    for path in ["/letters", "/user/protected", "/user/profile"] {
        assert_eq!(student.get(path).await.status, 200, "{path}");
    }
    student.ask_for_letter().await;
}
