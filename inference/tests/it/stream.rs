//! Reading a letter over HTTP while it is written.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use crds::request::State;
use futures::StreamExt as _;
use inference::stream::{self, StreamToken, Streams};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::cluster::Namespace;
use crate::script::Script;
use crate::worker::{Running, WORK};

pub const TOKEN: &str = "secret-of-the-app";

fn router(streams: &Arc<Streams>) -> Router {
    stream::router(Arc::clone(streams), StreamToken::parse(TOKEN).expect("not empty"))
}

pub async fn ask(streams: &Arc<Streams>, uid: &str, offset: usize, token: Option<&str>) -> axum::response::Response {
    let mut request = Request::get(format!("/v1/requests/{uid}/stream?offset={offset}"));
    if let Some(token) = token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::empty()).expect("a request");
    router(streams).oneshot(request).await.expect("an answer")
}

/// One reader of one letter.
struct Reader {
    body: BodyDataStream,
    buffer: String,
}

impl Reader {
    async fn open(streams: &Arc<Streams>, uid: &str, offset: usize) -> Self {
        let response = ask(streams, uid, offset, Some(TOKEN)).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), buffer: String::new() }
    }

    /// The next event: its name and its data. `None` at the end of the stream.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
                let named = field("event:").zip(field("data:"));
                let parsed = named.map(|(name, data)| (name.to_owned(), serde_json::from_str(data).expect("JSON")));
                self.buffer = String::from(rest);
                if parsed.is_some() {
                    return parsed;
                }
                continue;
            }
            let bytes = self.body.next().await?.expect("the stream goes on");
            self.buffer.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
        }
    }

    /// The text from here to the end, which is checked for gaps, and the last event.
    async fn rest(&mut self, mut offset: usize) -> (String, Option<(String, Value)>) {
        let (mut letter, mut last) = (String::new(), None);
        while let Some((name, data)) = self.next().await {
            if name == "text" {
                assert_eq!(data["offset"], offset, "no gap and no overlap");
                let text = data["text"].as_str().expect("a text");
                offset += text.chars().count();
                letter.push_str(text);
            }
            last = Some((name, data));
        }
        (letter, last)
    }
}

#[tokio::test]
async fn readers_follow_a_letter_and_come_back_where_they_were() {
    let namespace = Namespace::new("stream").await;
    let script = Script { words: 60, words_per_second: Some(60), ..Script::default() };
    let worker = Running::start(&namespace, "worker", script, WORK);
    let uid = namespace.request("read-along").await.metadata.uid.expect("a stored request has a uid");
    namespace.in_state("read-along", State::Running).await;

    let mut cut_off = Reader::open(&worker.streams, &uid, 0).await;
    let (name, data) = cut_off.next().await.expect("it begins with a state");
    assert_eq!((name.as_str(), &data["attempt"]), ("state", &json!(1)));
    let mut read = 0;
    while read < 100 {
        let (name, data) = cut_off.next().await.expect("the letter goes on");
        if name == "text" {
            read += data["text"].as_str().expect("a text").chars().count();
        }
    }
    drop(cut_off);
    let (rest, last) = Reader::open(&worker.streams, &uid, read).await.rest(read).await;
    assert_eq!(last, Some(("done".to_owned(), json!({ "state": "Succeeded" }))));

    let status = namespace.get("read-along").await.status.expect("it is finished");
    let letter = status.letter.expect("a letter");
    assert_eq!(rest, letter.chars().skip(read).collect::<String>());
    let (all, last) = Reader::open(&worker.streams, &uid, 0).await.rest(0).await;
    assert_eq!((all, last.map(|(name, _)| name).as_deref()), (letter, Some("done")), "it is kept for a while");
    worker.drain().await;
}

#[tokio::test]
async fn the_stream_needs_the_token_and_knows_only_its_own_requests() {
    let streams = Arc::new(Streams::default());
    let _stream = streams.open("held", 1);
    assert_eq!(ask(&streams, "held", 0, Some(TOKEN)).await.status(), StatusCode::OK);
    assert_eq!(ask(&streams, "other", 0, Some(TOKEN)).await.status(), StatusCode::NOT_FOUND);
    for wrong in [None, Some(""), Some("secret-of-the-ap"), Some("secret-of-the-app2")] {
        assert_eq!(ask(&streams, "held", 0, wrong).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&streams, "other", 0, wrong).await.status(), StatusCode::UNAUTHORIZED);
    }
}
