//! Leaving: rows, sessions and requests go.

use crds::names::{ARCHIVED_LABEL, ERASE_ANNOTATION};
use reqwest::Method;

use crate::browser::{PASSWORD, send};
use crate::site::site;
use crate::waiting::eventually;
use crate::worker::request_of;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_an_account_takes_everything_with_it() {
    let site = site().await;
    let (leaving, staying) = (site.student("leaving").await, site.student("staying").await);
    let (gone, kept) = (leaving.ask_for_letter().await, staying.ask_for_letter().await);
    site.handed_in(2).await;
    assert_eq!(send(leaving.ask_signed(Method::DELETE, "/user/delete")).await.status, 303);
    leaving.get("/user/profile").await.assert_problem(401, "Error loading the user 1");
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(site.count("SELECT count(*) FROM letters").await, 1);
    let erased = eventually("the erased request", async || {
        let request = request_of(&site.requests, &gone).await;
        request.metadata.annotations.as_ref()?.contains_key(ERASE_ANNOTATION).then_some(request)
    });
    let erased = erased.await;
    assert!(
        erased.spec.cancel_requested
            && erased.metadata.labels.is_some_and(|labels| labels.contains_key(ARCHIVED_LABEL))
    );
    eventually("the end of the queue", async || (site.count("SELECT count(*) FROM erasures").await == 0).then_some(()))
        .await;
    assert!(!request_of(&site.requests, &kept).await.spec.cancel_requested);
    assert_eq!(staying.get("/user/profile").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_form_asks_for_the_password_before_it_deletes() {
    let site = site().await;
    let student = site.student("foo").await;
    student
        .submit("/user/delete", &[("password", "wrong")])
        .await
        .assert_page(422, &["This is not the password of this account"]);
    assert_eq!(site.count("SELECT count(*) FROM users").await, 1);
    assert_eq!(student.submit("/user/delete", &[("password", PASSWORD)]).await.location(), "/");
    assert_eq!(site.count("SELECT count(*) FROM users").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_is_kept_in_the_clear() {
    let site = site().await;
    site.student("foo").await;
    assert_eq!(
        site.count("SELECT count(*) FROM users WHERE password_hash LIKE '$argon2id$v=19$m=47104,t=1,p=1$%'").await,
        1
    );
}
