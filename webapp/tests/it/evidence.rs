//! What is asked for, beside what the applicant says to it: before a letter, and beside the finished one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::{Browser, plain_form, send};
use crate::site::{Site, site};
use crate::waiting::eventually;
use crate::worker::{self, request_of};

const FORM: [(&str, &str); 6] = [
    ("Job Title", "Data Scientist"),
    ("Hiring Company", "google"),
    ("Applicant Name", "John"),
    ("Preferred Qualifications", "Python; full driving licence; experience with Excel"),
    ("Skillsets", "python & <SQL>"),
    ("Past Working Experience", "It pays £30 an hour"),
];

/// What the page about a written letter of this form is called.
async fn written(site: &Site, student: &Browser) -> String {
    let form = FORM.iter().fold(plain_form(), |form, (name, value)| form.text(*name, *value));
    let asked = student.ask_signed(Method::POST, "/model/query").header("prefer", "respond-async").multipart(form);
    let path = send(asked).await.location().to_owned();
    let letter = path.strip_prefix("/letters/").expect("leads to a letter");
    worker::serve(&site.requests, request_of(&site.requests, letter).await).await;
    eventually("the letter", async || student.open(&path).await.body.contains("Your letter is ready.").then_some(()))
        .await;
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_stands_beside_the_applicants_own_words_before_the_letter() {
    let site = site().await;
    let student = site.student("foo").await;
    student.open("/user/protected").await.assert_page(200, &["Nothing is made up"]);
    // Without scripts, a button shows the form again.
    let mut compare = FORM.to_vec();
    compare.push(("show", "asked"));
    let shown = student.submit("/user/draft", &compare).await;
    assert_eq!((shown.status, shown.location()), (303, "/user/protected#asked"));
    let page = student.open("/user/protected").await;
    page.assert_page(
        200,
        &[
            "3 things are asked for. Your words answer one of them.",
            "<q dir=\"auto\">python &#38; &#60;SQL&#62;</q> <span class=\"when\">Skills</span>",
            "Do you hold it, or are you working towards it? <a href=\"#qualifications\">Qualifications</a>",
            "A time when you did or used this: where was it, and what did you do?",
            "What the letter will not say",
            "Pay is for the interview.",
        ],
    );
    assert!(!page.body.contains("<SQL>"), "what was typed is no markup: {}", page.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_script_of_the_form_gets_the_same_map_with_each_draft() {
    let site = site().await;
    let student = site.student("foo").await;
    let reply = send(student.ask_signed(Method::POST, "/user/draft").form(&FORM)).await;
    assert_eq!(reply.status, 200);
    let map = reply.json();
    let python = json!({"text": "Python", "state": "met", "tag": "Answered", "question": "", "field": null,
        "words": [{"words": "python & <SQL>", "field": {"id": "skillsets", "label": "Skills"}}]});
    assert_eq!(map["asked"][0], python, "{map:#}");
    assert_eq!(map["asked"][1]["field"]["id"], "qualifications", "{map:#}");
    assert_eq!(map["unsaid"][0]["quote"]["words"], "It pays £30 an hour", "{map:#}");
    let nothing = send(student.ask_signed(Method::POST, "/user/draft").form(&[("Tone", "Warm")])).await;
    assert_eq!((nothing.json()["summary"].clone(), nothing.json()["asked"].clone()), (json!(""), Value::Array(vec![])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_map_stands_beside_the_finished_letter_and_a_refused_form() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = written(&site, &student).await;
    let page = student.open(&path).await;
    page.assert_page(200, &["What they asked for", "<q dir=\"auto\">python &#38;", "Pay is for the interview."]);
    assert!(page.body.contains("write the letter again"), "{}", page.body);
    assert!(!page.body.contains("href=\"#qualifications\""), "this page has no form: {}", page.body);
    let refused = student.submit("/model/query", &FORM[1..]).await;
    refused.assert_page(422, &["Job title must not be empty", "<q dir=\"auto\">python &#38;"]);
}
