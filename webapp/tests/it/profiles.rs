//! Profiles: what students say about themselves is kept under labels, and fills the form of a letter without a loss.

use std::io::{Cursor, Read as _};

use reqwest::Method;

use crate::browser::{Browser, PASSWORD, Reply};
use crate::finished;
use crate::site::site;

const NURSING: [(&str, &str); 7] = [
    ("Label", "Nursing"),
    ("Applicant Name", "Ann <Lee>"),
    ("Current Working Experience", "Staff Nurse at St Mary"),
    ("Past Working Experience", "Carer at home"),
    ("Skillsets", "wound care"),
    ("Qualifications", "BSc in Nursing"),
    ("Why This Employer", "I like people."),
];

/// Saves a profile; its id.
async fn profile(student: &Browser, fields: &[(&str, &str)]) -> String {
    let saved = student.submit("/profiles", fields).await;
    assert_eq!((saved.status, saved.location()), (303, "/profiles?done=saved"), "{}", saved.body);
    let label = fields.iter().find(|(name, _)| *name == "Label").expect("it has a label").1;
    let page = student.open("/profiles").await;
    let (before, _) = page.body.split_once(&format!("<strong>{label}</strong>")).expect("it is listed");
    let (_, id) = before.rsplit_once("href=\"/profiles/").expect("it is a link");
    id.trim_end_matches("\">").to_owned()
}

