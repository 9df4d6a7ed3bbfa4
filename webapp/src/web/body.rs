//! Reading forms: urlencoded or multipart, within the body limit. The fields are noted for a refusal that comes later.

use std::error::Error;

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use futures::StreamExt as _;
use tower_http::timeout::TimeoutError;

use crate::web::error::AppError;
use crate::web::fields::Fields;
use crate::web::typed::Typed;

/// Largest body. The longest letter form has 29,600 characters of up to four bytes, and three times as much when a
/// client escapes every byte. Beyond that there is room for a text that is too long, so that it can be shown again.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// The fields of the request's form; none when the request has no body.
pub async fn read_fields(request: Request) -> Result<Fields, AppError> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_multipart = content_type.starts_with("multipart/form-data");
    let is_form = is_multipart || content_type.starts_with("application/x-www-form-urlencoded");
    if content_type.is_empty() {
        return Ok(Fields::default());
    }
    if !is_form {
        return Err(AppError::Rejected(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a form: urlencoded or multipart"));
    }
    let typed = request.extensions().get::<Typed>().cloned();
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, Body::from(read(body, BODY_BYTES_MAX).await?));
    let fields = if is_multipart { read_multipart(request).await? } else { read_urlencoded(request).await? };
    if let Some(typed) = typed {
        typed.note(&fields);
    }
    Ok(fields)
}

/// The whole body. One that is too large is read to its end all the same: a client that is still sending when the
/// connection closes sees a reset, not the answer. The layer that limits the time of a body ends this.
async fn read(body: Body, most: usize) -> Result<Bytes, AppError> {
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        length += chunk.len();
        if length <= most {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    if length > most { Err(unreadable(StatusCode::PAYLOAD_TOO_LARGE)) } else { Ok(kept.into()) }
}

async fn read_urlencoded(request: Request) -> Result<Fields, AppError> {
    let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
    Ok(Fields::new(form.map_err(|rejection| unreadable(rejection.status()))?.0))
}

async fn read_multipart(request: Request) -> Result<Fields, AppError> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|error| unreadable(error.status()))?;
    let mut fields = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(error.status()))? {
        let name = field.name().unwrap_or_default().to_owned();
        let value = field.text().await.map_err(|error| unreadable(error.status()))?;
        fields.push((name, value));
    }
    Ok(Fields::new(fields))
}

/// Why a body does not arrive. One that is late has no status 408: browsers answer that by sending it once more.
pub fn broken(error: &axum::Error) -> AppError {
    let mut causes = std::iter::successors(Some(error as &dyn Error), |error| (*error).source());
    if causes.any(<dyn Error + 'static>::is::<TimeoutError>) {
        return AppError::Rejected(StatusCode::BAD_REQUEST, "This took too long to arrive. Try again, or send less");
    }
    unreadable(StatusCode::BAD_REQUEST)
}

/// What is said where a form with this status could not be read.
pub fn unreadable(status: StatusCode) -> AppError {
    let message = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "This is too large; a form may have 512 KiB",
        _ => "The form could not be read",
    };
    AppError::Rejected(status, message)
}
