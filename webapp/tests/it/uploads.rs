//! Forms with a file on their way: they may be slow, within bounds, and what was typed beside the file is never lost.

use std::time::Duration;

use reqwest::Method;
use reqwest::multipart::Part;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use webapp::Limits;

use crate::browser::{Browser, Reply, plain_form, send};
use crate::site::{Site, Wishes, clock_at_noon, site, site_with, site_with_own_database};

const CV: &str = "JANE DOE\n\nSkills\nwound care\n";
const TYPED: &str = "TYPED BESIDE A FILE";

/// Long enough for every machine.
pub const LONG: Duration = Duration::from_mins(10);

/// A form that is on its way: half of it is sent.
struct Slow {
    socket: TcpStream,
    rest: String,
}

impl Slow {
    /// Sends half of a form with a CV and a text, and perhaps a further line in its head.
    async fn send(site: &Site, student: &Browser, path: &str, further: &str) -> Self {
        let proof = format!("content-disposition: form-data; name=\"csrf_token\"\r\n\r\n{}", student.csrf);
        let text = format!("content-disposition: form-data; name=\"text\"\r\n\r\n{TYPED}");
        let file = format!("content-disposition: form-data; name=\"cv\"; filename=\"cv.txt\"\r\n\r\n{CV}");
        let body = format!("--x\r\n{proof}\r\n--x\r\n{text}\r\n--x\r\n{file}\r\n--x--\r\n");
        let address = site.url.trim_start_matches("http://");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/html\r\ncookie: {}\r\n{further}\
             content-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            student.session(),
            body.len()
        );
        let (first, rest) = body.split_at(body.find("JANE").expect("the file has a beginning"));
        let mut socket = TcpStream::connect(address).await.expect("connects");
        socket.write_all((head + first).as_bytes()).await.expect("is sent");
        Self { socket, rest: rest.to_owned() }
    }

    /// The same, once the site has begun to read it.
    async fn begin(site: &Site, student: &Browser) -> Self {
        let mut slow = Self::send(site, student, "/profiles/import", "expect: 100-continue\r\n").await;
        let mut go_on = [0; 25];
        slow.socket.read_exact(&mut go_on).await.expect("the site begins to read");
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        slow
    }

    /// The answer that comes before the rest is sent.
    async fn answer(mut self) -> String {
        let mut answer = String::new();
        self.socket.read_to_string(&mut answer).await.expect("the answer arrives");
        answer
    }

    /// Sends the rest, and returns the answer.
    async fn end(mut self) -> String {
        self.socket.write_all(self.rest.as_bytes()).await.expect("the site reads to the end");
        self.answer().await
    }
}

