//! An OpenAI-compatible server that follows a script, with the documents of real ones as they were recorded.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const TOKEN: &str = "the-token-of-a-test";

/// Whose documents the server sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dialect {
    Vllm,
    Llama,
    Ollama,
}

/// What the server does with one chat completion.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Streams these pieces to the end.
    Pieces(Vec<String>),
    /// The same at an even pace, so that all of them take this long.
    Paced(Vec<String>, Duration),
    /// Chooses the last text of each list of the schema.
    Chooses,
    /// Streams these pieces, and then breaks the connection.
    Breaks(Vec<String>),
    /// Streams these pieces, and then says that it has failed.
    Fails(Vec<String>),
    /// Streams these pieces, and then nothing for ever.
    Hangs(Vec<String>),
    /// Streams these pieces again and again.
    Repeats(Vec<String>),
    /// Answers so, with the seconds of a `Retry-After`.
    Refuses(u16, Option<u32>, Value),
    /// Refuses a body that has this field, and goes on to the next reply with any other.
    RefusesField(&'static str),
}

/// What the server does, and what it was asked.
#[derive(Debug)]
pub struct Script {
    pub dialect: Dialect,
    pub models: Vec<String>,
    /// The token that opens it.
    pub token: Option<String>,
    /// What it does next; the last one again and again.
    pub replies: VecDeque<Reply>,
    /// Bodies of the chat completions that it was asked for, those of probes left out.
    pub asked: Vec<Value>,
    /// Streams that were closed before their end.
    pub dropped: usize,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Script>>);

/// A running server.
pub struct Server {
    pub url: String,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(dialect: Dialect, replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::on(listener, dialect, replies)
    }

    pub fn on(listener: TcpListener, dialect: Dialect, replies: impl IntoIterator<Item = Reply>) -> Self {
        let script = Script {
            dialect,
            models: vec!["qwen".to_owned()],
            token: Some(TOKEN.to_owned()),
            replies: replies.into_iter().collect(),
            asked: Vec::new(),
            dropped: 0,
        };
        let shared = Shared(Arc::new(Mutex::new(script)));
        let routes = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(chat))
            .with_state(shared.clone());
        let url = format!("http://{}/v1", listener.local_addr().expect("a bound socket has an address"));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Self { url, shared, serving }
    }

    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.shared.lock()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Script> {
        self.0.lock().expect("no test panicked with it")
    }

    fn refuses(&self, headers: &HeaderMap) -> Option<Response> {
        let token = self.lock().token.clone()?;
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        (shown != Some(&format!("Bearer {token}")))
            .then(|| (StatusCode::UNAUTHORIZED, Json(json!({"error": "Unauthorized"}))).into_response())
    }
}

async fn models(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(refusal) = shared.refuses(&headers) {
        return refusal;
    }
    let script = shared.lock();
    let model = |id: &String| match script.dialect {
        Dialect::Vllm => json!({"id": id, "object": "model", "created": 1_795_902_271, "owned_by": "vllm", "root": id,
            "parent": null, "max_model_len": 32_768, "permission": [{"id": "modelperm-1", "object": "model_permission"}]}),
        Dialect::Llama => json!({"id": id, "aliases": [id], "tags": [], "object": "model", "created": 1_795_902_271,
            "owned_by": "llamacpp", "meta": {"vocab_type": 2, "n_vocab": 49_152, "n_ctx": 2_048}}),
        Dialect::Ollama => {
            json!({"id": format!("{id}:latest"), "object": "model", "created": 1_795_902_271, "owned_by": "library"})
        }
    };
    Json(json!({"object": "list", "data": script.models.iter().map(model).collect::<Vec<_>>()})).into_response()
}

async fn chat(State(shared): State<Shared>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    shared.refuses(&headers).unwrap_or_else(|| answer(&shared, &body))
}

fn answer(shared: &Shared, body: &Value) -> Response {
    let mut script = shared.lock();
    let model = body["model"].as_str().unwrap_or_default().to_owned();
    if !script.models.contains(&model) {
        let message = format!("The model `{model}` does not exist.");
        let error = json!({"message": message, "type": "NotFoundError", "param": "model", "code": 404});
        return (StatusCode::NOT_FOUND, Json(json!({"error": error}))).into_response();
    }
    script.asked.push(body.clone());
    let reply = if script.replies.len() > 1 { script.replies.pop_front() } else { script.replies.front().cloned() };
    let dialect = script.dialect;
    drop(script);
    let whole = |pieces: &[String]| [said(dialect, pieces), ended(dialect, pieces.len())].concat();
    match reply.expect("a reply") {
        Reply::Pieces(pieces) => stream(shared, whole(&pieces), End::Closes),
        Reply::Paced(pieces, time) => paced(shared, whole(&pieces), time),
        Reply::Chooses => stream(shared, whole(&chosen(body)), End::Closes),
        Reply::Breaks(pieces) => stream(shared, said(dialect, &pieces), End::Breaks),
        Reply::Fails(pieces) => {
            let error = json!({"error": {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "code": 500}});
            stream(shared, [said(dialect, &pieces), vec![error.to_string()]].concat(), End::Closes)
        }
        Reply::Hangs(pieces) => stream(shared, said(dialect, &pieces), End::Hangs),
        Reply::Repeats(pieces) => {
            let all = said(dialect, &pieces).into_iter().cycle();
            let events = all.map(|data| Ok::<_, Infallible>(Bytes::from(format!("data: {data}\n\n"))));
            let body = Body::from_stream(futures::stream::iter(events));
            ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
        }
        Reply::Refuses(status, after, body) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let mut response = (status, Json(body)).into_response();
            if let Some(after) = after {
                response.headers_mut().insert(header::RETRY_AFTER, after.into());
            }
            response
        }
        Reply::RefusesField(field) if body.get(field).is_some() => {
            let mut script = shared.lock();
            script.replies.push_front(Reply::RefusesField(field));
            let error = json!({"message": format!("Unrecognized request argument supplied: {field}"), "type": "invalid_request_error"});
            (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
        }
        Reply::RefusesField(_) => stream(shared, whole(&words(3)), End::Closes),
    }
}

