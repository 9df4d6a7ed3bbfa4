//! Puts failures into words: JSON for programs, a page for people. A form that was not handled comes back with its text,
//! whatever the reason, and people without a session are asked to log in.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use serde_json::json;

use crate::accounts::pages::{LoginPage, Ways};
use crate::accounts::session::cookies;
use crate::letters::forms::LetterForm;
use crate::letters::pages::new_letter::NewLetterPage;
use crate::web::access_log::RequestId;
use crate::web::error::Problem;
use crate::web::error_page::ErrorPage;
use crate::web::fields::Fields;
use crate::web::html::Html;
use crate::web::typed::Typed;
use crate::web::typed_page::TypedPage;
use crate::web::waiting::Waiting;
use crate::web::{negotiate, reply};

/// Headers that the answer in words keeps from the bare one.
const KEPT: [axum::http::HeaderName; 2] = [RETRY_AFTER, ALLOW];

/// What an answer in words needs to know of its request.
struct Asked {
    /// Whether a person is opening a page.
    page: bool,
    /// The path that it was sent to.
    path: String,
    /// The page that logging in leads to.
    next: String,
    /// The CSRF proof of the browser's session; empty without one.
    csrf: String,
    id: RequestId,
}

/// Gives words to failures without any: those of handlers, of axum and of the other layers.
pub async fn word_failures(State(ways): State<Ways>, mut request: Request, next: Next) -> Response<Body> {
    let asked = Asked::by(&request);
    let typed = Typed::attach(&mut request);
    let response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() || is_worded(&response) {
        return response;
    }
    let problem = response.extensions().get::<Problem>().cloned().unwrap_or_else(|| default_problem(response.status()));
    let mut worded = match typed.fields() {
        _ if !asked.page => reply::json(response.status(), &json!({"msg": problem.message})),
        Some(fields) if let Some(form) = Waiting::new(&asked.path, fields) => {
            with_form(response.status(), &problem, &asked, fields, form, ways)
        }
        _ if problem.log_in => reply::see_other(&format!("/auth/login?next={}", asked.next)),
        _ => {
            let page = ErrorPage::new(response.status().as_u16(), problem.message, asked.id.0);
            (response.status(), Html(page)).into_response()
        }
    };
    keep_headers(response.headers(), worded.headers_mut());
    worded
}

impl Asked {
    fn by(request: &Request) -> Self {
        let fetch_mode = request.headers().get("sec-fetch-mode").and_then(|mode| mode.to_str().ok());
        Self {
            page: negotiate::navigates(reply::header_text(request.headers(), "accept"), fetch_mode),
            path: request.uri().path().to_owned(),
            next: next_path(request),
            csrf: cookies::csrf_proof(request.headers()),
            id: request.extensions().get::<RequestId>().cloned().unwrap_or_default(),
        }
    }
}

/// The page that gives the form back.
fn with_form(
    status: StatusCode,
    problem: &Problem,
    asked: &Asked,
    fields: &Fields,
    form: Waiting,
    ways: Ways,
) -> Response<Body> {
    let message = problem.on_page.map_or_else(|| problem.message.clone(), str::to_owned);
    if problem.log_in {
        return (status, Html(LoginPage::keeping(&asked.next, &form, ways))).into_response();
    }
    if asked.path == "/model/query" {
        let form = LetterForm::refused(fields, message);
        return (status, Html(NewLetterPage::new(&form, asked.csrf.clone()))).into_response();
    }
    (status, Html(TypedPage::new(form, message, asked.csrf.clone()))).into_response()
}

fn is_worded(response: &Response<Body>) -> bool {
    let content_type = reply::header_text(response.headers(), CONTENT_TYPE.as_str());
    ["text/html", "application/json", "text/event-stream"].iter().any(|kind| content_type.starts_with(kind))
}

/// The page that logging in leads to: the one that was asked for, unless it was a form.
fn next_path(request: &Request) -> String {
    let path = request.uri().path();
    let path = if request.method() == Method::GET { path } else { "/user/protected" };
    negotiate::local_path(path).unwrap_or("/user/protected").to_owned()
}

fn default_problem(status: StatusCode) -> Problem {
    let message = match status {
        StatusCode::NOT_FOUND => "There is nothing here",
        StatusCode::METHOD_NOT_ALLOWED => "This method is not allowed here",
        StatusCode::PAYLOAD_TOO_LARGE => "This is too large; a form may have 512 KiB",
        StatusCode::FORBIDDEN => "This request came from another site",
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => "This took too long. Try again in a moment.",
        status if status.is_client_error() => "The request could not be read",
        _ => "Something went wrong on our side. Try again in a moment.",
    };
    Problem { message: message.to_owned(), on_page: None, log_in: false }
}

fn keep_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for name in KEPT {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}
