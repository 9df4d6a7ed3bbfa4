//! The live page: states in words, text as it is written, once, over reconnections and takeovers.

use std::pin::Pin;

use futures::{Stream, StreamExt as _};
use reqwest::Method;
use serde_json::Value;

use crate::browser::Browser;
use crate::site::site;
use crate::waiting::PATIENCE;
use crate::worker::{self, LETTER, Pod, request_of};

/// The stream of a letter as a browser reads it.
struct Events {
    bytes: Pin<Box<dyn Stream<Item = Vec<u8>> + Send>>,
    buffer: Vec<u8>,
    pub text: String,
    pub states: Vec<String>,
    pub last_id: String,
    pub done: bool,
}

impl Events {
    async fn open(browser: &Browser, letter: &str, last_id: &str) -> Self {
        let request =
            browser.ask(Method::GET, &format!("/letters/{letter}/events")).header("accept", "text/event-stream");
        let request = if last_id.is_empty() { request } else { request.header("last-event-id", last_id) };
        let response = request.send().await.expect("the site answers");
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().expect("text").starts_with("text/event-stream"));
        assert_eq!(response.headers()["cache-control"], "no-cache");
        let bytes = response.bytes_stream().map(|bytes| bytes.expect("the stream holds").to_vec()).boxed();
        Self {
            bytes,
            buffer: Vec::new(),
            text: String::new(),
            states: Vec::new(),
            last_id: last_id.to_owned(),
            done: false,
        }
    }

    /// Reads until `enough`.
    async fn until(&mut self, what: &str, enough: impl Fn(&Self) -> bool) {
        let read = async {
            while !enough(self) {
                let bytes = self.bytes.next().await.unwrap_or_else(|| panic!("the stream ended before {what}"));
                self.buffer.extend(bytes);
                // A piece of the stream may end within a character, but an event does not.
                while let Some(end) = self.buffer.windows(2).position(|window| window == b"\n\n") {
                    let event = self.buffer.drain(..end + 2).collect();
                    self.take(&String::from_utf8(event).expect("events are text"));
                }
            }
        };
        let read = tokio::time::timeout(PATIENCE, read).await;
        read.unwrap_or_else(|_| panic!("waited for {what}"));
    }

    fn take(&mut self, event: &str) {
        let field =
            |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).unwrap_or_default();
        let data = || serde_json::from_str::<Value>(field("data:")).expect("data is JSON");
        match field("event:") {
            "state" => self.states.push(data()["words"].as_str().expect("words").to_owned()),
            "text" => {
                assert_eq!(data()["offset"].as_u64(), Some(self.seen() as u64), "no character twice, none left out");
                self.text.push_str(data()["text"].as_str().expect("text"));
                field("id:").clone_into(&mut self.last_id);
            }
            "done" => self.done = true,
            _ => {}
        }
    }

    /// Characters that the browser has, those before a reconnection included.
    fn seen(&self) -> usize {
        let id: usize = self.last_id.parse().unwrap_or(0);
        id.max(self.text.chars().count())
    }
}

fn characters(from: usize, to: usize) -> String {
    LETTER.chars().skip(from).take(to - from).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_grows_while_it_is_written_and_the_rest_comes_from_the_status() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let mut events = Events::open(&student, &letter, "").await;
    events.until("a place in line", |events| events.states.iter().any(|words| words == "You are next in line.")).await;
    let request = request_of(&site.requests, &letter).await;
    let pod = Pod::start(request.metadata.uid.as_deref().expect("a uid")).await;
    let claimed = worker::claim(&site.requests, request, &pod.endpoint).await;
    events
        .until("the writer", |events| events.states.last().is_some_and(|words| words == "Writing your letter."))
        .await;
    pod.write_to(10);
    events.until("ten characters", |events| events.text == characters(0, 10)).await;
    pod.write_to(30);
    events.until("thirty characters", |events| events.text == characters(0, 30)).await;
    worker::finish(&site.requests, claimed).await;
    events.until("the end", |events| events.done).await;
    assert_eq!(events.text, LETTER);
    assert_eq!(events.last_id, LETTER.chars().count().to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_reconnects_gets_only_what_it_lacks() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let request = request_of(&site.requests, &letter).await;
    let pod = Pod::start(request.metadata.uid.as_deref().expect("a uid")).await;
    worker::claim(&site.requests, request, &pod.endpoint).await;
    pod.write_to(12);
    let mut first = Events::open(&student, &letter, "").await;
    first.until("twelve characters", |events| events.text == characters(0, 12)).await;
    drop(first.bytes);
    pod.write_to(20);
    let replica = site.second_replica().await;
    let elsewhere = replica.browser().with_session(&student.access, &student.csrf);
    let mut second = Events::open(&elsewhere, &letter, &first.last_id).await;
    second.until("the rest", |events| events.text == characters(12, 20)).await;
    assert!(pod.asked.lock().expect("nobody panics").contains(&12));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_takeover_continues_where_the_reader_is() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    let request = request_of(&site.requests, &letter).await;
    let uid = request.metadata.uid.clone().expect("a uid");
    let first = Pod::start(&uid).await;
    let claimed = worker::claim(&site.requests, request, &first.endpoint).await;
    let mut events = Events::open(&student, &letter, "").await;
    first.write_to(25);
    events.until("the first pod's text", |events| events.text == characters(0, 25)).await;
    first.kill();
    let lost = worker::lose(&site.requests, claimed).await;
    events
        .until("the news", |events| {
            events.states.last().is_some_and(|words| words.contains("Another one will take over"))
        })
        .await;
    let second = Pod::start(&uid).await;
    let claimed = worker::claim(&site.requests, lost, &second.endpoint).await;
    // It starts from the beginning; the reader sees nothing twice.
    for written in [5, 20, 40] {
        second.write_to(written);
    }
    events.until("the second pod's text", |events| events.text == characters(0, 40)).await;
    assert!(events.states.iter().any(|words| words.contains("second writer took over")), "{:?}", events.states);
    worker::finish(&site.requests, claimed).await;
    events.until("the end", |events| events.done).await;
    assert_eq!(events.text, LETTER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_letter_is_sent_at_once() {
    let site = site().await;
    let student = site.student("foo").await;
    let letter = student.ask_for_letter().await;
    worker::serve(&site.requests, request_of(&site.requests, &letter).await).await;
    let mut events = Events::open(&student, &letter, "").await;
    events.until("the end", |events| events.done).await;
    assert_eq!(events.text, LETTER);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_may_follow_the_letter_it_asked_for() {
    let site = site().await;
    let student = site.student("foo").await;
    let asked = student.query(&crate::browser::EXAMPLE).header("accept", "text/event-stream");
    let asked = tokio::spawn(crate::browser::send(asked));
    worker::serve(&site.requests, worker::only_request(&site.requests).await).await;
    let reply = asked.await.expect("does not panic");
    assert!(reply.body.contains("event: text") && reply.body.contains("event: done"), "{}", reply.body);
}
