//! The answers of the probes and of the metrics page.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use inference::admin::{self, Health};
use tower::ServiceExt as _;

use crate::cluster::counted;

#[tokio::test]
async fn probes_tell_a_loading_a_working_a_leaving_and_a_stuck_worker_apart() {
    let handle = counted().clone();
    let health = Arc::new(Health::default());
    let routes = admin::router(Arc::clone(&health), handle);
    let get = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = routes.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    };
    let probes = async || (get("/healthz").await.0, get("/readyz").await.0);
    let (good, bad) = (StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE);

    assert_eq!(probes().await, (good, bad), "loading");
    let moves = Arc::new(AtomicBool::new(true));
    let probe = Arc::clone(&moves);
    let is_available = Arc::new(AtomicBool::new(true));
    let available = Arc::clone(&is_available);
    health.watch(move || probe.load(Ordering::Relaxed), move || available.load(Ordering::Relaxed));
    health.set_ready(true);
    assert_eq!(probes().await, (good, good), "working");
    is_available.store(false, Ordering::Relaxed);
    assert_eq!(probes().await, (good, bad), "the model server is away");
    is_available.store(true, Ordering::Relaxed);
    health.set_ready(false);
    assert_eq!(probes().await, (good, bad), "leaving");
    health.set_ready(true);
    moves.store(false, Ordering::Relaxed);
    assert_eq!(probes().await, (bad, bad), "stuck");

    let (status, page) = get("/metrics").await;
    assert_eq!(status, good);
    for name in ["claims_total", "claim_conflicts_total", "report_retries_total", "stream_watchers"] {
        assert!(page.contains(&format!("\ncoverletter_worker_{name} ")), "{name} is missing in\n{page}");
    }
}
