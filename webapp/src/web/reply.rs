//! Answers that are not pages: JSON and redirects, as the contract prints them.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;

/// Compact JSON with a line end.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut body = serde_json::to_string(value).expect("answers are plain structs");
    body.push('\n');
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// 303 to a path of this site, with the body that the original's library writes.
///
/// # Panics
/// When `location` holds control characters; every caller passes a path of ours or a checked one.
pub fn see_other(location: &str) -> Response<Body> {
    let shown = location.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let body = format!(
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be \
         redirected automatically to the target URL: <a href=\"{shown}\">{shown}</a>. If not, click the link.\n"
    );
    let location = HeaderValue::from_str(location).expect("locations are checked paths");
    let headers = [(LOCATION, location), (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))];
    (StatusCode::SEE_OTHER, headers, body).into_response()
}

/// Adds cookies to an answer.
pub fn set_cookies<const N: usize>(headers: &mut HeaderMap, cookies: [String; N]) {
    for cookie in cookies {
        let cookie = HeaderValue::try_from(cookie).expect("tokens and proofs are base64 and dots");
        headers.append(SET_COOKIE, cookie);
    }
}

/// The text of a header; empty when absent or not text.
pub fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
