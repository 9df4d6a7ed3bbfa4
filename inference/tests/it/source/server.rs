//! A server that speaks the protocol of the Hugging Face hub, with a second origin for large files.
//!
//! As on the hub: a small file is behind a redirect to another path of the hub, a large one behind a redirect to signed
//! storage, and the headers `X-Repo-Commit`, `X-Linked-Etag` and `X-Linked-Size` say what a file is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

pub const REPOSITORY: &str = "owner/writer";
pub const REVISION: &str = "4c6f1d0b2a3e4d5f60718293a4b5c6d7e8f90123";
pub const TOKEN: &str = "hf_the-token-of-a-test";

/// The content of the server, and its faults.
#[derive(Clone, Debug, Default)]
pub struct Hub {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Commit that it names instead of [`REVISION`].
    pub commit: Option<String>,
    /// Whether only [`TOKEN`] opens it.
    pub gated: bool,
    /// Numbers of bytes after which the next connections to storage break.
    pub breaks: Vec<usize>,
    /// Bytes of the weights in storage, instead of the real ones.
    pub tampered: Option<Vec<u8>>,
    /// Whether the weights in storage have no end.
    pub is_endless: bool,
    /// Number of responses with 503 before the first real one.
    pub failures: usize,
    /// Whether it answers without the headers of a hub, as a captive portal does.
    pub is_portal: bool,
}

/// One request as it was received.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    /// Host and path.
    pub target: String,
    pub range: Option<String>,
    pub authorized: bool,
    pub at_storage: bool,
}

#[derive(Clone)]
struct Shared {
    hub: Arc<Mutex<Hub>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    storage: String,
}

/// A running server.
pub struct Server {
    pub url: String,
    shared: Shared,
}

impl Server {
    pub async fn start(hub: Hub) -> Self {
        let [front, storage] = [listen().await, listen().await];
        let shared = Shared {
            hub: Arc::new(Mutex::new(hub)),
            seen: Arc::default(),
            storage: address(&storage).replace("127.0.0.1", "localhost"),
        };
        let api = Router::new()
            .route("/api/models/{owner}/{name}/revision/{revision}", get(revision))
            .route("/{owner}/{name}/resolve/{revision}/{*file}", get(resolve))
            .route("/api/resolve-cache/models/{owner}/{name}/{revision}/{*file}", get(cached))
            .with_state(shared.clone());
        let files = Router::new().route("/signed/{*file}", get(signed)).with_state(shared.clone());
        let url = address(&front);
        tokio::spawn(async move { axum::serve(front, api).await });
        tokio::spawn(async move { axum::serve(storage, files).await });
        Self { url, shared }
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().expect("no test panicked with it").clone()
    }

    /// Changes the content or the faults.
    pub fn change(&self, change: impl FnOnce(&mut Hub)) {
        change(&mut self.shared.hub.lock().expect("no test panicked with it"));
    }
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

fn address(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().expect("a bound socket has an address"))
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Shared {
    /// Records the request. Returns the response that refuses it, if one does.
    fn admit(&self, method: &Method, target: String, headers: &HeaderMap, at_storage: bool) -> Option<Response> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let authorization = text(header::AUTHORIZATION);
        let seen = Seen {
            method: method.clone(),
            target,
            range: text(header::RANGE),
            authorized: authorization.is_some(),
            at_storage,
        };
        self.seen.lock().expect("no test panicked with it").push(seen);
        let mut hub = self.hub.lock().expect("no test panicked with it");
        if hub.failures > 0 {
            hub.failures -= 1;
            return Some(StatusCode::SERVICE_UNAVAILABLE.into_response());
        }
        let refused = hub.gated && !at_storage && authorization.as_deref() != Some(&format!("Bearer {TOKEN}"));
        refused.then(|| (StatusCode::UNAUTHORIZED, [("x-error-code", "GatedRepo")]).into_response())
    }

    fn hub(&self) -> Hub {
        self.hub.lock().expect("no test panicked with it").clone()
    }
}

fn target(request: &Request) -> String {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("{host}{}", request.uri().path())
}

