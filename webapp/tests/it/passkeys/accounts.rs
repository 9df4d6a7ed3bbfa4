//! What becomes of passkeys with their accounts.

use fixtures::authenticator::decode;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::Value;

use super::visitor::{ORIGIN, add, add_this, ask, ask_for_one, at, log_in, logged_in, show};
use crate::browser::{Browser, PASSWORD, Reply, send};
use crate::oidc::pretender::Pretender;
use crate::oidc::{site_of, visitor as at_the_provider};
use crate::sessions::administer;
use crate::site::{Site, Wishes, clock_at_noon, site, site_with};

const REFUSED: &str = "This passkey did not log you in.";

async fn events(site: &Site) -> String {
    let all = "SELECT string_agg(user_id || ' ' || event, ', ' ORDER BY id) FROM audit_events";
    sqlx::query_scalar::<_, String>(all).fetch_one(&site.db).await.expect("the query is fine")
}

async fn remove(owner: &Browser, site: &Site, password: &str) -> Reply {
    let id: String =
        sqlx::query_scalar("SELECT id::text FROM passkeys").fetch_one(&site.db).await.expect("there is one");
    owner.submit("/user/passkeys/remove", &[("passkey", &id), ("password", password)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_by_its_owner_and_logs_in_without_a_name() {
    let site = site().await;
    let owner = site.student("foo").await;
    owner.open("/user/profile").await.assert_page(200, &["Passkeys", "id=\"add-passkey\"", "passkey.js"]);
    site.browser().open("/auth/login").await.assert_page(200, &["Log in with a passkey", "passkey.js"]);
    let mut authenticator = add(&owner, "Jane's phone").await;
    let page = owner.open("/user/profile").await;
    page.assert_page(200, &["Jane&#39;s phone", "not used yet", "id=\"remove\""]);
    assert_eq!(authenticator.handle.len(), 32, "random, and no number of an account");

    let reply = log_in(&site, &mut authenticator).await;
    let browser = logged_in(&site, &reply);
    assert_eq!(reply.cookies().len(), 2);
    browser.open("/user/profile").await.assert_page(200, &["foo@example.org", "last used"]);
    assert_eq!(events(&site).await, "1 registered, 1 logged-in, 1 passkey-added, 1 logged-in-by-passkey");
    let list = administer(&site, &["list"]).await.expect("lists");
    let line = list.lines().find(|line| line.contains("foo")).expect("is listed");
    assert_eq!(line.split_whitespace().nth(5), Some("1"), "{list}");
    let next = ask(&site).await;
    let said = authenticator.get(&next.options, ORIGIN);
    assert_eq!(show(&site, &next.cookie, &said, &[("next", "/letters")]).await.location(), "/letters");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authenticator_is_asked_for_what_it_has_not() {
    let site = site().await;
    let owner = site.student("foo").await;
    let authenticator = add(&owner, "phone").await;
    let options = ask_for_one(&owner, &[("name", "key"), ("password", PASSWORD)]).await.json();
    assert_eq!(decode(&options["excludeCredentials"][0]["id"]), authenticator.credential_id);
    assert_eq!(decode(&options["user"]["id"]), authenticator.handle, "one handle for all passkeys of an account");
    assert_eq!((&options["rp"]["id"], &options["user"]["name"]), (&"letters.example".into(), &Value::from("foo")));
    let twenty =
        "INSERT INTO passkeys SELECT gen_random_uuid(), user_id, decode(md5(n::text), 'hex'), rp_id, name, public_key,
        sign_count, false, false, added_at, NULL FROM passkeys, generate_series(2, 20) n";
    sqlx::query(twenty).execute(&site.db).await.expect("inserts");
    let full = ask_for_one(&owner, &[("name", "key"), ("password", PASSWORD)]).await;
    full.assert_problem(422, "There are 20 passkeys already; remove one first");
    let page = owner.open("/user/profile").await;
    assert!(!page.body.contains("id=\"add-passkey\""), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_waited_for_the_log_in_is_there_after_it() {
    let site = site().await;
    let mut authenticator = add(&site.student("foo").await, "phone").await;
    let waiting = [("kept-action", "/letters/1"), ("kept:letter", "Dear Ms Doe")];
    let asked = ask(&site).await;
    let said = authenticator.get(&asked.options, ORIGIN);
    show(&site, &asked.cookie, &said, &waiting).await.assert_page(200, &["Dear Ms Doe", "You are logged in again"]);
    let refused = show(&site, &asked.cookie, &said, &waiting).await;
    refused.assert_page(401, &[REFUSED, "value=\"Dear Ms Doe\""]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_removed_with_the_password_and_logs_nobody_in_any_more() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut authenticator = add(&owner, "phone").await;
    let stranger = site.student("bar").await;
    assert_eq!(remove(&stranger, &site, PASSWORD).await.status, 404);
    remove(&owner, &site, "wrong")
        .await
        .assert_page(422, &["This is not the password of this account", "removal-password-error"]);
    assert_eq!(log_in(&site, &mut authenticator).await.status, 303);
    let removed = remove(&owner, &site, PASSWORD).await;
    assert_eq!(
        (removed.status, removed.location()),
        (303, "/user/profile?updated=passkey-removed"),
        "{}",
        removed.body
    );
    log_in(&site, &mut authenticator).await.assert_page(401, &[REFUSED]);
    assert!(events(&site).await.ends_with("1 passkey-removed, 0 log-in-failed"), "{}", events(&site).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_account_is_not_logged_in_to_and_its_passkeys_wait() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut authenticator = add(&owner, "phone").await;
    administer(&site, &["disable", "foo"]).await.expect("disables");
    log_in(&site, &mut authenticator).await.assert_page(401, &["This account is disabled"]);
    administer(&site, &["enable", "foo"]).await.expect("enables");
    logged_in(&site, &log_in(&site, &mut authenticator).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logging_out_everywhere_and_a_new_password_of_the_owner_leave_passkeys() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let owner = site.student("foo").await;
    let mut authenticator = add(&owner, "phone").await;
    let browser = logged_in(&site, &log_in(&site, &mut authenticator).await);
    assert_eq!(owner.submit("/user/sessions/end", &[]).await.status, 303);
    browser.get("/user/protected").await.assert_problem(401, "Token has been revoked");
    // Sessions of the same second are ended too.
    clock.advance(SignedDuration::from_secs(2));
    let browser = logged_in(&site, &log_in(&site, &mut authenticator).await);
    let fields = [("password", PASSWORD), ("new_password", "a passphrase of many words")];
    let changed = browser.submit("/user/password", &fields).await;
    let now = browser.with_session(&changed.cookie("access_token_cookie"), &changed.cookie("csrf_access_token"));
    now.open(changed.location())
        .await
        .assert_page(200, &["Your passkeys still work; check that all of them are yours."]);
    logged_in(&site, &log_in(&site, &mut authenticator).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_set_anew_through_a_link_removes_passkeys() {
    let site = site().await;
    let mut authenticator = add(&site.student("foo").await, "phone").await;
    let link = administer(&site, &["reset-link", "foo"]).await.expect("is made");
    site.browser().open(link.trim()).await.assert_page(200, &["its passkeys are removed"]);
    logged_in(&site, &log_in(&site, &mut authenticator).await);
    let set = site.browser().submit(link.trim(), &[("new_password", "a passphrase of many words")]).await;
    assert_eq!(set.location(), "/auth/login");
    log_in(&site, &mut authenticator).await.assert_page(401, &[REFUSED]);
    assert!(events(&site).await.contains("1 passkey-removed, 1 password-reset"), "{}", events(&site).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys_are_in_the_export_and_go_with_the_account() {
    let site = site().await;
    let owner = site.student("foo").await;
    let mut authenticator = add(&owner, "phone").await;
    let archive = owner.ask(Method::GET, "/user/export.zip").send().await.expect("answers");
    let archive = std::io::Cursor::new(archive.bytes().await.expect("is sent"));
    let mut archive = zip::ZipArchive::new(archive).expect("is an archive");
    let passkeys: Value =
        serde_json::from_reader(archive.by_name("passkeys.json").expect("is there")).expect("is JSON");
    assert_eq!((&passkeys[0]["name"], &passkeys[0]["site"]), (&"phone".into(), &Value::from("letters.example")));
    assert!(passkeys[0]["addedAt"].is_string() && passkeys[0]["lastUsedAt"].is_null(), "{passkeys}");
    assert_eq!(owner.submit("/user/delete", &[("password", PASSWORD)]).await.location(), "/");
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 0);
    log_in(&site, &mut authenticator).await.assert_page(401, &[REFUSED]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_passkey_is_of_two_accounts() {
    let site = site().await;
    let mut authenticator = add(&site.student("foo").await, "phone").await;
    let other = site.student("bar").await;
    let options = ask_for_one(&other, &[("name", "phone"), ("password", PASSWORD)]).await.json();
    let again = add_this(&other, "phone", &authenticator.create(&options, ORIGIN)).await;
    again.assert_page(422, &["This passkey has been added already"]);
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_without_passwords_has_no_passkeys() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |wishes| wishes.local_log_in = false).await;
    let jane = at_the_provider::logged_in(&site, &pretender, "jane").await;
    let page = jane.open("/user/profile").await;
    assert!(!page.body.contains("asskey"), "{}", page.body);
    for path in ["/user/passkeys/options", "/user/passkeys", "/user/passkeys/remove"] {
        let refused = send(at(jane.ask_signed(Method::POST, path)).form(&[("name", "phone")])).await;
        refused.assert_problem(403, "This site has no passwords. Log in with your institution");
    }
    for path in ["/auth/passkey/options", "/auth/passkey"] {
        assert_eq!(send(at(site.browser().ask(Method::POST, path))).await.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passkeys_are_added_to_passwords_and_end_with_them() {
    let pretender = Pretender::start().await;
    let site = site_of(&pretender, |wishes| wishes.oidc.oidc_link_by_verified_email = true).await;
    // The address that is set decides: it is a number, so that browsers offer no passkeys.
    let owner = site.student("foo").await;
    let refused = ask_for_one(&owner, &[("name", "phone"), ("password", PASSWORD)]).await;
    refused.assert_problem(422, "Passkeys need an address with a name and https, not a number or plain http");
    let added =
        "INSERT INTO passkeys SELECT gen_random_uuid(), id, 'x', 'letters.example', 'phone', 'x', 0, false, false,
        created_at, NULL FROM users";
    sqlx::query(added).execute(&site.db).await.expect("inserts");
    // Somebody who is not its owner may have made the account, and the passkey.
    let take_over = |claims: &mut Value| {
        claims["email"] = "foo@example.org".into();
        claims["email_verified"] = true.into();
    };
    assert_eq!(at_the_provider::log_in(&site, &pretender, "jane", take_over).await.status, 303);
    assert_eq!(site.count("SELECT count(*) FROM passkeys").await, 0);
    assert!(events(&site).await.contains("1 passkey-removed, 1 linked-by-email"), "{}", events(&site).await);
}
