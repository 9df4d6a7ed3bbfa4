//! Puts failures into words: JSON for programs, a page for people, and the log-in page for people without a session.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use serde_json::json;

use crate::web::access_log::RequestId;
use crate::web::error::Problem;
use crate::web::error_page::ErrorPage;
use crate::web::html::Html;
use crate::web::negotiate;
use crate::web::reply;

/// Headers that the answer in words keeps from the bare one.
const KEPT: [axum::http::HeaderName; 2] = [RETRY_AFTER, ALLOW];

/// Gives words to failures without any: those of handlers, of axum and of the other layers.
pub async fn word_failures(request: Request, next: Next) -> Response<Body> {
    let page = negotiate::navigates(
        reply::header_text(request.headers(), "accept"),
        request.headers().get("sec-fetch-mode").and_then(|mode| mode.to_str().ok()),
    );
    let next_path = next_path(&request);
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() || is_worded(&response) {
        return response;
    }
    let problem = response.extensions().get::<Problem>().cloned().unwrap_or_else(|| default_problem(response.status()));
    let mut worded = if !page {
        reply::json(response.status(), &json!({"msg": problem.message}))
    } else if problem.log_in {
        reply::see_other(&format!("/auth/login?next={next_path}"))
    } else {
        let page = ErrorPage::new(response.status().as_u16(), problem.message, id.0);
        (response.status(), Html(page)).into_response()
    };
    keep_headers(response.headers(), worded.headers_mut());
    worded
}

fn is_worded(response: &Response<Body>) -> bool {
    let content_type = reply::header_text(response.headers(), CONTENT_TYPE.as_str());
    ["text/html", "application/json", "text/event-stream"].iter().any(|kind| content_type.starts_with(kind))
}

/// The page that logging in leads to: the one that was asked for, unless it was a form, which is lost.
fn next_path(request: &Request) -> String {
    let path = request.uri().path();
    let path = if request.method() == Method::GET { path } else { "/user/protected" };
    negotiate::local_path(path).unwrap_or("/user/protected").to_owned()
}

fn default_problem(status: StatusCode) -> Problem {
    let message = match status {
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::METHOD_NOT_ALLOWED => "This method is not allowed here",
        StatusCode::PAYLOAD_TOO_LARGE => "This is too large; a form may have 64 KiB",
        StatusCode::FORBIDDEN => "This request came from another site",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "This took too long. Try again in a moment.",
        status if status.is_client_error() => "The request could not be read",
        _ => "Something went wrong on our side. Try again in a moment.",
    };
    Problem { message: message.to_owned(), log_in: false }
}

fn keep_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for name in KEPT {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}
