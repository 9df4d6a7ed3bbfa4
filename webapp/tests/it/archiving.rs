//! Finished requests are copied into Postgres once and labelled; lost ones are noticed.

use crds::CoverLetterRequest;
use crds::names::ARCHIVED_LABEL;
use kube::api::DeleteParams;

use crate::site::site;
use crate::waiting::eventually;
use crate::worker::{self, LETTER, request_of};

fn is_labelled(request: &CoverLetterRequest) -> bool {
    request.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(ARCHIVED_LABEL))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_is_archived_once_by_two_replicas_and_outlives_its_request() {
    let site = site().await;
    let replica = site.second_replica().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let served = worker::serve(&site.requests, request_of(&site.requests, &letter).await).await;
    let labelled = async || Some(request_of(&site.requests, &letter).await).filter(is_labelled);
    let labelled = eventually("the label", labelled).await;
    assert_eq!(labelled.status, served.status, "archiving leaves the status alone");
    assert_eq!(
        site.count("SELECT count(*) FROM letters WHERE state = 'Succeeded' AND completion_tokens = 40").await,
        1
    );
    let kept: (String, String, String) =
        sqlx::query_as("SELECT letter, model, request_uid FROM letters").fetch_one(&replica.db).await.expect("is kept");
    assert_eq!(kept, (LETTER.to_owned(), "built-in".to_owned(), served.metadata.uid.unwrap_or_default()));
    site.requests.delete(&worker::name_of(&letter), &DeleteParams::default()).await.expect("can be deleted");
    student.get(&format!("/letters/{letter}")).await.assert_page(200, &["Dear Hiring Manager"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_survives_archiving_again() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    worker::serve(&site.requests, request_of(&site.requests, &letter).await).await;
    eventually("the label", async || Some(request_of(&site.requests, &letter).await).filter(is_labelled)).await;
    student.submit(&format!("/letters/{letter}"), &[("letter", "Mine.")]).await;
    // A replica that starts late sees the finished request and finds the letter archived already.
    let replica = site.second_replica().await;
    let late = replica.browser().with_session(&student.access, &student.csrf);
    late.get(&format!("/letters/{letter}")).await.assert_page(200, &["Mine."]);
    assert_eq!(site.count("SELECT count(*) FROM letters WHERE edited_letter = 'Mine.'").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_label_that_could_not_be_set_is_set_later() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let request = request_of(&site.requests, &letter).await;
    site.handed_in(1).await;
    // As if a replica had kept the letter and died before it could set the label.
    let keep = "UPDATE letters SET state = 'Succeeded', letter = 'Kept.', finished_at = now()";
    sqlx::query(keep).execute(&site.db).await.expect("updates");
    worker::serve(&site.requests, request).await;
    eventually("the label", async || Some(request_of(&site.requests, &letter).await).filter(is_labelled)).await;
    student.get(&format!("/letters/{letter}")).await.assert_page(200, &["Kept."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_request_is_told_and_can_be_tried_again() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    site.handed_in(1).await;
    site.requests.delete(&worker::name_of(&letter), &DeleteParams::default()).await.expect("can be deleted");
    sqlx::query("UPDATE letters SET created_at = created_at - interval '2 minutes'")
        .execute(&site.db)
        .await
        .expect("updates");
    let path = format!("/letters/{letter}");
    let page =
        eventually("the failure", async || Some(student.get(&path).await).filter(|page| page.body.contains("removed")));
    page.await.assert_page(200, &["removed from the cluster", "Try again", &format!("/user/protected?from={letter}")]);
}
