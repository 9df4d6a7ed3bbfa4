//! The history: letters, drafts and who asks for them are one statement, in which none of them may be missing or another's.

use reqwest::Method;

use crate::browser::{Browser, send};
use crate::site::{Site, site};

/// A letter and two drafts, one of them about the letter.
async fn kept(student: &Browser, title: &str) {
    let letter = student.ask_for_letter().await;
    student.submit("/user/draft", &[("Job Title", title)]).await;
    student.submit("/user/draft", &[("about", &letter), ("Job Title", &format!("{title} again"))]).await;
}

async fn change(site: &Site, sql: &'static str) {
    sqlx::query(sql).execute(&site.db).await.expect("changes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_of_the_history_has_all_drafts_once_and_nothing_of_others() {
    let site = site().await;
    let (student, other) = (site.student("foo").await, site.student("bar").await);
    kept(&student, "Gardener").await;
    other.submit("/user/draft", &[("Job Title", "Baker")]).await;
    for (path, letters) in [("/letters", 1), ("/letters?page=9", 0), ("/letters?q=nothing-like-it", 0)] {
        let page = student.open(path).await;
        page.assert_page(200, &["<strong>Gardener</strong>", "<strong>Gardener again</strong>"]);
        let count = |text: &str| page.body.matches(text).count();
        assert_eq!((count("Gardener"), count("<span>google</span>"), count("Baker")), (2, letters, 0), "{path}");
        assert_eq!(page.body.contains("No letter fits"), letters == 0, "{path}");
    }
    let page = other.open("/letters").await;
    page.assert_page(200, &["Baker", "Your letters will stand here"]);
    assert!(!page.body.contains("google") && !page.body.contains("Gardener"), "{}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_of_a_session_that_is_over_is_shown_to_nobody() {
    let site = site().await;
    let student = site.student("foo").await;
    kept(&student, "Gardener").await;
    let refused = async |reason: &str| {
        let reply = student.get("/letters").await;
        assert_eq!(reply.status, 401, "{reason}: {}", reply.body);
        assert!(!reply.body.contains("Gardener") && !reply.body.contains("google"), "{reason}: {}", reply.body);
    };
    change(&site, "UPDATE users SET disabled_at = now()").await;
    refused("the account is disabled").await;
    change(&site, "UPDATE users SET disabled_at = NULL, tokens_valid_after = now() + interval '1 hour'").await;
    refused("all sessions are ended").await;
    change(&site, "UPDATE users SET tokens_valid_after = 'epoch'").await;
    student.open("/letters").await.assert_page(200, &["Gardener", "google"]);
    assert_eq!(send(student.ask(Method::POST, "/auth/logout")).await.status, 303);
    refused("the session is ended").await;
    change(&site, "DELETE FROM revoked_tokens").await;
    student.open("/letters").await.assert_page(200, &["Gardener", "google"]);
    change(&site, "DELETE FROM users").await;
    refused("there is no account").await;
}
