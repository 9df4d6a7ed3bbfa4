//! What a person has typed is there again, whatever refuses it; and one submission makes one letter.

use std::io::{Read as _, Write as _};

use reqwest::Method;
use sqlx::Row as _;

use crate::browser::{Browser, EXAMPLE, PASSWORD, Reply, plain_form, send};
use crate::site::{Site, Wishes, clock_at_noon, site, site_with};

const ADVERT: &str = "We look for\nsomebody <kind>. END-OF-ADVERT";

/// The example with an advert, as a browser sends it.
fn form() -> Vec<(&'static str, &'static str)> {
    EXAMPLE.into_iter().chain([("Job Description", ADVERT)]).collect()
}

/// The hidden and visible fields of the first form of a page that is sent to `action`.
fn fields_of(page: &str, action: &str) -> Vec<(String, String)> {
    let (_, form) = page.split_once(&format!("action=\"{action}\"")).expect("the page has the form");
    let (form, _) = form.split_once("</form>").expect("the form ends");
    let plain = |text: &str| {
        let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
        text.replace("&#38;", "&")
    };
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(plain(rest.split('"').next()?))
    };
    let inputs = form.split("<input").skip(1).filter_map(|tag| {
        let tag = tag.split('>').next()?;
        Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
    });
    let areas = form.split("<textarea").skip(1).filter_map(|tag| {
        let (tag, rest) = tag.split_once('>')?;
        let text = rest.split("</textarea>").next()?;
        Some((attribute(tag, "name")?, plain(text.strip_prefix('\n').unwrap_or(text))))
    });
    inputs.chain(areas).collect()
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// Whether the page's form of a new letter has everything that was typed.
fn assert_kept(page: &Reply) {
    let fields = fields_of(&page.body, "/model/query");
    for (name, typed) in form() {
        assert_eq!(value(&fields, name), typed, "{name} in {}", page.body);
    }
}

