//! The page of a letter without scripts: sent while the letter is written, over the same limits as the events.

use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::browser::Browser;
use crate::site::{Site, site};
use crate::waiting::{PATIENCE, eventually};
use crate::worker::{self, LETTER, Pod, request_of};

/// Live pages that one user may have.
const SEATS: usize = 30;

/// An answer as it arrives on its connection.
struct Page {
    connection: TcpStream,
    raw: Vec<u8>,
    head: String,
    body: String,
    /// Whether the last chunk has come.
    is_whole: bool,
}

impl Page {
    async fn open(site: &Site, student: &Browser, path: &str) -> Self {
        let address = site.url.strip_prefix("http://").expect("an address");
        let mut connection = TcpStream::connect(address).await.expect("the site listens");
        let asked = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nCookie: access_token_cookie={}\r\n\r\n",
            student.access
        );
        connection.write_all(asked.as_bytes()).await.expect("the site reads");
        let mut page = Self { connection, raw: Vec::new(), head: String::new(), body: String::new(), is_whole: false };
        page.until("the head", |page| !page.head.is_empty()).await;
        page
    }

    /// Reads until `enough`.
    async fn until(&mut self, what: &str, enough: impl Fn(&Self) -> bool) {
        let read = async {
            while !enough(self) {
                let count = self.connection.read_buf(&mut self.raw).await.expect("the connection holds");
                assert!(count > 0, "the page ended before {what}: {}", self.body);
                self.take();
            }
        };
        tokio::time::timeout(PATIENCE, read).await.unwrap_or_else(|_| panic!("waited for {what}"));
    }

    /// Takes the head and every whole chunk out of what has arrived.
    fn take(&mut self) {
        let end_of = |raw: &[u8], end: &[u8]| raw.windows(end.len()).position(|window| window == end);
        if self.head.is_empty() {
            let Some(end) = end_of(&self.raw, b"\r\n\r\n") else { return };
            self.head = String::from_utf8(self.raw.drain(..end + 4).collect()).expect("heads are text").to_lowercase();
        }
        while let Some(line) = end_of(&self.raw, b"\r\n") {
            let size = std::str::from_utf8(&self.raw[..line]).expect("a size is text");
            let size = usize::from_str_radix(size, 16).expect("a chunk has a size");
            if self.raw.len() < line + 2 + size + 2 {
                return;
            }
            let chunk: Vec<u8> = self.raw.drain(..line + 2 + size + 2).skip(line + 2).take(size).collect();
            self.body.push_str(&String::from_utf8(chunk).expect("no character is cut in two"));
            self.is_whole |= size == 0;
        }
    }

    fn header(&self, name: &str) -> &str {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
    }

    /// The letter so far, as a browser shows it.
    fn letter(&self) -> String {
        let Some((_, rest)) = self.body.split_once("id=\"letter\"") else { return String::new() };
        let (_, rest) = rest.split_once('>').expect("the tag ends");
        let letter = rest.split("</article>").next().unwrap_or_default().replace("<!---->", "");
        assert!(!letter.contains('<'), "something else is in the letter: {letter}");
        ["&#39;", "&#34;", "&#38;"]
            .into_iter()
            .zip(["'", "\"", "&"])
            .fold(letter, |text, (from, to)| text.replace(from, to))
    }

    /// Whether these stand in the page in this order, each once.
    fn assert_order(&self, parts: &[&str]) {
        let places = parts.iter().map(|part| self.body.match_indices(part).map(|(at, _)| at).collect::<Vec<_>>());
        let places: Vec<_> = places.collect();
        assert!(places.iter().all(|found| found.len() == 1), "{parts:?} at {places:?} in {}", self.body);
        assert!(places.is_sorted(), "{parts:?} at {places:?} in {}", self.body);
    }
}

