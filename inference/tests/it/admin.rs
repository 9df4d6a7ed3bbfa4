//! What probes and the metrics page say.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use inference::admin::{self, Health};
use inference::metrics;
use tower::ServiceExt as _;

#[tokio::test]
async fn probes_tell_a_loading_a_working_a_leaving_and_a_stuck_worker_apart() {
    let handle = metrics::start().expect("nothing else counts in this process");
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
    let pulse = Arc::clone(&moves);
    health.watch(move || pulse.load(Ordering::Relaxed));
    health.set_ready(true);
    assert_eq!(probes().await, (good, good), "working");
    health.set_ready(false);
    assert_eq!(probes().await, (good, bad), "leaving");
    health.set_ready(true);
    moves.store(false, Ordering::Relaxed);
    assert_eq!(probes().await, (bad, bad), "stuck");

    metrics::slots(8, 3);
    let (status, page) = get("/metrics").await;
    assert_eq!(status, good);
    for line in ["coverletter_worker_slots 8", "coverletter_worker_slots_active 3", "coverletter_worker_claims_total"] {
        assert!(page.contains(line), "{line} is missing in\n{page}");
    }
}