async fn sign_in_with(site: &Site, page: &Reply, username: &str, password: &str) -> Reply {
    let mut fields = fields_of(&page.body, "/auth/login");
    for (name, value) in &mut fields {
        match name.as_str() {
            "username" => username.clone_into(value),
            "password" => password.clone_into(value),
            _ => {}
        }
    }
    let form = fields.into_iter().fold(plain_form(), |form, (name, value)| form.text(name, value));
    send(site.browser().ask(Method::POST, "/auth/login").header("accept", "text/html").multipart(form)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_sent_after_the_session_is_over_is_there_after_logging_in() {
    let site = site().await;
    let student = site.student("foo").await;
    let stranger = site.browser();
    let page = stranger.submit("/model/query", &form()).await;
    page.assert_page(401, &["Your session is over", "Log in"]);
    let again = sign_in_with(&site, &page, "foo", "wrong").await;
    again.assert_page(401, &["Incorrect username or password"]);
    let reply = sign_in_with(&site, &again, "foo", PASSWORD).await;
    assert_eq!((reply.status, reply.location()), (303, "/user/protected"));
    let shown = student.open("/user/protected").await;
    shown.assert_page(200, &["This is what you typed before"]);
    assert_kept(&shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_letter_sent_after_the_session_is_over_comes_back_to_be_sent_again() {
    let site = site().await;
    site.student("foo").await;
    let path = "/letters/0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10";
    let page = site.browser().submit(path, &[("letter", "Dear <Sony>,\nmine")]).await;
    let reply = sign_in_with(&site, &page, "foo", PASSWORD).await;
    reply.assert_page(200, &["Your text is still here", "You are logged in again"]);
    let fields = fields_of(&reply.body, path);
    assert_eq!(value(&fields, "letter"), "Dear <Sony>,\nmine");
    assert_eq!(value(&fields, "csrf_token"), reply.cookie("csrf_access_token"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_an_earlier_session_comes_back_with_the_proof_of_this_one() {
    let site = site().await;
    let before = site.student("foo").await;
    let mut now = before.clone();
    now.log_in("foo").await;
    let cookies = format!("access_token_cookie={}; csrf_access_token={}", now.access, now.csrf);
    let mut fields = form();
    fields.push(("csrf_token", &before.csrf));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, *value)).collect();
    let sent = site.browser().ask(Method::POST, "/model/query").header("accept", "text/html").header("cookie", cookies);
    let page = send(sent.form(&fields)).await;
    page.assert_page(401, &["You have logged in again since this page was opened"]);
    assert_kept(&page);
    let fields = fields_of(&page.body, "/model/query");
    assert_eq!(value(&fields, "csrf_token"), now.csrf);
    assert_eq!(resend(&now, &fields).await.status, 303);
}

/// Sends these fields as the browser that shows them would.
async fn resend(browser: &Browser, fields: &[(String, String)]) -> Reply {
    send(browser.ask(Method::POST, "/model/query").header("accept", "text/html").form(fields)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quota_that_is_used_up_is_said_before_and_keeps_the_form() {
    let clock = Some(clock_at_noon());
    let site = site_with(Wishes { letters_per_hour: 1, clock, ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let free = student.open("/user/protected").await;
    assert!(!free.body.contains("all letters of this hour"), "{}", free.body);
    student.ask_for_letter().await;
    student.open("/user/protected").await.assert_page(200, &["You have asked for all letters of this hour"]);
    let page = student.submit("/model/query", &form()).await;
    page.assert_page(429, &["You can ask for one letter an hour. The next one can be sent in 60 minutes."]);
    assert_kept(&page);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_within_the_limits_of_the_fields_is_taken() {
    let site = site().await;
    let student = site.student("foo").await;
    let text = |length: usize| "年".repeat(length);
    let lines = ["Job Title", "Hiring Company", "Applicant Name"].map(|name| (name, text(200)));
    let areas = ["Preferred Qualifications", "Past Working Experience", "Current Working Experience", "Skillsets"];
    let areas = areas.map(|name| (name, text(4_000)));
    let long = [("Qualifications", text(4_000)), ("Job Description", text(8_000)), ("Why This Employer", text(1_000))];
    let fields: Vec<_> = lines.into_iter().chain(areas).chain(long).collect();
    let ask = || student.ask_signed(Method::POST, "/model/query").header("prefer", "respond-async");
    let form = fields.iter().fold(plain_form(), |form, (name, value)| form.text(*name, value.clone()));
    assert_eq!(send(ask().multipart(form)).await.status, 202);
    assert_eq!(send(ask().form(&fields)).await.status, 202, "every byte of it is escaped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_too_long_comes_back_whole() {
    let site = site().await;
    let student = site.student("foo").await;
    assert!(!student.open("/user/protected").await.body.contains("maxlength"), "a browser would cut what is pasted");
    let advert = format!("{}END-OF-ADVERT", "x".repeat(8_087));
    let mut fields: Vec<_> = EXAMPLE.to_vec();
    fields.push(("Job Description", &advert));
    let page = student.submit("/model/query", &fields).await;
    page.assert_page(422, &["Job advert must be at most 8000 characters; it has 8100, 100 too many"]);
    assert_eq!(value(&fields_of(&page.body, "/model/query"), "Job Description"), advert);
    student.open("/user/protected").await.assert_page(200, &["END-OF-ADVERT"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_far_too_large_is_refused_and_the_connection_is_not_reset() {
    let site = site().await;
    let address = site.url.trim_start_matches("http://").to_owned();
    let answer = tokio::task::spawn_blocking(move || {
        let mut socket = std::net::TcpStream::connect(address).expect("connects");
        let length = 20 * 1024 * 1024;
        let head = "POST /model/query HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded";
        write!(
            socket,
            "{head}\r\ncookie: access_token_cookie=x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        )
        .expect("is sent");
        socket.write_all(&vec![b'a'; length]).expect("the site reads to the end");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).expect("the answer arrives");
        answer
    });
    let answer = answer.await.expect("does not panic");
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("a form may have 512 KiB"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_submission_is_one_letter_and_one_unit_of_quota() {
    let site = site_with(Wishes { letters_per_hour: 2, ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let page = student.open("/user/protected").await;
    let key = value(&fields_of(&page.body, "/model/query"), "submission").to_owned();
    let mut fields = form();
    fields.push(("submission", &key));
    let replies = futures::future::join_all((0..5).map(|_| student.submit("/model/query", &fields))).await;
    let letters: std::collections::BTreeSet<_> = replies.iter().map(|reply| reply.location().to_owned()).collect();
    assert!(replies.iter().all(|reply| reply.status == 303) && letters.len() == 1, "{replies:?}");
    assert_eq!(site.count("SELECT count(*) FROM letters").await, 1);
    // Back, a change, Generate: the browser sends the old key, and means another letter.
    fields.retain(|(name, _)| *name != "Job Title");
    fields.push(("Job Title", "Chef"));
    assert!(!letters.contains(student.submit("/model/query", &fields).await.location()));
    assert_eq!(student.submit("/model/query", &form()).await.status, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_names_its_submission_in_a_header() {
    let site = site().await;
    let (student, other) = (site.student("foo").await, site.student("bar").await);
    let ask = |browser: &Browser, key: &'static str| {
        send(browser.query(&EXAMPLE).header("prefer", "respond-async").header("idempotency-key", key))
    };
    let first = ask(&student, "a").await.location().to_owned();
    assert_eq!(ask(&student, "a").await.location(), first);
    assert_ne!(ask(&student, "b").await.location(), first);
    assert_ne!(ask(&other, "a").await.location(), first, "keys of others mean nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_kept_until_it_is_sent_or_cleared() {
    let site = site().await;
    let student = site.student("foo").await;
    let kept = student.submit("/user/draft", &form()).await;
    assert_eq!((kept.status, kept.location()), (303, "/user/protected"));
    assert_kept(&student.open("/user/protected").await);
    let by_script = student.ask_signed(Method::POST, "/user/draft").form(&[("Job Title", "Chef")]);
    assert_eq!(send(by_script).await.status, 200);
    student.open("/user/protected").await.assert_page(200, &["value=\"Chef\""]);
    assert_eq!(student.submit("/user/draft/discard", &[]).await.location(), "/user/protected");
    assert!(!student.open("/user/protected").await.body.contains("Chef"));
    student.submit("/user/draft", &form()).await;
    assert_eq!(student.submit("/model/query", &form()).await.status, 303);
    assert_eq!(site.count("SELECT count(*) FROM drafts").await, 0, "what was sent is no draft");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_about_a_letter_stands_beside_the_others_and_goes_with_it() {
    let site = site().await;
    let (student, other) = (site.student("foo").await, site.student("bar").await);
    let letter = student.ask_for_letter().await;
    let changed = [("about", letter.as_str()), ("Job Title", "Chef")];
    assert_eq!(other.submit("/user/draft", &changed).await.status, 404, "letters of others do not exist");
    student.submit("/user/draft", &[("Job Title", "Baker")]).await;
    let from = format!("/user/protected?from={letter}");
    assert_eq!(student.submit("/user/draft", &changed).await.location(), from);
    student.open(&from).await.assert_page(200, &["value=\"Chef\""]);
    student.open("/user/protected").await.assert_page(200, &["value=\"Baker\""]);
    student.submit(&format!("/letters/{letter}/delete"), &[]).await;
    let kept = sqlx::query("SELECT fields::text FROM drafts").fetch_all(&site.db).await.expect("selects");
    assert!(kept.len() == 1 && kept[0].get::<String, _>(0).contains("Baker"), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_sent_while_the_database_is_away_comes_back() {
    let (site, postgres) = crate::site::site_with_own_database().await;
    let student = site.student("foo").await;
    postgres.stop().await.expect("stops");
    let page = student.submit("/model/query", &form()).await;
    page.assert_page(503, &["The database does not answer. Nothing was changed."]);
    assert_kept(&page);
    let page =
        student.submit("/auth/register", &[("username", "new"), ("email", "n@example.org"), ("password", PASSWORD)]);
    let page = page.await;
    page.assert_page(503, &["Your text is still here", "n@example.org"]);
    assert!(!page.body.contains(PASSWORD), "a password is never written into a page");
    postgres.resume().await.expect("comes back");
    let fields = fields_of(&student.submit("/model/query", &[]).await.body, "/model/query");
    assert!(!fields.is_empty());
    assert_eq!(student.submit("/model/query", &form()).await.status, 303);
}
