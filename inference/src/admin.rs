//! Health and metrics: `/healthz`, `/readyz`, `/metrics`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::metrics::Page;

/// What the probes of the pod are told.
#[derive(Default)]
pub struct Health {
    ready: AtomicBool,
    pulse: OnceLock<Box<dyn Fn() -> bool + Send + Sync>>,
}

impl Health {
    /// The program is alive while `pulse` says that the model's loop moves. Before this call, while the model loads, it
    /// counts as alive.
    pub fn watch(&self, pulse: impl Fn() -> bool + Send + Sync + 'static) {
        // Only the first model counts; there is never a second.
        let _ = self.pulse.set(Box::new(pulse));
    }

    /// Whether this pod takes requests: from the first look at the queue until it begins to shut down.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    fn is_alive(&self) -> bool {
        self.pulse.get().is_none_or(|moves| moves())
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed) && self.is_alive()
    }
}

/// The routes of the probes and of the metrics page.
pub fn router(health: Arc<Health>, metrics: Page) -> Router {
    Router::new()
        .route("/healthz", get(async |State(health): State<Arc<Health>>| answer(health.is_alive())))
        .route("/readyz", get(async |State(health): State<Arc<Health>>| answer(health.is_ready())))
        .with_state(health)
        .route("/metrics", get(async move || page(&metrics)))
}

fn answer(good: bool) -> impl IntoResponse {
    if good { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "no\n") }
}

fn page(metrics: &Page) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render())
}
