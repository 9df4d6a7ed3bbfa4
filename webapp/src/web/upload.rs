//! Reading a form with a file while it arrives: whatever becomes of the file, what was typed beside it is noted.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::web::body::{BODY_BYTES_MAX, broken, unreadable};
use crate::web::error::AppError;
use crate::web::fields::Fields;
use crate::web::typed::Typed;

/// Largest file. Beside it there may be as much as in any form.
pub const FILE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Bytes that are handed on at once, however many arrive.
const PIECE: usize = 64 * 1024;
/// What may be under way: the pieces that are sent, kept by the channel and taken apart.
const UNDER_WAY: usize = 4 * PIECE;

/// A form with a file.
#[derive(Default)]
pub struct Upload {
    /// The fields.
    pub fields: Fields,
    /// The file, or its beginning where it is larger than [`FILE_BYTES_MAX`]; empty when there is none.
    pub file: Vec<u8>,
}

/// Reads a form with a file. Its fields are noted, also when something else about it is wrong.
///
/// # Errors
/// When it is no form, does not arrive, or has more than any form beside its file.
pub async fn read(request: Request) -> Result<Upload, AppError> {
    // One byte more than a file may have tells that it is too large.
    read_up_to(FILE_BYTES_MAX + 1, request).await
}

/// Passes over a form that is refused, so that its client sees the answer. Nothing is kept but its fields, which are noted.
pub async fn pass_over(request: Request) {
    let _ = read_up_to(0, request).await;
}

/// Reads a form and so much of its file.
async fn read_up_to(most: usize, request: Request) -> Result<Upload, AppError> {
    let typed = request.extensions().get::<Typed>().cloned();
    let (parts, body) = request.into_parts();
    let (pieces, arriving) = mpsc::channel(1);
    let request = Request::from_parts(parts, Body::from_stream(ReceiverStream::new(arriving)));
    let of_file = AtomicUsize::new(0);
    let mut fields = Vec::new();
    let (arrived, file) =
        tokio::join!(hand_on(body, pieces, &of_file), take_apart(request, most, &mut fields, &of_file));
    let fields = Fields::new(fields);
    if let Some(typed) = typed {
        typed.note(&fields);
    }
    arrived?;
    Ok(Upload { fields, file: file? })
}

/// Hands a body on, piece by piece, for as long as somebody takes them, and passes over the rest: a client that is still
/// sending when the connection closes sees a reset, not the answer. The layer that limits the time of a body ends this.
async fn hand_on(
    body: Body,
    pieces: mpsc::Sender<Result<Bytes, axum::Error>>,
    of_file: &AtomicUsize,
) -> Result<(), AppError> {
    let mut pieces = Some(pieces);
    let mut is_too_large = false;
    let mut length = 0;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let mut chunk = chunk.map_err(|error| broken(&error))?;
        while let Some(taker) = pieces.as_ref().filter(|_| !chunk.is_empty()) {
            let piece = chunk.split_to(PIECE.min(chunk.len()));
            length += piece.len();
            is_too_large = length - of_file.load(Relaxed) > BODY_BYTES_MAX + UNDER_WAY;
            if is_too_large || taker.send(Ok(piece)).await.is_err() {
                pieces = None;
            }
        }
    }
    if is_too_large { Err(unreadable(StatusCode::PAYLOAD_TOO_LARGE)) } else { Ok(()) }
}

/// Takes the fields out of a form, and returns so much of its file. Bytes of the file are counted as they go by.
async fn take_apart(
    mut request: Request,
    most: usize,
    fields: &mut Vec<(String, String)>,
    of_file: &AtomicUsize,
) -> Result<Vec<u8>, AppError> {
    // Whoever hands the form on limits it.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| unreadable(error.status()))?;
    let mut file = Vec::new();
    while let Some(mut field) = multipart.next_field().await.map_err(|error| unreadable(error.status()))? {
        if field.file_name().is_none() {
            let name = field.name().unwrap_or_default().to_owned();
            let value = field.text().await.map_err(|error| unreadable(error.status()))?;
            fields.push((name, value));
            continue;
        }
        file.clear();
        while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(error.status()))? {
            of_file.fetch_add(chunk.len(), Relaxed);
            let room = most.saturating_sub(file.len()).min(chunk.len());
            file.extend_from_slice(&chunk[..room]);
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::http::header::CONTENT_TYPE;

    use super::*;

    const FORM: &str = "--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\ntyped\r\n\
        --x\r\ncontent-disposition: form-data; name=\"cv\"; filename=\"cv\"\r\n\r\n";
    const END: &str = "\r\n--x--\r\n";

    /// A form that arrives in these pieces.
    async fn read_of(pieces: Vec<io::Result<Bytes>>) -> (Result<Upload, AppError>, Typed) {
        let body = Body::from_stream(futures::stream::iter(pieces));
        let request = Request::builder().header(CONTENT_TYPE, "multipart/form-data; boundary=x").body(body);
        let mut request = request.expect("is a request");
        let typed = Typed::attach(&mut request);
        (read(request).await, typed)
    }

    fn text(typed: &Typed) -> Option<String> {
        typed.fields().and_then(|fields| fields.raw("text"))
    }

    #[tokio::test]
    async fn a_file_of_any_size_passes_by_and_no_more_of_it_is_kept_than_may_be() {
        for size in [0, FILE_BYTES_MAX, FILE_BYTES_MAX + 1, 40 * FILE_BYTES_MAX] {
            let file = vec![b'f'; size];
            let chunks = file.chunks(300_000).map(Bytes::copy_from_slice).map(Ok);
            let pieces = [Ok(FORM.into())].into_iter().chain(chunks).chain([Ok(END.into())]);
            let (read, typed) = read_of(pieces.collect()).await;
            assert_eq!(read.expect("is a form").file.len(), size.min(FILE_BYTES_MAX + 1));
            assert_eq!(text(&typed).as_deref(), Some("typed"));
        }
    }

    #[tokio::test]
    async fn what_arrived_is_noted_where_the_rest_does_not() {
        let (read, typed) =
            read_of(vec![Ok(FORM.into()), Ok("half of a f".into()), Err(io::Error::other("cut"))]).await;
        assert!(matches!(read, Err(AppError::Rejected(StatusCode::BAD_REQUEST, _))));
        assert_eq!(text(&typed).as_deref(), Some("typed"));
    }

    #[tokio::test]
    async fn heads_and_texts_without_an_end_are_refused_within_bounds() {
        let endless = || std::iter::repeat_n("x".repeat(300_000), 20).map(|text| Ok(text.into()));
        for begin in ["--x\r\n", "--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n", "no form at all"] {
            let pieces = [Ok(begin.into())].into_iter().chain(endless());
            let (read, typed) = read_of(pieces.collect()).await;
            assert!(matches!(read, Err(AppError::Rejected(StatusCode::PAYLOAD_TOO_LARGE, _))), "{begin}");
            assert_eq!(text(&typed), None);
        }
    }
}
