//! What each page answers.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt as _;

use super::*;

struct Fixed {
    is_alive: bool,
    not_ready: Option<&'static str>,
}

impl Pages for Fixed {
    fn is_alive(&self) -> bool {
        self.is_alive
    }

    async fn not_ready(&self) -> Option<Cow<'static, str>> {
        self.not_ready.map(Cow::from)
    }

    fn metrics(&self) -> String {
        "letters_total 1\n".to_owned()
    }
}

async fn check(pages: Fixed, path: &str, status: StatusCode, body: &str) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = router(pages).oneshot(request).await.expect("an answer");
    assert_eq!(response.status(), status, "{path}");
    let bytes = to_bytes(response.into_body(), 1_024).await.expect("a body");
    assert_eq!(String::from_utf8_lossy(&bytes), body);
}

#[tokio::test]
async fn a_program_that_serves_says_ok() {
    let well = || Fixed { is_alive: true, not_ready: None };
    check(well(), "/healthz", StatusCode::OK, "ok\n").await;
    check(well(), "/readyz", StatusCode::OK, "ok\n").await;
    check(well(), "/metrics", StatusCode::OK, "letters_total 1\n").await;
}

#[tokio::test]
async fn a_program_that_does_not_serve_says_why() {
    let waits = || Fixed { is_alive: true, not_ready: Some("waiting for the database") };
    check(waits(), "/healthz", StatusCode::OK, "ok\n").await;
    check(waits(), "/readyz", StatusCode::SERVICE_UNAVAILABLE, "waiting for the database\n").await;
    let stuck = Fixed { is_alive: false, not_ready: None };
    check(stuck, "/healthz", StatusCode::SERVICE_UNAVAILABLE, "no\n").await;
}
