//! An inference pod as the site sees one: status writes, and a server that streams text.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use crds::life::{self, Claimant, Written};
use crds::reason::RequestReason;
use crds::request::{Check, Mark, Model, Outcome, Usage};
use crds::{CoverLetterRequest, CoverLetterRequestStatus};
use futures::StreamExt as _;
use jiff::Timestamp;
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use crate::waiting::eventually;

/// What the site must show to be let in.
pub const TOKEN: &str = "stream-token";
/// A letter with a character outside ASCII and one outside the basic plane.
pub const LETTER: &str = "Dear Hiring Manager,\n\nI work at Sony – as an intern. 🙂\n\nSincerely,\nJohn";

pub fn name_of(letter: &str) -> String {
    format!("letter-{letter}")
}

/// Waits for the request of this letter.
pub async fn request_of(requests: &Api<CoverLetterRequest>, letter: &str) -> CoverLetterRequest {
    let name = name_of(letter);
    eventually("the request", async || requests.get_opt(&name).await.ok().flatten()).await
}

/// All requests, as soon as the API server answers.
pub async fn all(requests: &Api<CoverLetterRequest>) -> Vec<CoverLetterRequest> {
    let list = async || requests.list(&ListParams::default()).await.ok();
    eventually("a list of the requests", list).await.items
}

/// The one request that anybody made.
pub async fn only_request(requests: &Api<CoverLetterRequest>) -> CoverLetterRequest {
    let first = async || requests.list(&ListParams::default()).await.ok()?.items.into_iter().next();
    eventually("a request", first).await
}

async fn write(
    requests: &Api<CoverLetterRequest>,
    mut request: CoverLetterRequest,
    status: CoverLetterRequestStatus,
) -> CoverLetterRequest {
    let name = request.metadata.name.clone().expect("it has a name");
    request.status = Some(status);
    requests.replace_status(&name, &PostParams::default(), &request).await.expect("the API server takes the status")
}

fn now() -> Timestamp {
    Timestamp::now()
}

/// Claims a request for the pod at `endpoint`.
pub async fn claim(
    requests: &Api<CoverLetterRequest>,
    request: CoverLetterRequest,
    endpoint: &str,
) -> CoverLetterRequest {
    let claimant = Claimant {
        worker: "pod".to_owned(),
        pod_uid: "pod-uid".to_owned(),
        boot_id: "boot".to_owned(),
        endpoint: endpoint.to_owned(),
    };
    let status = life::claimed(&request, &claimant, now());
    write(requests, request, status).await
}

/// The claim is lost; the request waits again.
pub async fn lose(requests: &Api<CoverLetterRequest>, request: CoverLetterRequest) -> CoverLetterRequest {
    let status = life::attempt_ended(&request, Outcome::Lost, "Pod is gone.", 3, now());
    write(requests, request, status).await
}

pub async fn fail(requests: &Api<CoverLetterRequest>, request: CoverLetterRequest, reason: RequestReason) {
    let status = life::failed(&request, reason, "It did not work.".to_owned(), now());
    write(requests, request, status).await;
}

/// Finishes a claimed request with [`LETTER`].
pub async fn finish(requests: &Api<CoverLetterRequest>, request: CoverLetterRequest) -> CoverLetterRequest {
    let check = |name: &str, passed, message: &str, marks| Check {
        name: name.to_owned(),
        passed,
        message: message.to_owned(),
        marks,
    };
    let as_an_intern = vec![Mark { start: 39, end: 51 }];
    let written = Written {
        letter: LETTER.to_owned(),
        checks: vec![
            check("Salutation", true, "", Vec::new()),
            check("OwnFigures", false, "`4 years` is from the advert", as_an_intern),
        ],
        usage: Usage { prompt_tokens: 120, completion_tokens: 40 },
        model: Model { name: "built-in".to_owned(), sha256: "00".to_owned() },
        first_token: Some(5),
        plain: None,
    };
    let status = life::succeeded(&request, written, now());
    write(requests, request, status).await
}

/// Claims and finishes.
pub async fn serve(requests: &Api<CoverLetterRequest>, request: CoverLetterRequest) -> CoverLetterRequest {
    let claimed = claim(requests, request, "127.0.0.1:9").await;
    finish(requests, claimed).await
}

/// A pod's stream: sends the letter as far as it has been written.
#[derive(Clone)]
pub struct Pod {
    pub endpoint: String,
    written: watch::Sender<usize>,
    uid: String,
    /// Offsets that the site asked for.
    pub asked: Arc<Mutex<Vec<usize>>>,
    gone: tokio_util::sync::CancellationToken,
}

#[derive(Deserialize)]
struct Offset {
    offset: usize,
}

impl Pod {
    /// A pod that holds the request with this uid.
    pub async fn start(uid: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let pod = Self {
            endpoint: listener.local_addr().expect("it is bound").to_string(),
            written: watch::Sender::new(0),
            uid: uid.to_owned(),
            asked: Arc::default(),
            gone: tokio_util::sync::CancellationToken::new(),
        };
        let app = Router::new().route("/v1/requests/{uid}/stream", get(stream)).with_state(pod.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        pod
    }

    /// Has written so many characters of the letter.
    pub fn write_to(&self, characters: usize) {
        self.written.send_replace(characters);
    }

    /// Dies: all streams break.
    pub fn kill(&self) {
        self.gone.cancel();
    }
}

async fn stream(
    State(pod): State<Pod>,
    Path(uid): Path<String>,
    Query(Offset { offset }): Query<Offset>,
    headers: HeaderMap,
) -> Response {
    if headers.get("authorization").is_none_or(|token| token != format!("Bearer {TOKEN}").as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if uid != pod.uid || pod.gone.is_cancelled() {
        return StatusCode::NOT_FOUND.into_response();
    }
    pod.asked.lock().expect("nobody panics").push(offset);
    let state = serde_json::json!({"state": "Writing", "attempt": 1, "promptTokens": 120, "completionTokens": 1});
    let first = futures::stream::iter([Event::default().event("state").data(state.to_string())]);
    let pieces = WatchStream::new(pod.written.subscribe()).scan(offset, |sent, written| {
        let from = *sent;
        *sent = written.max(from);
        let text: String = LETTER.chars().skip(from).take(*sent - from).collect();
        let event = Event::default().event("text").data(serde_json::json!({"offset": from, "text": text}).to_string());
        futures::future::ready(Some(event))
    });
    Sse::new(first.chain(pieces).take_until(pod.gone.cancelled_owned()).map(Ok::<_, Infallible>)).into_response()
}
