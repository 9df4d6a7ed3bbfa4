//! What a site that is for HTTPS tells browsers: to come by nothing else, and which cookies are its own alone.

use reqwest::Method;

use crate::browser::{PASSWORD, send};
use crate::site::{Wishes, site, site_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browsers_are_told_to_come_by_https_where_cookies_are_secure() {
    let (secure, plain) = (site().await, site_with(Wishes { secure_cookies: false, ..Wishes::default() }).await);
    for path in ["/", "/nothing", "/user/protected", "/static/css/styles.css"] {
        let header = "strict-transport-security";
        assert_eq!(secure.browser().get(path).await.header(header), "max-age=31536000", "{path}");
        assert_eq!(plain.browser().get(path).await.header(header), "", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_can_be_named_so_that_no_neighbour_can_set_them() {
    let site = site_with(Wishes { host_cookies: true, ..Wishes::default() }).await;
    let browser = site.browser();
    browser.register("foo").await;
    let fields = [("username", "foo"), ("password", PASSWORD)];
    let reply = send(browser.ask(Method::POST, "/auth/login").form(&fields)).await;
    let (token, proof) = (reply.cookie("__Host-access_token_cookie"), reply.cookie("__Host-csrf_access_token"));
    assert!(reply.cookies().iter().all(|cookie| cookie.contains("; Secure;") && cookie.contains("; Path=/;")));
    assert_eq!((reply.cookies().len(), token.is_empty(), proof.is_empty()), (2, false, false));

    let ask = |method, path, name: &str| browser.ask(method, path).header("cookie", format!("{name}={token}"));
    let own = "__Host-access_token_cookie";
    send(ask(Method::GET, "/user/profile", own)).await.assert_page(200, &["foo@example.org"]);
    send(ask(Method::GET, "/user/profile", "access_token_cookie"))
        .await
        .assert_problem(401, "Missing cookie \"__Host-access_token_cookie\"");
    let changed = ask(Method::PUT, "/user/update", own).header("x-csrf-token", &proof);
    let changed = send(changed.form(&[("username", "bar"), ("email", "bar@example.org")])).await;
    assert_eq!(changed.json()["updateMsg"], "User information updated.");
    let out = send(ask(Method::POST, "/auth/logout", own)).await;
    assert!(out.cookies().iter().all(|cookie| cookie.starts_with("__Host-")), "{:?}", out.cookies());
    send(ask(Method::GET, "/user/profile", own)).await.assert_problem(401, "Token has been revoked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_secure_cookies_their_names_are_those_that_browsers_take() {
    let wishes = Wishes { secure_cookies: false, host_cookies: true, ..Wishes::default() };
    let site = site_with(wishes).await;
    let mut browser = site.browser();
    browser.register("foo").await;
    let reply = browser.log_in("foo").await;
    assert!(reply.cookies().iter().all(|cookie| !cookie.starts_with("__Host-")), "{:?}", reply.cookies());
    assert_eq!(browser.get("/user/profile").await.status, 200);
}
