//! Asking for a letter, watching its state, changing it, and whose it is.

use crds::reason::RequestReason;
use crds::request::{Length, Tone};
use kube::api::{ListParams, PostParams};
use reqwest::Method;

use crate::browser::{EXAMPLE, plain_form, send};
use crate::site::{APP, site};
use crate::waiting::eventually;
use crate::worker::{self, LETTER, request_of};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_becomes_a_request_without_account_data() {
    let site = site().await;
    let student = site.student("margaret").await;
    let fields: Vec<_> =
        EXAMPLE.into_iter().chain([("Tone", "Warm"), ("Length", "Long"), ("Job Description", "Advert")]).collect();
    let reply = send(student.query(&fields).header("prefer", "respond-async")).await;
    let letter = reply.location().strip_prefix("/letters/").expect("leads to the letter").to_owned();
    let request = request_of(&site.requests, &letter).await;
    let spec = &request.spec;
    assert_eq!(
        (spec.app_ref.name.as_str(), spec.job.title.as_str(), spec.job.company.as_str()),
        (APP, "Data Scientist", "google")
    );
    assert_eq!((spec.applicant.name.as_str(), spec.job.description.as_str()), ("John", "Advert"));
    assert_eq!((spec.letter.tone, spec.letter.length), (Tone::Warm, Length::Long));
    assert_eq!(spec.requested_by.as_ref().map(String::len), Some(32));
    let whole = serde_json::to_string(&request).expect("JSON");
    assert!(!whole.contains("margaret"), "{whole}");
    let second = student.ask_for_letter().await;
    assert_eq!(request_of(&site.requests, &second).await.spec.requested_by, spec.requested_by);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_led_to_the_letter_and_sees_it_finished() {
    let site = site().await;
    let student = site.student("foo").await;
    let csrf = student.csrf.clone();
    let form = EXAMPLE.iter().fold(plain_form(), |form, (name, value)| form.text(*name, *value));
    let asked = student.ask(Method::POST, "/model/query").multipart(form.text("csrf_token", csrf));
    let reply = send(asked.header("accept", "text/html")).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let page = reply.location().to_owned();
    student.open(&page).await.assert_page(200, &["Data Scientist", "id=\"stop\"", "http-equiv=\"refresh\""]);
    worker::serve(&site.requests, request_of(&site.requests, &page["/letters/".len()..]).await).await;
    let finished = eventually("the finished page", async || {
        let shown = student.open(&page).await;
        shown.body.contains("Your letter is ready.").then_some(shown)
    });
    finished.await.assert_page(
        200,
        &["I work at Sony – <mark ", ">as an intern</mark>", ". 🙂", "Check these claims", "`4 years` is from"],
    );
    student.open("/letters").await.assert_page(200, &[&page, "Ready", "google"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_form_is_told_to_people_and_programs() {
    let site = site().await;
    let student = site.student("foo").await;
    let fields = [("Job Title", "Data Scientist"), ("Applicant Name", "John"), ("Skillsets", "python")];
    send(student.query(&fields)).await.assert_problem(422, "Hiring company must not be empty");
    let page = send(student.query(&fields).header("accept", "text/html")).await;
    page.assert_page(
        422,
        &["There is a problem", "href=\"#hiring-company\"", "value=\"Data Scientist\"", ">\npython<"],
    );
    assert_eq!(site.count("SELECT count(*) FROM letters").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_will_not_wait_gets_a_promise() {
    let site = site().await;
    let student = site.student("foo").await;
    let reply = send(student.query(&EXAMPLE).header("prefer", "wait=0")).await;
    assert_eq!((reply.status, reply.json()["letter"].as_str()), (202, Some(reply.location())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_is_an_answer_that_says_what_to_do() {
    let site = site().await;
    let student = site.student("foo").await;
    let cases = [
        (RequestReason::InvalidRequest, 422, "Shorten the job advert"),
        (RequestReason::DeadlineExceeded, 503, "took longer than allowed"),
    ];
    for (reason, status, words) in cases {
        let asked = tokio::spawn(send(student.query(&EXAMPLE)));
        let request = eventually("an unfinished request", async || {
            let list = site.requests.list(&ListParams::default()).await.ok()?;
            list.items.into_iter().find(|request| !request.is_terminal())
        });
        worker::fail(&site.requests, request.await, reason).await;
        let reply = asked.await.expect("does not panic");
        assert_eq!(reply.status, status);
        assert!(reply.json()["msg"].as_str().expect("text").contains(words), "{}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_of_another_version_is_not_shown_as_a_failed_letter() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let change = "ALTER TABLE letters DROP CONSTRAINT letters_state_check; UPDATE letters SET state = 'Archived'";
    sqlx::raw_sql(change).execute(&site.db).await.expect("updates");
    for path in [format!("/letters/{letter}"), "/letters".to_owned()] {
        student.get(&path).await.assert_problem(500, "Something went wrong on our side. Try again in a moment.");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_of_others_do_not_exist() {
    let site = site().await;
    let (owner, other) = (site.student("owner").await, site.student("other").await);
    let letter = owner.ask_for_letter().await;
    worker::serve(&site.requests, request_of(&site.requests, &letter).await).await;
    eventually("the letter", async || {
        owner.get(&format!("/letters/{letter}/letter.txt")).await.body.contains("Dear").then_some(())
    })
    .await;
    for path in ["", "/events", "/letter.txt"] {
        other.get(&format!("/letters/{letter}{path}")).await.assert_problem(404, "There is nothing here");
    }
    for path in ["", "/stop", "/delete"] {
        let reply =
            send(other.ask_signed(Method::POST, &format!("/letters/{letter}{path}")).form(&[("letter", "mine")])).await;
        reply.assert_problem(404, "There is nothing here");
    }
    other.get(&format!("/user/protected?from={letter}")).await.assert_problem(404, "There is nothing here");
    let list = other.get("/letters").await;
    assert!(!list.body.contains(&letter), "{}", list.body);
    owner.get(&format!("/letters/{letter}")).await.assert_page(200, &["Dear Hiring Manager"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_can_be_edited_downloaded_and_deleted() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let path = format!("/letters/{letter}");
    assert_eq!(student.submit(&path, &[("letter", "Too early")]).await.status, 404);
    worker::serve(&site.requests, request_of(&site.requests, &letter).await).await;
    let download = eventually("the letter", async || {
        let reply = student.get(&format!("{path}/letter.txt")).await;
        (reply.status == 200).then_some(reply)
    });
    let download = download.await;
    assert_eq!(download.body, format!("{LETTER}\n"));
    assert_eq!(
        download.header("content-disposition"),
        "attachment; filename=\"John_CoverLetter_google.txt\"; filename*=UTF-8''John_CoverLetter_google.txt"
    );
    let saved = student.submit(&path, &[("letter", "Dear Sony,\r\n<b>mine</b>")]).await;
    assert_eq!((saved.status, saved.location()), (303, format!("{path}?saved=1").as_str()));
    let page = student.open(saved.location()).await;
    page.assert_page(200, &["Your changes are saved.", "Dear Sony,\n&#60;b&#62;mine&#60;/b&#62;"]);
    assert_eq!(student.get(&format!("{path}/letter.txt")).await.body, "Dear Sony,\n<b>mine</b>\n");
    assert_eq!(student.submit(&format!("{path}/delete"), &[]).await.location(), "/letters");
    assert_eq!(student.get(&path).await.status, 404);
    eventually("the erased request", async || {
        let request = request_of(&site.requests, &letter).await;
        request.metadata.annotations?.contains_key(crds::names::ERASE_ANNOTATION).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_letter_needs_only_the_job() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let fresh = student.get("/user/protected").await;
    fresh.assert_page(200, &["value=\"John\"", "Analyst at Trello"]);
    assert!(!fresh.body.contains("Data Scientist"), "{}", fresh.body);
    student
        .get(&format!("/user/protected?from={letter}"))
        .await
        .assert_page(200, &["value=\"Data Scientist\"", "Analyst at Trello"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stop_asks_the_writer_to_stop() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let request = worker::claim(&site.requests, request_of(&site.requests, &letter).await, "127.0.0.1:9").await;
    let path = format!("/letters/{letter}");
    site.handed_in(1).await;
    assert_eq!(student.submit(&format!("{path}/stop"), &[]).await.location(), path);
    eventually("the request to stop", async || {
        request_of(&site.requests, &letter).await.spec.cancel_requested.then_some(())
    })
    .await;
    student.open(&path).await.assert_page(200, &["Stopping."]);
    let stopped = crds::life::cancelled(&request, jiff::Timestamp::now());
    let mut request = request_of(&site.requests, &letter).await;
    request.status = Some(stopped);
    let name = worker::name_of(&letter);
    site.requests.replace_status(&name, &PostParams::default(), &request).await.expect("the API server takes it");
    eventually("the stopped page", async || {
        student.open(&path).await.body.contains("Stopped, as you asked.").then_some(())
    })
    .await;
}
