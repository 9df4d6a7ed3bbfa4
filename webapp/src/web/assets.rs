//! The static files, embedded in the program.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;

use crate::web::error::AppError;
use crate::web::reply;

/// Path below `/static/`, media type, content.
const FILES: [(&str, &str, &str); 6] = [
    ("css/styles.css", "text/css; charset=utf-8", include_str!("../../assets/styles.css")),
    ("js/form.js", "text/javascript; charset=utf-8", include_str!("../../assets/form.js")),
    ("js/letter.js", "text/javascript; charset=utf-8", include_str!("../../assets/letter.js")),
    ("js/passkey.js", "text/javascript; charset=utf-8", include_str!("../../assets/passkey.js")),
    ("favicon.svg", "image/svg+xml", include_str!("../../assets/favicon.svg")),
    ("robots.txt", "text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n"),
];

/// A static file, or 304 when the client has this version.
pub async fn show_asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response<Body>, AppError> {
    let (_, media_type, content) = FILES.iter().find(|(name, ..)| *name == path).ok_or(AppError::NotFound)?;
    let tag = tag(content);
    let status = if reply::header_text(&headers, IF_NONE_MATCH.as_str()) == tag {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    };
    let content = if status == StatusCode::OK { *content } else { "" };
    let headers = [(CONTENT_TYPE, *media_type), (CACHE_CONTROL, "public, max-age=300"), (ETAG, tag.as_str())];
    Ok((status, headers, content).into_response())
}

fn tag(content: &str) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