/// Sends a file and a text in the order of the page's form.
async fn import(student: &Browser, file: Vec<u8>, text: &str) -> Reply {
    let form = plain_form().text("csrf_token", student.csrf.clone());
    let form = form.part("cv", Part::bytes(file).file_name("cv.txt")).text("text", text.to_owned());
    let request = student.ask(Method::POST, "/profiles/import").header("accept", "text/html").multipart(form);
    send(request.header("sec-fetch-site", "same-origin")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_may_arrive_more_slowly_than_a_form_and_its_page_is_made_after_it() {
    let site = site().await;
    let student = site.student("foo").await;
    for limits in [
        Limits { form: Duration::ZERO, page: LONG, upload: LONG },
        Limits { form: LONG, page: Duration::ZERO, upload: LONG },
    ] {
        let hasty = site.replica_within(limits).await;
        let file = Slow::begin(&hasty, &student).await;
        let form = Slow::send(&hasty, &student, "/profiles", "").await.answer().await;
        let is_late = form.starts_with("HTTP/1.1 400 ") || form.starts_with("HTTP/1.1 503 ");
        assert!(is_late && form.contains("too long"), "{limits:?}: {form}");
        let page = file.end().await;
        assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("Jane Doe"), "{limits:?}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_never_arrives_is_told() {
    let site = site().await;
    let student = site.student("foo").await;
    let hasty = site.replica_within(Limits { upload: Duration::ZERO, form: LONG, page: LONG }).await;
    let page = Slow::send(&hasty, &student, "/profiles/import", "").await.answer().await;
    assert!(page.starts_with("HTTP/1.1 400 ") && page.contains("This took too long to arrive"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_hold_no_place_and_one_user_leaves_places_for_others() {
    let site = site().await;
    let (student, other) = (site.student("foo").await, site.student("bar").await);
    let stranger = site.browser();
    let strangers = futures::future::join_all((0..20).map(|_| Slow::begin(&site, &stranger))).await;
    let mine = [Slow::begin(&site, &student).await, Slow::begin(&site, &student).await];
    import(&student, CV.into(), TYPED).await.assert_page(503, &["Many CVs are being read", TYPED]);
    import(&other, CV.into(), "").await.assert_page(200, &["Jane Doe"]);
    for slow in mine {
        let page = slow.end().await;
        assert!(page.contains("Jane Doe"), "{page}");
    }
    import(&student, CV.into(), "").await.assert_page(200, &["Jane Doe"]);
    let refused = strangers.into_iter().next().expect("there are some").end().await;
    assert!(refused.starts_with("HTTP/1.1 401 ") && refused.contains(TYPED), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_beside_a_large_file_survives_the_end_of_the_session_and_the_files_refusal() {
    let site = site().await;
    let student = site.student("foo").await;
    for size in [600 * 1024, 2 * 1024 * 1024, 5 * 1024 * 1024] {
        let over = import(&site.browser(), vec![b'x'; size], TYPED).await;
        over.assert_page(401, &["Your session is over", TYPED]);
    }
    let larger = import(&student, vec![b'x'; 5 * 1024 * 1024], TYPED).await;
    larger.assert_page(422, &["larger than 2 MB", TYPED]);
    let unproven = student.with_session(&student.access, "of an earlier session");
    import(&unproven, CV.into(), TYPED).await.assert_page(401, &["You have logged in again", TYPED]);
    import(&student, CV.into(), &"x".repeat(2 * 1024 * 1024)).await.assert_page(413, &["a form may have 512 KiB"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_imports_too_often_is_told_and_keeps_the_text() {
    let site = site_with(Wishes { clock: Some(clock_at_noon()), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    for _ in 0..30 {
        import(&student, Vec::new(), CV).await.assert_page(200, &["Jane Doe"]);
    }
    let page = import(&student, Vec::new(), TYPED).await;
    page.assert_page(429, &["Too many attempts. Try again in", TYPED]);
    assert!(page.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds >= 1), "{:?}", page.headers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_without_room_for_a_reader_says_so_with_its_status_and_keeps_the_text() {
    let site = site_with(Wishes { cv_reader: "/no/such/program".into(), ..Wishes::default() }).await;
    let student = site.student("foo").await;
    let page = import(&student, CV.into(), TYPED).await;
    page.assert_page(503, &["Many CVs are being read at this moment", TYPED, "Bring in a CV that you have"]);
    let form = plain_form().part("cv", Part::bytes(CV.as_bytes()).file_name("cv.txt"));
    let program = send(student.ask_signed(Method::POST, "/profiles/import").multipart(form)).await;
    program.assert_problem(503, "Many CVs are being read at this moment. Send yours again in a few seconds");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_comes_back_while_the_database_is_away() {
    let (site, postgres) = site_with_own_database().await;
    let student = site.student("foo").await;
    postgres.stop().await.expect("stops");
    let away = "The database does not answer. Nothing was changed.";
    import(&student, vec![b'x'; 600 * 1024], TYPED).await.assert_page(503, &[away, TYPED]);
    let profile = [("Label", "Nursing"), ("Skillsets", TYPED)];
    student.submit("/profiles", &profile).await.assert_page(503, &[away, "Nursing", TYPED]);
    let taken = [("Label", "Nursing"), ("heading", "Talents"), ("to", "skillsets"), ("text", TYPED)];
    student.submit("/profiles/imported", &taken).await.assert_page(503, &[away, "Nursing", "Talents", TYPED]);
}

/// Whatever another site sends in the name of a student is not shown to them as if they had typed it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_changes_nothing_and_is_not_taken_for_typed() {
    let site = site().await;
    let student = site.student("foo").await;
    let fields = [("Label", "Forged"), ("Skillsets", "forged skills"), ("csrf_token", student.csrf.as_str())];
    for path in ["/profiles", "/profiles/imported", "/profiles/import"] {
        let request = student.ask(Method::POST, path).header("accept", "text/html").form(&fields);
        let page = send(request.header("sec-fetch-site", "cross-site")).await;
        page.assert_page(403, &["This request came from another site"]);
        assert!(!page.body.contains("orged"), "{}", page.body);
    }
    assert_eq!(site.count("SELECT count(*) FROM profiles").await, 0);
}