/// The text of a field of the form.
fn text(page: &Reply, id: &str) -> String {
    let (_, rest) = page.body.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {}", page.body));
    let (tag, rest) = rest.split_once('>').expect("the tag ends");
    if let Some((_, value)) = tag.split_once(" value=\"") {
        return value.split('"').next().unwrap_or_default().to_owned();
    }
    rest.split("</textarea>").next().unwrap_or_default().trim_start_matches('\n').to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_is_kept_changed_and_deleted() {
    let site = site().await;
    let student = site.student("foo").await;
    student.open("/profiles").await.assert_page(200, &["Say once what you have done"]);
    student.open("/profiles/new").await.assert_page(200, &["name=\"Label\"", "name=\"submission\""]);
    let id = profile(&student, &NURSING).await;
    let path = format!("/profiles/{id}");
    student.open("/profiles?done=saved").await.assert_page(200, &["The CV is saved.", "Staff Nurse at St Mary"]);
    let page = student.open(&path).await;
    page.assert_page(200, &["value=\"Ann &#60;Lee&#62;\"", "BSc in Nursing", "I like people."]);
    let changed = [("Label", "Teaching"), ("Skillsets", "first aid")];
    assert_eq!(student.submit(&path, &changed).await.location(), "/profiles?done=saved");
    let page = student.open(&path).await;
    page.assert_page(200, &["value=\"Teaching\"", "first aid"]);
    assert!(!page.body.contains("BSc in Nursing"), "{}", page.body);
    let deleted = student.submit(&format!("{path}/delete"), &[]).await;
    assert_eq!(deleted.location(), "/profiles?done=deleted");
    assert_eq!(student.open(&path).await.status, 404);
    assert_eq!(student.submit(&format!("{path}/delete"), &[]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_must_change_or_finds_no_room_comes_back_with_its_text() {
    let site = site().await;
    let student = site.student("foo").await;
    let long = format!("{}THE END", "x".repeat(4_000));
    let page = student.submit("/profiles", &[("Skillsets", &long)]).await;
    page.assert_page(422, &["Label must not be empty", "Skills must be at most 4000 characters", "THE END"]);
    let id = profile(&student, &NURSING).await;
    let page = student.submit(&format!("/profiles/{id}"), &[("Skillsets", &long)]).await;
    page.assert_page(422, &["Label must not be empty", "THE END", &format!("action=\"/profiles/{id}\"")]);
    for number in 2..=10 {
        profile(&student, &[("Label", &format!("Profile {number}"))]).await;
    }
    let page = student.submit("/profiles", &[("Label", "One more"), ("Skillsets", "sewing")]).await;
    page.assert_page(422, &["You have 10 CVs already", "value=\"One more\"", "sewing"]);
    student.open("/profiles").await.assert_page(200, &["You have 10 CVs, and there is room for no more."]);
    assert_eq!(student.submit(&format!("/profiles/{id}"), &NURSING).await.status, 303, "one of ten can be changed");
    assert_eq!(site.count("SELECT count(*) FROM profiles").await, 10);
    let over = site.browser().submit("/profiles", &[("Label", "Mine"), ("Skillsets", "sewing")]).await;
    over.assert_page(401, &["Your session is over", "sewing"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sending_a_new_profile_twice_makes_one_and_ten_at_once_are_ten() {
    let site = site().await;
    let student = site.student("foo").await;
    let twice = [("Label", "Nursing"), ("submission", "0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10")];
    let replies = futures::future::join_all((0..3).map(|_| student.submit("/profiles", &twice))).await;
    assert!(replies.iter().all(|reply| reply.status == 303), "{replies:?}");
    assert_eq!(site.count("SELECT count(*) FROM profiles").await, 1);
    let replies = futures::future::join_all((0..14).map(|_| student.submit("/profiles", &[("Label", "Other")]))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 303).count(), 9);
    assert_eq!(site.count("SELECT count(*) FROM profiles").await, 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_starts_from_a_profile_and_nothing_typed_is_lost_by_it() {
    let site = site().await;
    let student = site.student("foo").await;
    let id = profile(&student, &NURSING).await;
    let teaching = profile(&student, &[("Label", "Teaching"), ("Skillsets", "first aid")]).await;
    student.open("/user/protected").await.assert_page(200, &["Start from", ">Nursing</option>", ">Teaching</option>"]);
    let typed = [("Job Title", "Ward Sister"), ("Skillsets", "sewing"), ("Why This Employer", "You are near.")];
    let press = async |button: &[(&str, &str)], fields: &[(&str, &str)]| {
        let reply = student.submit("/user/draft", &[fields, button].concat()).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        student.open(reply.location().split('#').next().expect("a path")).await
    };
    let page = press(&[("start", "profile"), ("profile", &id)], &typed).await;
    page.assert_page(200, &["Filled from your CV “Nursing”.", "What you had typed here is kept."]);
    assert_eq!((text(&page, "job-title"), text(&page, "skillsets")), ("Ward Sister".into(), "wound care".into()));
    assert_eq!(text(&page, "why-this-employer"), "I like people.");
    student.open("/user/protected").await.assert_page(200, &["sewing", "You are near."]);

    // The browser sends what the page shows, with what stood there before.
    let (_, before) = page.body.split_once("name=\"before\" value=\"").expect("it is in the form");
    let before = before.split('"').next().expect("it ends").replace("&#34;", "\"");
    let shown = [("Job Title", "Ward Sister"), ("Skillsets", "wound care"), ("before", before.as_str())];
    let page = press(&[("start", "profile"), ("profile", &teaching)], &shown).await;
    assert_eq!(text(&page, "skillsets"), "first aid");
    assert_eq!(page.body.matches("name=\"before\"").count(), 1, "a profile's own text is not kept: {}", page.body);
    let shown = [("Job Title", "Ward Sister"), ("Skillsets", "first aid"), ("before", before.as_str())];
    let page = press(&[("start", "before"), ("profile", &teaching)], &shown).await;
    page.assert_page(200, &["What stood here before is back."]);
    assert_eq!((text(&page, "skillsets"), text(&page, "why-this-employer")), ("sewing".into(), "You are near.".into()));
    for unknown in ["0d4a4b2e-9a57-4a9e-8f7c-3c8d0c9a3f10", "x"] {
        assert_eq!(student.open(&format!("/user/protected?profile={unknown}")).await.status, 404);
    }
    let asked = student.submit("/model/query", &[("profile", id.as_str())]).await;
    asked.assert_page(422, &["There is a problem", ">Nursing</option>"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_fills_the_form_about_a_letter_too() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let id = profile(&student, &NURSING).await;
    let reply = student.submit("/user/draft", &[("about", &letter), ("start", "profile"), ("profile", &id)]).await;
    assert_eq!(reply.location().split("&profile=").next(), Some(format!("/user/protected?from={letter}").as_str()));
    let page = student.open(reply.location().split('#').next().expect("a path")).await;
    page.assert_page(200, &[&format!("name=\"about\" value=\"{letter}\""), "wound care"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_letter_says_about_its_applicant_becomes_a_profile() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    let id = path.strip_prefix("/letters/").expect("is a letter");
    student.open(&path).await.assert_page(200, &["action=\"/profiles/new\"", "Save as a CV"]);
    let form = student.open(&format!("/profiles/new?from={id}")).await;
    form.assert_page(200, &["value=\"Data Scientist\"", "value=\"John\"", "Analyst at Trello"]);
    assert!(!form.body.contains("google"), "a profile knows no company: {}", form.body);
    let other = site.student("bar").await;
    assert_eq!(other.open(&format!("/profiles/new?from={id}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn profiles_are_in_the_download_and_go_with_the_account() {
    let site = site().await;
    let (student, other) = (site.student("foo").await, site.student("bar").await);
    profile(&student, &NURSING).await;
    profile(&other, &[("Label", "Bakery")]).await;
    let reply = student.ask(Method::GET, "/user/export.zip").send().await.expect("answers");
    let mut zip = zip::ZipArchive::new(Cursor::new(reply.bytes().await.expect("is sent").to_vec())).expect("is a ZIP");
    let mut file = String::new();
    zip.by_name("profiles.json").expect("is there").read_to_string(&mut file).expect("is text");
    for part in ["Nursing", "Staff Nurse at St Mary", "wound care", "I like people."] {
        assert!(file.contains(part), "`{part}` is missing in {file}");
    }
    assert!(!file.contains("Bakery"), "{file}");
    student.submit("/user/delete", &[("password", PASSWORD)]).await;
    let left: Vec<String> =
        sqlx::query_scalar("SELECT label FROM profiles").fetch_all(&site.db).await.expect("selects");
    assert_eq!(left, ["Bakery"]);
}
