//! Accounts of people who log in at the provider.

use serde_json::{Value, json};

use super::pretender::Pretender;
use super::site_of;
use super::visitor::{Departure, come_back, depart, log_in, logged_in};
use crate::browser::{Browser, PASSWORD, Reply};
use crate::site::Site;

async fn events(site: &Site) -> String {
    let all = "SELECT string_agg(user_id || ' ' || event, ', ' ORDER BY id) FROM audit_events";
    sqlx::query_scalar::<_, String>(all).fetch_one(&site.db).await.expect("the query is fine")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_log_in_makes_an_account_and_later_ones_find_it() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    site.browser().open("/auth/login").await.assert_page(200, &["Log in with University login", "With a password"]);
    let departure = depart(&site).await;
    let said = |name: &str| departure.query[name].as_str();
    assert!(departure.page.as_str().starts_with(&format!("{}/authorize?tenant=uni&", pretender.issuer)));
    assert_eq!((said("response_type"), said("client_id"), said("scope")), ("code", "letters", "openid profile email"));
    assert_eq!(said("redirect_uri"), format!("{}/auth/oidc/callback", site.url));
    assert_eq!((said("code_challenge_method"), said("code_challenge").len()), ("S256", 43));

    let jane = logged_in(&site, &pretender, "jane").await;
    assert!(pretender.asked().contains("code_verifier="), "{}", pretender.asked());
    let profile = jane.open("/user/profile").await;
    profile.assert_page(200, &["jane@uni.example", "You log in to this account with University login."]);
    assert!(!profile.body.contains("type=\"password\""), "who has no password is not asked for one");
    // The person is the same whatever they are called by now.
    let renamed = |claims: &mut Value| claims["email"] = "jane@other.example".into();
    let again = log_in(&site, &pretender, "jane", renamed).await;
    assert_eq!(again.status, 303);
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);
    let expected = "1 registered, 1 logged-in-at-provider, 1 logged-in-at-provider";
    assert_eq!(events(&site).await, expected);
    // Nobody logs in to it with a password, not even an empty one.
    for password in ["", PASSWORD] {
        let fields = [("username", "jane"), ("password", password)];
        assert_eq!(site.browser().submit("/auth/login", &fields).await.status, 401);
    }
    assert_eq!(jane.submit("/user/delete", &[]).await.location(), "/", "soon after logging in that shows who it is");
    assert_eq!(site.count("SELECT count(*) FROM identities").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_logged_in_long_ago_logs_in_again_before_the_account_is_deleted() {
    let pretender = Pretender::start().await;
    let clock = crate::site::clock_at_noon();
    let site = site_of(&pretender, |wishes| wishes.clock = Some(clock.clone())).await;
    let jane = logged_in(&site, &pretender, "jane").await;
    clock.advance(jiff::SignedDuration::from_mins(11));
    for path in ["/user/delete", "/user/update"] {
        let fields = [("username", "jane"), ("email", "jane@else.example")];
        jane.submit(path, &fields).await.assert_page(422, &["Log out and log in again first"]);
    }
    assert_eq!(site.count("SELECT count(*) FROM users WHERE email = 'jane@uni.example'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_taken_gets_a_number_and_an_address_that_is_missing_is_told() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    site.student("jane").await;
    logged_in(&site, &pretender, "jane").await;
    assert_eq!(site.count("SELECT count(*) FROM users WHERE username = 'jane-2'").await, 1);
    let nameless = log_in(&site, &pretender, "john", |claims| claims["email"] = Value::Null).await;
    nameless.assert_page(409, &["does not tell this site your e-mail address"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_no_admitted_group_reads_why_and_gets_no_account() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |wishes| {
        wishes.oidc.oidc_admitted_group = ["students", "staff"].map(str::to_owned).to_vec();
        wishes.oidc.oidc_refusal = "Ask the careers service <careers@uni.example>.".to_owned();
    })
    .await;
    for groups in [json!(["alumni"]), json!([]), Value::Null] {
        let reply = log_in(&site, &pretender, "jane", |claims| claims["groups"] = groups).await;
        reply.assert_page(403, &["Ask the careers service &#60;careers@uni.example&#62;.", "with another account"]);
    }
    assert_eq!(site.count("SELECT count(*) FROM users").await, 0);
    assert_eq!(events(&site).await, "0 not-admitted, 0 not-admitted, 0 not-admitted");
    logged_in(&site, &pretender, "jane").await;
    let left = log_in(&site, &pretender, "jane", |claims| claims["groups"] = json!(["alumni"])).await;
    assert_eq!(left.status, 403);
    assert!(events(&site).await.ends_with("1 not-admitted"), "a known person is named by number");
}

/// The owner of an account links it with `name` at the provider.
async fn link(pretender: &Pretender, owner: &Browser, password: &str, name: &str) -> Reply {
    let forward = owner.submit("/user/oidc/link", &[("password", password)]).await;
    if forward.status != 200 {
        return forward;
    }
    let (_, page) = forward.body.split_once("content=\"0; url=").expect("it leads on");
    let page = page.split('"').next().expect("it ends").replace("&#38;", "&").replace("&amp;", "&");
    let departure = Departure::to(&page, &forward.cookie("oidc_browser"));
    pretender.says(&pretender.claims(name, departure.nonce()));
    come_back(owner, &departure.cookie, &[("state", &departure.query["state"]), ("code", "code")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_linked_by_its_owner_and_never_by_its_address() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    let owner = site.student("jane").await;
    let address = |claims: &mut Value| claims["email"] = "jane@example.org".into();
    let taken = log_in(&site, &pretender, "jane", address).await;
    taken.assert_page(409, &["log in with its password and link it with University login"]);

    let wrong = link(&pretender, &owner, "Wrong2024!", "jane").await;
    wrong.assert_page(422, &["This is not the password of this account"]);
    let linked = link(&pretender, &owner, PASSWORD, "jane").await;
    assert_eq!((linked.status, linked.location()), (303, "/user/profile?updated=linked"), "{}", linked.body);
    let same = log_in(&site, &pretender, "jane", address).await;
    assert_eq!(same.status, 303, "{}", same.body);
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);

    let other = site.student("john").await;
    link(&pretender, &other, PASSWORD, "jane")
        .await
        .assert_page(409, &["Nothing was linked", "is linked with another one"]);
    let gone = owner.submit("/user/oidc/unlink", &[("password", PASSWORD)]).await;
    assert_eq!(gone.location(), "/user/profile?updated=unlinked");
    assert_eq!(link(&pretender, &other, PASSWORD, "jane").await.status, 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_was_begun_by_another_account_is_not_made() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |_| {}).await;
    let (jane, john) = (site.student("jane").await, site.student("john").await);
    let forward = jane.submit("/user/oidc/link", &[("password", PASSWORD)]).await;
    let (_, page) = forward.body.split_once("content=\"0; url=").expect("it leads on");
    let page = page.split('"').next().expect("it ends").replace("&#38;", "&").replace("&amp;", "&");
    let departure = Departure::to(&page, &forward.cookie("oidc_browser"));
    pretender.says(&pretender.claims("jane", departure.nonce()));
    let answer = [("state", departure.query["state"].as_str()), ("code", "code")];
    come_back(&john, &departure.cookie, &answer).await.assert_page(403, &["Nothing was linked"]);
    assert_eq!(site.count("SELECT count(*) FROM identities").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verified_address_takes_its_account_over_only_where_the_site_says_so() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |wishes| wishes.oidc.oidc_link_by_verified_email = true).await;
    // Somebody who is not Jane may have registered with her address.
    let earlier = site.student("jane").await;
    let with = |is_verified: bool| {
        move |claims: &mut Value| {
            claims["email"] = "JANE@example.org".into();
            claims["email_verified"] = is_verified.into();
        }
    };
    assert_eq!(log_in(&site, &pretender, "jane", with(false)).await.status, 409);
    let owner = log_in(&site, &pretender, "jane", with(true)).await;
    assert_eq!(owner.status, 303, "{}", owner.body);
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(site.browser().log_in("jane").await.status, 401, "the password is void");
    assert!(events(&site).await.contains("1 linked-by-email, 1 logged-in-at-provider"));
    drop(earlier);
}
