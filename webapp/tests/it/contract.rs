//! The documented contract, row by row (C1 to C14).

use reqwest::Method;
use serde_json::json;

use crate::browser::{EXAMPLE, PASSWORD, send};
use crate::site::{Wishes, site, site_with};
use crate::worker::{self, LETTER};

const REDIRECT: &str = "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You \
    should be redirected automatically to the target URL: <a href=\"/user/protected\">/user/protected</a>. If not, click \
    the link.\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c1_to_c4_the_open_pages_are_there() {
    let site = site().await;
    let browser = site.browser();
    let home = browser.get("/").await;
    home.assert_page(
        200,
        &["<html lang=\"en\">", "<title>Cover Letter Writer. </title>", "/auth/register", "/auth/login"],
    );
    assert!(home.body.starts_with("<!DOCTYPE html>"), "{}", home.body);
    browser.get("/auth/register").await.assert_page(200, &["<title>Register</title>"]);
    browser.get("/auth/login").await.assert_page(200, &["<title>Login</title>"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c3_the_documented_registration_creates_a_user() {
    let site = site().await;
    let browser = site.browser();
    let form = "username=foo&password=Bar2024%21&email=foobar%40gmail%2Ecom";
    let register = |form: &'static str| {
        let request = browser.ask(Method::POST, "/auth/register");
        send(request.header("content-type", "application/x-www-form-urlencoded").body(form))
    };
    register(form).await.assert_page(200, &["Created user successfully"]);
    register(form)
        .await
        .assert_page(422, &["Username is taken", "There is a problem", "<title>Error: Register</title>"]);
    let bad = register("username=x&password=weak&email=nonsense").await;
    bad.assert_page(
        422,
        &["Password must be at least 8 characters", "E-mail must be an address", "value=\"nonsense\""],
    );
    assert!(!bad.body.contains("weak"), "a password is never shown again");
    let taken_email = register("username=bar&password=Bar2024%21&email=FOOBAR%40gmail.com").await;
    taken_email.assert_page(422, &["could not be saved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5_logging_in_redirects_and_sets_two_cookies() {
    let site = site().await;
    let mut browser = site.browser();
    browser.register("foo").await;
    let reply = browser.log_in("foo").await;
    assert!([302, 303].contains(&reply.status), "{}", reply.status);
    assert_eq!((reply.location(), reply.body.as_str()), ("/user/protected", REDIRECT));
    let cookies = reply.cookies();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    assert!(
        cookies[0].starts_with("access_token_cookie=ey")
            && cookies[0].ends_with("; Secure; HttpOnly; Path=/; SameSite=Lax")
    );
    assert!(cookies[1].starts_with("csrf_access_token=") && cookies[1].ends_with("; Secure; Path=/; SameSite=Lax"));
    let plain = site_with(Wishes { secure_cookies: false, ..Wishes::default() }).await;
    let mut browser = plain.browser();
    browser.register("foo").await;
    assert!(browser.log_in("foo").await.cookies().iter().all(|cookie| !cookie.contains("Secure")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c5e_wrong_credentials_are_told_on_a_page_without_cookies() {
    let site = site().await;
    let browser = site.browser();
    browser.register("foo").await;
    for fields in [[("username", "foo"), ("password", "wrong")], [("username", "nobody"), ("password", "Bar2024!")]] {
        let reply = send(browser.ask(Method::POST, "/auth/login").form(&fields)).await;
        reply.assert_page(401, &["Incorrect username or password", "<title>Error: Login</title>"]);
        assert!(reply.cookies().is_empty());
    }
    let next = [("username", "foo"), ("password", "Bar2024!"), ("next", "/letters")];
    assert_eq!(send(browser.ask(Method::POST, "/auth/login").form(&next)).await.location(), "/letters");
    let away = [("username", "foo"), ("password", "Bar2024!"), ("next", "//evil.example")];
    assert_eq!(send(browser.ask(Method::POST, "/auth/login").form(&away)).await.location(), "/user/protected");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c6_the_protected_page_holds_the_query_form() {
    let site = site().await;
    let page = site.student("foo").await.get("/user/protected").await;
    page.assert_page(
        200,
        &[
            "<title>Cover Letter Writer.</title>",
            "<h1>Cover Letter Writer.</h1>",
            "<link rel=\"stylesheet\" href=\"/static/css/styles.css\">",
            "<a class=\"btn\" href=\"/user/profile\">View Profile</a>",
            "action=\"/model/query\"",
        ],
    );
    for (name, _) in EXAMPLE {
        assert!(page.body.contains(&format!("name=\"{name}\"")), "{name}");
    }
    assert_eq!(page.header("cache-control"), "no-store");
    site.browser().get("/user/protected").await.assert_problem(401, "Missing cookie \"access_token_cookie\"");
    let opened = site.browser().open("/user/protected").await;
    assert_eq!((opened.status, opened.location()), (303, "/auth/login?next=/user/protected"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c7_and_c8_the_profile_is_shown_and_changed() {
    let site = site().await;
    let student = site.student("foo").await;
    student
        .get("/user/profile")
        .await
        .assert_page(200, &["foo@example.org", "value=\"foo\"", "id=\"update\"", "id=\"delete\""]);
    let update =
        |fields: [(&'static str, &'static str); 2]| send(student.ask_signed(Method::PUT, "/user/update").form(&fields));
    let reply = update([("username", "foo"), ("email", "foobar@gmail.coem")]).await;
    assert_eq!((reply.status, reply.json()), (200, json!({"updateMsg": "User information updated."})));
    student.get("/user/profile").await.assert_page(200, &["foobar@gmail.coem"]);
    let bad = update([("username", "foo"), ("email", "x")]).await;
    bad.assert_problem(422, "E-mail must be an address, for example name@example.org");
    let form = student
        .submit("/user/update", &[("username", "food"), ("email", "x@example.org"), ("password", PASSWORD)])
        .await;
    assert_eq!((form.status, form.location()), (303, "/user/profile?updated=1"));
    student.get("/user/profile").await.assert_page(200, &["value=\"food\""]);
    student
        .submit("/user/update", &[("username", ""), ("email", "x@example.org")])
        .await
        .assert_page(422, &["There is a problem"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c9_a_query_blocks_until_the_letter_is_there() {
    let site = site().await;
    let student = site.student("foo").await;
    let asked = tokio::spawn(send(student.query(&EXAMPLE)));
    let request = worker::only_request(&site.requests).await;
    assert!(!asked.is_finished());
    worker::serve(&site.requests, request).await;
    let reply = asked.await.expect("does not panic");
    assert_eq!((reply.status, reply.json()), (200, json!({"modelOutput": LETTER})));
    assert!(reply.body.ends_with("}\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c10_deleting_the_account_leads_home_and_ends_the_login() {
    let site = site().await;
    let student = site.student("foo").await;
    let reply = send(student.ask_signed(Method::DELETE, "/user/delete")).await;
    assert_eq!((reply.status, reply.location(), reply.cookies().len()), (303, "/", 4));
    assert_eq!(reply.header("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
    assert_eq!(student.clone().log_in("foo").await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c11_logging_out_needs_no_cookie_and_revokes_the_token() {
    let site = site().await;
    let anonymous = send(site.browser().ask(Method::POST, "/auth/logout")).await;
    assert_eq!((anonymous.status, anonymous.location(), anonymous.cookies().len()), (303, "/", 4));
    assert!(anonymous.body.contains("<a href=\"/\">/</a>"));
    let student = site.student("foo").await;
    send(student.ask(Method::POST, "/auth/logout")).await;
    student.get("/user/protected").await.assert_problem(401, "Token has been revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c12_the_stylesheet_is_served_and_cached() {
    let site = site().await;
    let browser = site.browser();
    let styles = browser.get("/static/css/styles.css").await;
    assert_eq!(styles.status, 200);
    assert!(styles.header("content-type").starts_with("text/css"));
    let again =
        send(browser.ask(Method::GET, "/static/css/styles.css").header("if-none-match", styles.header("etag"))).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(browser.get("/static/../Cargo.toml").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c13_what_does_not_exist_is_told_to_people_and_programs() {
    let site = site().await;
    let browser = site.browser();
    browser.get("/nothing").await.assert_problem(404, "There is nothing here");
    let page = browser.open("/nothing").await;
    page.assert_page(404, &["Page not found", page.header("x-request-id")]);
    let wrong = send(browser.ask(Method::DELETE, "/auth/login")).await;
    wrong.assert_problem(405, "This method is not allowed here");
    assert_eq!(wrong.header("allow"), "GET,HEAD,POST");
    let large = send(browser.ask(Method::POST, "/auth/login").form(&[("username", "x".repeat(600_000))])).await;
    large.assert_problem(413, "This is too large; a form may have 512 KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_strict_policy() {
    let site = site().await;
    let browser = site.browser();
    for path in ["/", "/nothing", "/user/protected", "/static/css/styles.css"] {
        let reply = browser.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(
            (reply.header("x-content-type-options"), reply.header("referrer-policy")),
            ("nosniff", "same-origin")
        );
    }
}