fn characters(to: usize) -> String {
    LETTER.chars().take(to).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_without_scripts_grows_while_the_letter_is_written() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let path = format!("/letters/{letter}");
    let live = format!("{path}?live");
    let lead = format!("<noscript><meta http-equiv=\"refresh\" content=\"0; url={live}\"></noscript>");
    let plain = student.open(&path).await;
    plain.assert_page(200, &[&lead]);

    let mut page = Page::open(&site, &student, &live).await;
    assert!(page.head.starts_with("http/1.1 200"), "{}", page.head);
    let expected =
        [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"), ("x-accel-buffering", "no")];
    for (name, value) in expected {
        assert_eq!(page.header(name), value, "{}", page.head);
    }
    assert_eq!(page.header("content-security-policy"), plain.header("content-security-policy"));
    page.until("a place in line", |page| page.body.contains("You are next in line.")).await;
    let request = request_of(&site.requests, &letter).await;
    let pod = Pod::start(request.metadata.uid.as_deref().expect("a uid")).await;
    let claimed = worker::claim(&site.requests, request, &pod.endpoint).await;
    page.until("the writer", |page| page.body.contains("Writing your letter.")).await;
    for written in [10, 11, 30, 60] {
        pod.write_to(written);
        page.until("what is written", |page| page.letter() == characters(written)).await;
    }
    assert!(!page.body.contains("</article>"));
    worker::finish(&site.requests, claimed).await;
    page.until("the end", |page| page.is_whole).await;
    assert_eq!(page.letter(), LETTER);
    let again = format!("http-equiv=\"refresh\" content=\"1; url={live}\"");
    page.assert_order(&[
        &again,
        "next in line",
        "Writing your letter.",
        "<article",
        "</article>",
        "Your letter is ready.",
        "</html>",
    ]);
    let reply = student.open(&live).await;
    assert_eq!((reply.status, reply.location()), (303, path.as_str()), "the finished page has its own address");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_without_scripts_goes_on_after_a_takeover_and_at_another_replica() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let live = format!("/letters/{letter}?live");
    let request = request_of(&site.requests, &letter).await;
    let uid = request.metadata.uid.clone().expect("a uid");
    let first = Pod::start(&uid).await;
    let claimed = worker::claim(&site.requests, request, &first.endpoint).await;
    let replica = site.second_replica().await;
    let mut pages = [Page::open(&site, &student, &live).await, Page::open(&replica, &student, &live).await];
    first.write_to(25);
    for page in &mut pages {
        page.until("the first pod's text", |page| page.letter() == characters(25)).await;
    }
    let [mut page, mut ending] = pages;
    drop(replica);
    ending.until("the end of a replica that stops", |page| page.is_whole).await;
    assert_eq!(ending.letter(), characters(25));
    ending.assert_order(&["<article", "</article>", "Open the letter", "</html>"]);
    assert!(!ending.body.contains("is ready"), "{}", ending.body);

    first.kill();
    let lost = worker::lose(&site.requests, claimed).await;
    let second = Pod::start(&uid).await;
    let claimed = worker::claim(&site.requests, lost, &second.endpoint).await;
    for written in [5, 20, 40] {
        second.write_to(written);
    }
    page.until("the second pod's text", |page| page.letter() == characters(40)).await;
    worker::finish(&site.requests, claimed).await;
    page.until("the end", |page| page.is_whole).await;
    assert_eq!(page.letter(), LETTER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn growing_pages_take_seats_give_them_back_and_beyond_them_show_the_text_so_far() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let live = format!("/letters/{letter}?live");
    let request = request_of(&site.requests, &letter).await;
    let pod = Pod::start(request.metadata.uid.as_deref().expect("a uid")).await;
    worker::claim(&site.requests, request, &pod.endpoint).await;
    pod.write_to(18);
    let pages = (0..SEATS).map(|_| Page::open(&site, &student, &live));
    let mut pages = futures::future::join_all(pages).await;
    let reply = student.open(&live).await;
    let comes_back = format!("content=\"5; url={live}\"");
    reply.assert_page(200, &[&comes_back, "aria-busy=\"true\""]);
    eventually("the text so far", async || {
        student.open(&live).await.body.contains("Dear Hiring Manage<").then_some(())
    })
    .await;
    let events = student.ask(Method::GET, &format!("/letters/{letter}/events"));
    assert_eq!(events.send().await.expect("answers").status(), 429, "both kinds have the same seats");
    pages.pop();
    eventually("a seat of a page that was closed", async || {
        let page = Page::open(&site, &student, &live).await;
        (page.header("transfer-encoding") == "chunked").then_some(())
    })
    .await;
}