async fn revision(
    State(shared): State<Shared>,
    Path((owner, name, revision)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    if let Some(refusal) = shared.admit(request.method(), target(&request), request.headers(), false) {
        return refusal;
    }
    let hub = shared.hub();
    if format!("{owner}/{name}") != REPOSITORY {
        return (StatusCode::NOT_FOUND, [("x-error-code", "RepoNotFound")]).into_response();
    }
    if revision != REVISION {
        return (StatusCode::NOT_FOUND, [("x-error-code", "RevisionNotFound")]).into_response();
    }
    let siblings: Vec<_> = hub.files.keys().map(|name| serde_json::json!({"rfilename": name})).collect();
    let commit = hub.commit.unwrap_or_else(|| REVISION.to_owned());
    axum::Json(serde_json::json!({"id": REPOSITORY, "sha": commit, "siblings": siblings})).into_response()
}

async fn resolve(
    State(shared): State<Shared>,
    Path((_, _, _, file)): Path<(String, String, String, String)>,
    request: Request,
) -> Response {
    if let Some(refusal) = shared.admit(request.method(), target(&request), request.headers(), false) {
        return refusal;
    }
    let hub = shared.hub();
    let commit = hub.commit.clone().unwrap_or_else(|| REVISION.to_owned());
    let Some(bytes) = hub.files.get(&file) else {
        let headers = [("x-error-code", "EntryNotFound"), ("x-repo-commit", commit.as_str())];
        return (StatusCode::NOT_FOUND, headers).into_response();
    };
    if hub.is_portal {
        return "<html>Please log in to this network</html>".into_response();
    }
    if !file.ends_with(".safetensors") {
        let location = format!("/api/resolve-cache/models/{REPOSITORY}/{REVISION}/{file}");
        return (StatusCode::TEMPORARY_REDIRECT, [("location", location)]).into_response();
    }
    let (location, size, etag) =
        (format!("{}/signed/{file}", shared.storage), bytes.len().to_string(), format!("\"{}\"", sha256(bytes)));
    let headers = [
        ("x-repo-commit", commit.as_str()),
        ("x-linked-size", size.as_str()),
        ("x-linked-etag", etag.as_str()),
        ("location", location.as_str()),
    ];
    (StatusCode::FOUND, headers).into_response()
}

/// Where the hub keeps small files.
async fn cached(
    State(shared): State<Shared>,
    Path((_, _, _, file)): Path<(String, String, String, String)>,
    request: Request,
) -> Response {
    if let Some(refusal) = shared.admit(request.method(), target(&request), request.headers(), false) {
        return refusal;
    }
    let hub = shared.hub();
    let commit = hub.commit.unwrap_or_else(|| REVISION.to_owned());
    let Some(bytes) = hub.files.get(&file) else { return StatusCode::NOT_FOUND.into_response() };
    ([("x-repo-commit", commit.as_str()), ("etag", "\"a-blob\"")], bytes.clone()).into_response()
}

/// Storage behind a signed address: it knows ranges and no tokens.
async fn signed(State(shared): State<Shared>, Path(file): Path<String>, request: Request) -> Response {
    if let Some(refusal) = shared.admit(request.method(), target(&request), request.headers(), true) {
        return refusal;
    }
    let mut hub = shared.hub.lock().expect("no test panicked with it");
    let Some(real) = hub.files.get(&file) else { return StatusCode::NOT_FOUND.into_response() };
    if hub.is_endless {
        let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0; 64 * 1024]));
        return Body::from_stream(chunks).into_response();
    }
    let bytes = hub.tampered.as_ref().unwrap_or(real).clone();
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let from: usize = range.map_or(0, |range| range[6..range.len() - 1].parse().expect("`bytes=<from>-`"));
    let (length, rest) = (bytes.len(), bytes[from.min(bytes.len())..].to_vec());
    let body = match (!hub.breaks.is_empty()).then(|| hub.breaks.remove(0)) {
        Some(after) => breaking(&rest[..after.min(rest.len())]),
        None => Body::from(rest.clone()),
    };
    let response = Response::builder().header(header::CONTENT_LENGTH, rest.len());
    let response = match range {
        Some(_) => response
            .status(StatusCode::PARTIAL_CONTENT)
            .header(header::CONTENT_RANGE, format!("bytes {from}-{}/{length}", length.saturating_sub(1))),
        None => response,
    };
    response.body(body).expect("a response")
}

/// A body that ends with an error, which closes the connection.
fn breaking(bytes: &[u8]) -> Body {
    let sent = futures::stream::iter([Ok(bytes.to_vec())]);
    // The server sends its buffer when the body pauses, and discards it at an error.
    let broken = futures::stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(sent.chain(broken))
}