/// Words that are in no plan.
pub fn words(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("wörd{at} ")).collect()
}

/// The last text of each list of the schema, as JSON in small pieces.
fn chosen(body: &Value) -> Vec<String> {
    let properties = body["response_format"]["json_schema"]["schema"]["properties"].as_object().expect("a schema");
    let last = |(key, value): (&String, &Value)| {
        let texts = value["enum"].as_array().expect("texts");
        (key.clone(), texts.iter().rev().find(|text| **text != "").cloned().expect("a text"))
    };
    let json = Value::Object(properties.iter().map(last).collect()).to_string();
    let characters: Vec<char> = json.chars().collect();
    characters.chunks(5).map(|piece| piece.iter().collect()).collect()
}

/// One event for each piece.
fn said(dialect: Dialect, pieces: &[String]) -> Vec<String> {
    let first = match dialect {
        Dialect::Llama => json!({"role": "assistant", "content": null}),
        Dialect::Vllm => json!({"role": "assistant", "content": "", "reasoning_content": null}),
        Dialect::Ollama => {
            return pieces.iter().map(|piece| chunk(&json!({"role": "assistant", "content": piece}), None)).collect();
        }
    };
    std::iter::once(chunk(&first, None))
        .chain(pieces.iter().map(|piece| chunk(&json!({"content": piece}), None)))
        .collect()
}

/// The events after the last piece.
fn ended(dialect: Dialect, tokens: usize) -> Vec<String> {
    let usage = json!({"prompt_tokens": 345, "completion_tokens": tokens + 1, "total_tokens": 346 + tokens});
    let (delta, usage) = match dialect {
        Dialect::Vllm => (
            json!({"content": ""}),
            json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [], "usage": usage}),
        ),
        Dialect::Llama => {
            (json!({}), json!({"choices": [], "usage": usage, "timings": {"cache_n": 0, "prompt_n": 345}}))
        }
        Dialect::Ollama => (json!({"role": "assistant", "content": ""}), json!({"choices": [], "usage": usage})),
    };
    vec![chunk(&delta, Some("stop")), usage.to_string(), "[DONE]".to_owned()]
}

fn chunk(delta: &Value, finish: Option<&str>) -> String {
    let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish});
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_795_902_273, "model": "qwen", "choices": [choice]}).to_string()
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Closes,
    Breaks,
    Hangs,
}

/// Counts a stream that is dropped before its end.
struct Guard {
    shared: Shared,
    is_over: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.is_over {
            self.shared.lock().dropped += 1;
        }
    }
}

/// Sends the events one by one, as a model does that takes `time` for all of them.
fn paced(shared: &Shared, events: Vec<String>, time: Duration) -> Response {
    let guard = Guard { shared: shared.clone(), is_over: false };
    let beat = tokio::time::interval(time / u32::try_from(events.len()).expect("few events"));
    let events =
        futures::stream::unfold((events.into_iter(), beat, guard), async |(mut events, mut beat, mut guard)| {
            beat.tick().await;
            let Some(data) = events.next() else {
                guard.is_over = true;
                return None;
            };
            Some((Ok::<_, Infallible>(Bytes::from(format!("data: {data}\n\n"))), (events, beat, guard)))
        });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

fn stream(shared: &Shared, events: Vec<String>, end: End) -> Response {
    let guard = Guard { shared: shared.clone(), is_over: false };
    let bytes = events.into_iter().map(|data| Ok::<_, Infallible>(Bytes::from(format!("data: {data}\n\n"))));
    let first = futures::stream::iter(bytes).map(|bytes| bytes.map_err(|never| match never {}));
    let last = futures::stream::once(async move {
        let mut guard = guard;
        if end == End::Hangs {
            std::future::pending::<()>().await;
        }
        // Lets what was sent arrive before the connection breaks.
        tokio::time::sleep(Duration::from_millis(20)).await;
        guard.is_over = true;
        if end == End::Breaks { Err(std::io::Error::other("the server dies")) } else { Ok(Bytes::new()) }
    });
    let body = Body::from_stream(first.chain(last));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
