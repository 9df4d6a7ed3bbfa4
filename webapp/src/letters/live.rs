//! A live page: the request's state from the watch and the text from the pod, merged into one stream of events.
//!
//! Events are `state`, `text` (its id is the number of characters sent so far, so that a browser resumes where it was) and
//! `done`. When another pod takes a letter over, the text continues where the reader is: the same request gives the same
//! text.

mod event;
mod follower;

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response};
use axum::response::IntoResponse as _;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use crate::letters::Letters;
use crate::letters::seats::Seat;
use crate::web::error::AppError;
use follower::Follower;

pub use follower::claim_of;

/// Proxies close connections that are silent for a minute or so.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A live page ends soon: the letter is finished, or its tab is closed.
const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// Events that may wait for a slow reader; after that the pod's stream is read at the reader's pace.
const BUFFER: usize = 32;

/// The events of this letter as an answer that no proxy holds back.
///
/// # Errors
/// [`AppError::TooMany`] when the user follows too many letters.
pub fn response(state: &Letters, user_id: i64, id: Uuid, offset: usize) -> Result<Response<Body>, AppError> {
    let seat = state.seats.take(user_id).ok_or(AppError::TooMany(TRY_AGAIN))?;
    let mut response = follow(state, user_id, id, offset, seat).into_response();
    let no_buffering = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(no_buffering, HeaderValue::from_static("no"));
    Ok(response)
}

/// The events of this letter from character `offset` on, until it is finished.
fn follow(
    state: &Letters,
    user_id: i64,
    id: Uuid,
    offset: usize,
    seat: Seat,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let (sender, events) = mpsc::channel(BUFFER);
    let follower = Follower::new(state.clone(), user_id, id, offset, sender, seat);
    tokio::spawn(follower.run());
    Sse::new(ReceiverStream::new(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"))
}
