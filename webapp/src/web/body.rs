//! Reading forms: urlencoded or multipart, within the body limit.

use axum::Form;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;

use crate::web::error::AppError;
use crate::web::fields::Fields;

/// Largest body. The longest letter form has 28,200 characters.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// The fields of the request's form; none when the request has no body.
pub async fn read_fields(request: Request) -> Result<Fields, AppError> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        read_multipart(request).await
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
        let form = form.map_err(|rejection| unreadable(rejection.status()))?;
        Ok(Fields::new(form.0))
    } else if content_type.is_empty() {
        Ok(Fields::default())
    } else {
        Err(AppError::Rejected(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send a form: urlencoded or multipart"))
    }
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

fn unreadable(status: StatusCode) -> AppError {
    let message = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "This is too large; a form may have 64 KiB",
        _ => "The form could not be read",
    };
    AppError::Rejected(status, message)
}
