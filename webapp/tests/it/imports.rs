//! A CV becomes a profile: read within bounds, shown section by section, and kept only when its owner says so.

use reqwest::Method;
use reqwest::multipart::Part;

use crate::browser::{Browser, Reply, plain_form, send};
use crate::finished;
use crate::site::{Site, site};

const CV: &str = "JANE DOE
12 Elm Street, Leeds | jane@example.org

Work experience
Staff Nurse at St Mary, 2019 – present
Carer at Oak House, 2016 – 2019

Skills
wound care <all kinds>

Education
BSc in Nursing

Hobbies
chess
";

/// Sends a file and a text as the page's form does.
async fn import(student: &Browser, file: Vec<u8>, text: &str) -> Reply {
    let form = plain_form().text("csrf_token", student.csrf.clone()).text("text", text.to_owned());
    let form = form.part("cv", Part::bytes(file).file_name("cv.bin"));
    let request = student.ask(Method::POST, "/profiles/import").header("accept", "text/html").multipart(form);
    send(request.header("sec-fetch-site", "same-origin")).await
}

/// What a page of sections sends back.
fn fields_of(page: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        let text = text.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'");
        text.replace("&#38;", "&")
    };
    let sections = page.split("<fieldset").skip(1).flat_map(|section| {
        let heading = section.split("name=\"heading\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let chosen = section.split(" selected>").next().and_then(|before| before.rsplit("value=\"").next());
        let to = chosen.and_then(|rest| rest.split('"').next());
        let text = section.split("<textarea").nth(1).and_then(|rest| rest.split_once(">\n"));
        let text = text.and_then(|(_, rest)| rest.split("</textarea>").next());
        [("heading", heading), ("to", to), ("text", text)]
    });
    sections.map(|(name, value)| (name.to_owned(), plain(value.expect("the section is whole")))).collect()
}

