//! A written letter as a file: plain text, PDF or DOCX. All of them say the same.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;

use super::id::parse;
use crate::accounts::session::SignedIn;
use crate::letter::Letter;
use crate::letters::document::pdf::PdfError;
use crate::letters::document::{Document, docx, pdf};
use crate::letters::pages::file_name;
use crate::letters::{Letters, settle};
use crate::web::error::AppError;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

pub async fn text(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response<Body>, AppError> {
    let (letter, text) = written(&state, &id, &signed_in).await?;
    Ok(file(&letter, "txt", "text/plain; charset=utf-8", format!("{text}\n").into_bytes()))
}

pub async fn pdf(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response<Body>, AppError> {
    let (letter, text) = written(&state, &id, &signed_in).await?;
    let file_of_it = pdf::write(&Document::new(&letter, &text)).map_err(|error| match error {
        PdfError::Missing(characters) => AppError::NoGlyphs(pdf::without(&characters)),
        error => AppError::Export(Box::new(error)),
    })?;
    Ok(file(&letter, "pdf", "application/pdf", file_of_it))
}

pub async fn docx(
    State(state): State<Letters>,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response<Body>, AppError> {
    let (letter, text) = written(&state, &id, &signed_in).await?;
    let file_of_it = docx::write(&Document::new(&letter, &text)).map_err(|error| AppError::Export(Box::new(error)))?;
    Ok(file(&letter, "docx", DOCX, file_of_it))
}

/// A letter of this user that is written, and its text.
async fn written(state: &Letters, id: &str, signed_in: &SignedIn) -> Result<(Letter, String), AppError> {
    let letter = settle::settle(state, signed_in.user.id, parse(id)?).await?;
    let text = letter.text().ok_or(AppError::NotFound)?.to_owned();
    Ok((letter, text))
}

fn file(letter: &Letter, extension: &str, kind: &'static str, content: Vec<u8>) -> Response<Body> {
    let disposition = file_name::disposition(&file_name::of(letter), extension);
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (StatusCode::OK, headers, content).into_response()
}
