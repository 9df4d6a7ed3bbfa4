//! An inference pod as the site sees one: it claims and finishes requests, and streams text in which each token is the time
//! at which it was sent.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::Event;
use axum::routing::get;
use crds::CoverLetterRequest;
use crds::life::{self, Claimant, Written};
use crds::request::{Model, Usage};
use futures::{Stream, StreamExt as _, stream};
use jiff::Timestamp;
use kube::Api;
use kube::api::PostParams;
use tokio::net::TcpListener;

/// Pause between two tokens of a letter.
const TOKEN_EVERY: Duration = Duration::from_millis(100);
/// Characters of a token: microseconds with leading zeros, and a space.
pub const TOKEN_CHARS: usize = 13;

/// The pod's stream, which ends with the program.
#[derive(Clone)]
pub struct Pod {
    pub endpoint: String,
    /// From which the times of tokens count.
    pub epoch: Instant,
}

impl Pod {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let pod = Self { endpoint: listener.local_addr()?.to_string(), epoch: Instant::now() };
        let app = Router::new().route("/v1/requests/{uid}/stream", get(tokens)).with_state(pod.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(pod)
    }

    /// Claims a request for this pod.
    pub async fn claim(
        &self,
        requests: &Api<CoverLetterRequest>,
        mut request: CoverLetterRequest,
    ) -> Result<CoverLetterRequest> {
        let claimant = Claimant {
            worker: "pod".to_owned(),
            pod_uid: "pod-uid".to_owned(),
            boot_id: "boot".to_owned(),
            endpoint: self.endpoint.clone(),
        };
        request.status = Some(life::claimed(&request, &claimant, Timestamp::now()));
        write(requests, request).await
    }

    /// Claims and finishes a request.
    pub async fn serve(&self, requests: &Api<CoverLetterRequest>, request: CoverLetterRequest) -> Result<()> {
        let mut claimed = self.claim(requests, request).await?;
        let written = Written {
            letter: "Dear Hiring Manager,\n\nI write software.\n\nSincerely,\nJohn".to_owned(),
            checks: Vec::new(),
            usage: Usage { prompt_tokens: 120, completion_tokens: 40 },
            model: Model { name: "built-in".to_owned(), sha256: "00".to_owned() },
            first_token: Some(5),
            plain: None,
        };
        claimed.status = Some(life::succeeded(&claimed, written, Timestamp::now()));
        write(requests, claimed).await.map(drop)
    }
}

async fn write(requests: &Api<CoverLetterRequest>, request: CoverLetterRequest) -> Result<CoverLetterRequest> {
    let name = request.metadata.name.clone().unwrap_or_default();
    Ok(requests.replace_status(&name, &PostParams::default(), &request).await?)
}

async fn tokens(State(pod): State<Pod>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let state = serde_json::json!({"state": "Writing", "attempt": 1, "promptTokens": 120, "completionTokens": 1});
    let first = stream::iter([Event::default().event("state").data(state.to_string())]);
    let every = tokio::time::interval(TOKEN_EVERY);
    let written = stream::unfold((every, 0), move |(mut every, offset)| async move {
        every.tick().await;
        let text = format!("{:012} ", pod.epoch.elapsed().as_micros());
        let piece = serde_json::json!({"offset": offset, "text": text});
        let event = Event::default().event("text").data(piece.to_string());
        Some((event, (every, offset + TOKEN_CHARS)))
    });
    Sse::new(first.chain(written).map(Ok))
}
