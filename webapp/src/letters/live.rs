//! A live page: the request's state from the watch and the text from the pod, merged into one stream of news.
//!
//! ```text
//! follower -> news -> event     for a script
//!                  -> growing   the rest of a page, for browsers without scripts
//! ```
//!
//! News are `state`, `text` (with the number of characters sent before, so that a browser resumes where it was) and
//! `done`. When another pod takes a letter over, the text continues where the reader is: the same request gives the same
//! text.

mod event;
mod follower;
mod growing;
mod news;

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Response};
use axum::response::sse::KeepAlive;
use axum::response::{IntoResponse as _, Sse};
use futures::{StreamExt as _, stream};
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use crate::letters::Letters;
use crate::letters::pages::growing::{CUT, GrowingPage};
use crate::letters::seats::Seat;
use crate::web::error::AppError;
use crate::web::html;
use follower::Follower;
use growing::Growing;
use news::News;

pub use follower::claim_of;

/// Proxies close connections that are silent for a minute or so.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A live page ends soon: the letter is finished, or its tab is closed.
const TRY_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// News that may wait for a slow reader; after that the pod's stream is read at the reader's pace.
const BUFFER: usize = 32;
/// Tells proxies to hold nothing back.
const NO_BUFFERING: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// What is told of this letter, as events.
///
/// # Errors
/// [`AppError::TooMany`] when the user follows too many letters.
pub fn events(state: &Letters, user_id: i64, id: Uuid, offset: usize) -> Result<Response<Body>, AppError> {
    let seat = state.seats.take(user_id).ok_or(AppError::TooMany(TRY_AGAIN))?;
    let news = ReceiverStream::new(follow(state, user_id, id, offset, seat));
    let events = Sse::new(news.map(|news| Ok::<_, Infallible>(event::event(&news))));
    let events = events.keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"));
    Ok(([NO_BUFFERING], events).into_response())
}

/// The page of this letter, which grows until the letter is finished. `None` when the user follows too many letters.
///
/// # Errors
/// When the page cannot be rendered.
pub fn page(state: &Letters, user_id: i64, id: Uuid, page: &GrowingPage) -> Result<Option<Response<Body>>, AppError> {
    let (head, tail) = html::in_two(page, CUT)?;
    let Some(seat) = state.seats.take(user_id) else { return Ok(None) };
    let growing = Growing::new(follow(state, user_id, id, 0, seat), tail);
    let rest = stream::unfold(growing, async |mut growing| Some((growing.next(KEEP_ALIVE).await?, growing)));
    let pieces = stream::iter([head]).chain(rest).map(Ok::<_, Infallible>);
    let kind = (CONTENT_TYPE, HeaderValue::from_static(html::TYPE));
    Ok(Some(([kind, NO_BUFFERING], Body::from_stream(pieces)).into_response()))
}

/// What is told of this letter from character `offset` on, until it is finished. Ends early when it is dropped, and when
/// the program stops.
fn follow(state: &Letters, user_id: i64, id: Uuid, offset: usize, seat: Seat) -> mpsc::Receiver<News> {
    let (sender, news) = mpsc::channel(BUFFER);
    tokio::spawn(Follower::new(state.clone(), user_id, id, offset, sender, seat).run());
    news
}
