//! One log line, one counter and one id for every request. Paths and bodies are never logged.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, Response};
use axum::middleware::Next;
use crds::metrics::{HTTP_DURATION, HTTP_REQUESTS};
use tracing::{Instrument as _, info, info_span};

/// Id of a request: in the log, in the answer's headers and on the error page.
#[derive(Clone, Debug, Default)]
pub struct RequestId(pub String);

/// The method as label and log field. It is text of the client's choice: each unknown one would be a series for ever.
fn known(method: &Method) -> &'static str {
    const KNOWN: [Method; 9] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
        Method::TRACE,
        Method::CONNECT,
    ];
    const NAMES: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"];
    KNOWN.iter().position(|known| known == method).map_or("OTHER", |at| NAMES[at])
}

/// Gives the request an id, times it, and logs and counts its answer.
pub async fn record(mut request: Request, next: Next) -> Response<Body> {
    // Never the id that a client sends: it would be text of the client's choice in our log.
    let id = uuid::Uuid::new_v4().simple().to_string();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = known(request.method());
    request.extensions_mut().insert(RequestId(id.clone()));
    let start = Instant::now();
    let span = info_span!("http", http.method = %method, http.route = %route, request.id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let seconds = start.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::counter!(HTTP_REQUESTS.name, &labels).increment(1);
    metrics::histogram!(HTTP_DURATION.name, &labels[..2]).record(seconds);
    span.in_scope(|| info!(http.status = status, duration_ms = (seconds * 1000.0) as u64, "Answered request"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_of_a_clients_choice_are_one_label() {
        assert_eq!((known(&Method::GET), known(&Method::DELETE)), ("GET", "DELETE"));
        for odd in ["BREW", "get", &"A".repeat(1000)] {
            assert_eq!(known(&odd.parse().expect("a token")), "OTHER");
        }
    }
}
