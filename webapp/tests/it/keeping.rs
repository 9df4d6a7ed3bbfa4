//! Keeping letters: versions, the history, what became of an application, and everything in one file.

use std::io::{Cursor, Read as _};
use std::time::Duration;

use crate::browser::{Browser, EXAMPLE, Reply, plain_form, send};
use crate::finished;
use crate::site::{Site, Wishes, clock_at_noon, site, site_with};
use crate::worker::LETTER;
use jiff::SignedDuration;
use reqwest::Method;
use webapp::clock::FixedClock;

/// A letter of this student that is written while the clock goes on, because the site tries again after some seconds what an
/// API server had no time for.
async fn letter_in_time(site: &Site, student: &Browser, clock: &FixedClock) -> String {
    let seconds_pass = async {
        let mut every = tokio::time::interval(Duration::from_secs(1));
        loop {
            every.tick().await;
            clock.advance(SignedDuration::from_secs(1));
        }
    };
    tokio::select! {
        path = finished::letter(site, student) => path,
        () = seconds_pass => unreachable!("time never ends"),
    }
}

/// Saves as the page's script does.
async fn autosave(student: &Browser, path: &str, text: &str, editing: &str) -> Reply {
    send(student.ask_signed(Method::POST, path).form(&[("letter", text), ("editing", editing)])).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_saved_is_replaced() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let path = letter_in_time(&site, &student, &clock).await;
    let (one, other) = ("0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10", "0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f11");
    for text in ["Dear Sony, I", "Dear Sony, I work", "Dear Sony, I work well."] {
        assert_eq!(autosave(&student, &path, text, one).await.status, 204);
    }
    assert_eq!(site.count("SELECT count(*) FROM letter_versions").await, 1, "one stretch of typing is one version");
    autosave(&student, &path, "From another tab.", other).await;
    autosave(&student, &path, "Dear Sony, I work well here.", one).await;
    autosave(&student, &path, "", one).await;
    clock.advance(SignedDuration::from_mins(6));
    autosave(&student, &path, "Much later.", one).await;
    autosave(&student, &path, "Much later.", other).await;
    let page = student.open(&format!("{path}/versions")).await;
    page.assert_page(200, &["As written", "Version 5"]);
    assert!(!page.body.contains("Version 6"), "an unchanged text is no version: {}", page.body);
    let texts: Vec<String> = sqlx::query_scalar("SELECT text FROM letter_versions ORDER BY number")
        .fetch_all(&site.db)
        .await
        .expect("selects");
    let expected = ["Dear Sony, I work well.", "From another tab.", "Dear Sony, I work well here.", "", "Much later."];
    assert_eq!(texts, expected);

    let shown = student.open(&format!("{path}/versions?show=2")).await;
    shown.assert_page(200, &["<del>From another tab.</del>", "<ins>Much later.</ins>", "Restore this version"]);
    let restored = student.submit(&format!("{path}/restore"), &[("version", "0")]).await;
    student
        .open(restored.location())
        .await
        .assert_page(200, &["The earlier version is back.", LETTER.lines().next().expect("a line")]);
    assert_eq!(student.get(&format!("{path}/letter.txt")).await.body, format!("{LETTER}\n"));
    assert_eq!(site.count("SELECT count(*) FROM letter_versions").await, 6);

    let other = site.student("bar").await;
    assert_eq!(other.open(&format!("{path}/versions")).await.status, 404);
    for place in ["restore", "status"] {
        let reply = other.submit(&format!("{path}/{place}"), &[("version", "1"), ("note", "x")]).await;
        assert_eq!(reply.status, 404, "{place}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_too_long_is_not_saved_and_not_lost() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    let long = format!("{} THE END", "x".repeat(16_000));
    let page = student.submit(&path, &[("letter", &long)]).await;
    page.assert_page(422, &["The letter must be at most 16000 characters; it has 16008, 8 too many", "THE END"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_is_searched_by_words_and_status() {
    let clock = clock_at_noon();
    let site = site_with(Wishes { clock: Some(clock.clone()), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    student.open("/letters").await.assert_page(200, &["Your letters will stand here"]);
    let path = letter_in_time(&site, &student, &clock).await;
    let fields: Vec<_> = EXAMPLE.into_iter().filter(|(name, _)| *name != "Hiring Company").collect();
    let form = fields.iter().fold(plain_form(), |form, (name, value)| form.text(*name, *value));
    let asked = student.ask_signed(Method::POST, "/model/query").header("prefer", "respond-async");
    send(asked.multipart(form.text("Hiring Company", "100% Café"))).await;
    student.submit("/user/draft", &[("Job Title", "Gardener")]).await;
    let noted = student.submit(&format!("{path}/status"), &[("status", "Interview"), ("note", "ask for <Jo>")]).await;
    assert_eq!(noted.location(), format!("{path}?saved=status"));
    student.open(&path).await.assert_page(200, &["Application: Interview", "ask for &#60;Jo&#62;"]);

    let list = student.open("/letters").await;
    list.assert_page(200, &[">Interview</span>", "since 23 Nov 2026", "ask for &#60;Jo&#62;"]);

    let check = async |query: &str, google: bool, cafe: bool| {
        let page = student.open(&format!("/letters{query}")).await;
        page.assert_page(200, &["Gardener"]);
        assert_eq!(
            (page.body.contains("<span>google</span>"), page.body.contains("<span>100% Café</span>")),
            (google, cafe),
            "{query}"
        );
    };
    check("", true, true).await;
    check("?q=GOOGLE", true, false).await;
    check("?q=caf%C3%A9", false, true).await;
    check("?q=100%25", false, true).await;
    check("?q=%25", false, true).await;
    check("?q=jo", true, false).await;
    check("?status=Interview", true, false).await;
    check("?q=google&status=Offer", false, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duplicate_is_the_same_applicant_and_job_at_another_company() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    let id = path.strip_prefix("/letters/").expect("is a letter");
    let duplicate = format!("/user/protected?from={id}&amp;for=another");
    student.open(&path).await.assert_page(200, &[&format!("href=\"{duplicate}\"")]);
    let form = student.open(&duplicate.replace("&amp;", "&")).await;
    form.assert_page(200, &["value=\"Data Scientist\"", "value=\"John\"", "Analyst at Trello"]);
    for of_the_company in ["value=\"google\"", "4 years experience"] {
        assert!(!form.body.contains(of_the_company), "{of_the_company}: {}", form.body);
    }
    // What was typed into a duplicate and not sent is there again, as everything that was typed.
    student.submit("/user/draft", &[("about", id), ("Hiring Company", "Initech")]).await;
    student.open(&duplicate.replace("&amp;", "&")).await.assert_page(200, &["value=\"Initech\"", "not been sent yet"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_has_pages() {
    let site = site().await;
    let student = site.student("foo").await;
    student.ask_for_letter().await;
    let more = "INSERT INTO letters (id, user_id, created_at, job_title, company, draft, state)
        SELECT gen_random_uuid(), user_id, created_at - n * interval '1 hour', 'Title-' || n || '-', company, draft, 'Failed'
        FROM letters, generate_series(1, 70) n";
    sqlx::query(more).execute(&site.db).await.expect("inserts");
    let first = student.open("/letters").await;
    first.assert_page(200, &["Title-49-", "rel=\"next\""]);
    assert!(!first.body.contains("Title-50-") && !first.body.contains("rel=\"prev\""));
    let second = student.open("/letters?q=&status=&page=1").await;
    second.assert_page(200, &["Title-50-", "Title-70-", "rel=\"prev\""]);
    assert!(!second.body.contains("rel=\"next\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_about_a_user_comes_in_one_file() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    student.submit(&path, &[("letter", "Mine.")]).await;
    student.submit("/user/draft", &[("Job Title", "Gardener")]).await;
    let other = site.student("bar").await;
    other.submit("/user/draft", &[("Job Title", "Baker")]).await;
    let reply = student.ask(Method::GET, "/user/export.zip").send().await.expect("answers");
    assert_eq!(reply.headers()["content-type"], "application/zip");
    let bytes = reply.bytes().await.expect("is sent").to_vec();
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("is a ZIP file");
    let mut whole = String::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("is there");
        whole.push_str(&file.name().expect("is text"));
        file.read_to_string(&mut whole).expect("is text");
    }
    for part in
        ["foo@example.org", "John_CoverLetter_google_", "as-written.txt", LETTER, "Mine.", "Gardener", "registered"]
    {
        assert!(whole.contains(part), "`{part}` is missing in {whole}");
    }
    assert!(!whole.contains("Baker") && !whole.contains("argon2"), "{whole}");
}
