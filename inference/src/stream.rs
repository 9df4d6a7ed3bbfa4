//! The text of letters while they are written: `GET /v1/requests/{uid}/stream`, as server-sent events.
//!
//! The events are those of [`crds::stream`]. A reader that was disconnected resumes with `?offset=` and misses nothing.

mod broadcast;
mod token;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::Stream;
use serde::Deserialize;

pub use broadcast::{LetterStream, Streams};
pub use token::{EmptyToken, StreamToken};

use broadcast::{ReadError, Reader};

/// Interval of comment lines, which keep idle connections open and reveal dead ones.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// How long a reader waits for a letter that this worker does not know: the operator's claim can be seen by readers before
/// the worker has taken it.
const TAKEN_WITHIN: Duration = Duration::from_secs(1);
/// How often it looks meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The route of the stream. Readers must show `token`.
pub fn router(streams: Arc<Streams>, token: StreamToken) -> Router {
    Router::new().route("/v1/requests/{uid}/stream", get(follow)).with_state(Shared { streams, token })
}

#[derive(Clone)]
struct Shared {
    streams: Arc<Streams>,
    token: StreamToken,
}

#[derive(Deserialize)]
struct Resume {
    #[serde(default)]
    offset: usize,
}

async fn follow(
    State(shared): State<Shared>,
    Path(uid): Path<String>,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !shown.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|token| shared.token.matches(token)) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    let unknown_until = Instant::now() + TAKEN_WITHIN;
    let mut reader = shared.streams.read(&uid, resume.offset);
    while reader.as_ref().is_err_and(|error| *error == ReadError::Unknown) && Instant::now() < unknown_until {
        tokio::time::sleep(LOOK_EVERY).await;
        reader = shared.streams.read(&uid, resume.offset);
    }
    match reader {
        Ok(reader) => {
            let no_buffering =
                [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")];
            (no_buffering, Sse::new(events(reader)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response()
        }
        Err(ReadError::Unknown) => StatusCode::NOT_FOUND.into_response(),
        Err(ReadError::TooManyReaders) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")]).into_response()
        }
    }
}

fn events(reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::unfold(reader, |mut reader| async move {
        let event = reader.next().await?;
        Some((Ok(Event::default().event(event.name()).data(event.data())), reader))
    })
}