async fn labels(site: &Site) -> Vec<String> {
    sqlx::query_scalar("SELECT label FROM profiles").fetch_all(&site.db).await.expect("selects")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cv_is_shown_section_by_section_and_kept_as_a_profile() {
    let site = site().await;
    let student = site.student("foo").await;
    student.open("/profiles").await.assert_page(200, &["Bring in a CV that you have", "type=\"file\""]);
    let page = import(&student, CV.into(), "").await;
    page.assert_page(200, &["Your CV, taken apart", "value=\"Jane Doe\"", "wound care &#60;all kinds&#62;", "chess"]);
    page.assert_page(200, &["What found no place", "Addresses, numbers and people to ask were left out"]);
    assert!(!page.body.contains("Elm Street") && !page.body.contains("jane@"), "{}", page.body);
    assert_eq!(labels(&site).await, Vec::<String>::new(), "nothing is kept before it is saved");

    let mut fields = fields_of(&page.body);
    assert_eq!(fields.len(), 15, "{fields:?}");
    fields.extend([("Label".to_owned(), "Nursing".to_owned()), ("Applicant Name".to_owned(), "Jane Doe".to_owned())]);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = student.submit("/profiles/imported", &fields).await;
    assert_eq!((saved.status, saved.location()), (303, "/profiles?done=saved"), "{}", saved.body);
    let kept: String =
        sqlx::query_scalar("SELECT applicant::text FROM profiles").fetch_one(&site.db).await.expect("there is one");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("is JSON");
    assert_eq!(kept["currentExperience"], "Staff Nurse at St Mary, 2019 – present");
    assert_eq!(kept["pastExperience"], "Carer at Oak House, 2016 – 2019");
    assert_eq!(kept["skills"], "wound care <all kinds>");
    assert_eq!(kept["qualifications"], "BSc in Nursing");
    assert_eq!(kept.get("reason"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_of_work_keep_their_order_on_every_page_and_in_what_is_kept() {
    const PLACES: [&str; 6] =
        ["Alder House", "Birch Clinic", "Cedar School", "Elm Library", "Food bank", "Garden club"];
    let site = site().await;
    let student = site.student("foo").await;
    let cv = "Jane Doe\n\nWork experience\nNurse at Alder House, 2021 – present\nTutor at Birch Clinic, 2019 – now\n\
        Nurse at Cedar School, 2016 – 2019\nCarer at Elm Library, 2012 – 2016\n\n\
        Volunteering\nCook at Food bank, 2014 – 2015\nGardener at Garden club, 2011 – 2013\n";
    let in_order = |text: &str| {
        let at = PLACES.map(|place| text.find(place).unwrap_or_else(|| panic!("no {place} in {text}")));
        assert!(at.is_sorted(), "{at:?} in {text}");
    };
    let page = import(&student, cv.into(), "").await;
    in_order(&page.body);
    let fields = fields_of(&page.body);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = student.submit("/profiles/imported", &fields).await;
    again.assert_page(422, &["Label must not be empty"]);
    in_order(&again.body);
    student.submit("/profiles/imported", &[&fields[..], &[("Label", "Nursing")]].concat()).await;
    let kept = "SELECT (applicant->>'currentExperience') || (applicant->>'pastExperience') FROM profiles";
    in_order(&sqlx::query_scalar::<_, String>(kept).fetch_one(&site.db).await.expect("there is one"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sections_that_must_change_come_back_with_their_text() {
    let site = site().await;
    let student = site.student("foo").await;
    let long = format!("{}THE END", "x".repeat(4_000));
    let fields = [
        ("heading", "Talents"),
        ("to", "skillsets"),
        ("text", long.as_str()),
        ("heading", "Chess"),
        ("to", ""),
        ("text", "e4"),
    ];
    let page = student.submit("/profiles/imported", &fields).await;
    page.assert_page(422, &["Label must not be empty", "7 too many", "THE END", "id=\"skillsets\"", "Chess", "e4"]);
    let over = site.browser().submit("/profiles/imported", &fields).await;
    over.assert_page(401, &["Your session is over", "THE END"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_site_writes_and_what_is_pasted_is_read() {
    let site = site().await;
    let student = site.student("foo").await;
    let path = finished::letter(&site, &student).await;
    student.submit(&path, &[("letter", CV)]).await;
    for name in ["letter.pdf", "letter.docx", "letter.txt"] {
        let file = student.ask(Method::GET, &format!("{path}/{name}")).send().await.expect("answers");
        let file = file.bytes().await.expect("is sent").to_vec();
        let page = import(&student, file, "").await;
        page.assert_page(200, &["Jane Doe", "Staff Nurse at St Mary", "wound care", "BSc in Nursing"]);
    }
    import(&student, Vec::new(), CV).await.assert_page(200, &["Jane Doe", "wound care"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_refused_in_plain_words_and_keeps_what_was_pasted() {
    let site = site().await;
    let student = site.student("foo").await;
    let check = async |file: &[u8], words: &str| {
        let page = import(&student, file.to_vec(), "KEPT TEXT").await;
        page.assert_page(422, &[words, "KEPT TEXT", "Bring in a CV that you have"]);
    };
    check(b"%PDF-1.4 broken", "This file is damaged or not complete").await;
    check(b"\xd0\xcf\x11\xe0", "a Word file of the old kind").await;
    check(&[0; 4_000], "no plain text").await;
    check(&vec![b'x'; 2 * 1024 * 1024 + 1], "larger than 2 MB").await;
    check("many words ".repeat(10_000).as_bytes(), "longer than 20 pages").await;
    import(&student, Vec::new(), " ").await.assert_page(422, &["Choose a file, or paste the text"]);
    let program = student.ask_signed(Method::POST, "/profiles/import").multipart(plain_form().text("text", ""));
    send(program).await.assert_problem(422, "Choose a file, or paste the text of your CV");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_grows_without_end_ends_its_reader_and_nothing_else() {
    let site = site().await;
    let student = site.student("foo").await;
    let page = import(&student, bomb(), "").await;
    page.assert_page(422, &["This file holds too much to be read here"]);
    import(&student, CV.into(), "").await.assert_page(200, &["Jane Doe"]);
}

/// A PDF whose only page is 256 MB of spaces, packed twice.
fn bomb() -> Vec<u8> {
    let spaces = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 256 * 1024 * 1024], 6);
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&spaces, 6);
    let head = "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> \
        endobj\n3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >> endobj\n";
    let stream = format!("4 0 obj << /Filter [/FlateDecode /FlateDecode] /Length {} >> stream\n", packed.len());
    let tail = b"\nendstream endobj\ntrailer << /Root 1 0 R >>\n%%EOF";
    [head.as_bytes(), stream.as_bytes(), &packed, tail].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_needs_the_session_and_its_proof() {
    let site = site().await;
    let student = site.student("foo").await;
    let form = || plain_form().part("cv", Part::bytes(CV.as_bytes().to_vec()).file_name("cv.txt"));
    let guest = send(site.browser().ask(Method::POST, "/profiles/import").multipart(form())).await;
    assert_eq!(guest.status, 401, "{}", guest.body);
    let unproven = send(student.ask(Method::POST, "/profiles/import").multipart(form())).await;
    assert_eq!(unproven.status, 401, "{}", unproven.body);
    assert!(!unproven.body.contains("Jane"), "{}", unproven.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_pasted_survives_a_refusal_and_a_file_beside_it() {
    let site = site().await;
    let student = site.student("foo").await;
    let over = import(&site.browser(), Vec::new(), "PASTED TEXT").await;
    over.assert_page(401, &["Your session is over", "PASTED TEXT"]);
    let both = import(&student, CV.into(), "PASTED TEXT").await;
    both.assert_page(200, &["Jane Doe", "the text was not used", "name=\"unused\"", "PASTED TEXT"]);
    let again = student.submit("/profiles/imported", &[("unused", "PASTED TEXT")]).await;
    again.assert_page(422, &["Label must not be empty", "the text was not used", "PASTED TEXT"]);
    let long = import(&student, Vec::new(), &"x\n".repeat(5_001)).await;
    long.assert_page(422, &["longer than 20 pages", "id=\"pasted-error\""]);
}
