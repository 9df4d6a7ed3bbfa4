//! `/healthz`, `/readyz` and `/metrics` on a port of their own.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::error;

use crate::db;

/// The kubelet's probe gives up after a second by default.
const PROBE_TIMEOUT: Duration = Duration::from_millis(800);

/// Whether the site can serve: set once the database is there and migrated.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<OnceLock<PgPool>>);

impl Readiness {
    /// From now on readiness depends on this database answering.
    pub fn set(&self, db: PgPool) {
        // A second call would only repeat the first.
        let _ = self.0.set(db);
    }
}

/// Routes of the admin port.
pub fn router(metrics: PrometheusHandle, ready: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz).with_state(ready))
        .route("/metrics", get(render_metrics).with_state(metrics))
}

/// Serves the admin port until `shutdown`.
pub async fn serve(listener: TcpListener, metrics: PrometheusHandle, ready: Readiness, shutdown: CancellationToken) {
    let served = axum::serve(listener, router(metrics, ready)).with_graceful_shutdown(shutdown.cancelled_owned());
    if let Err(error) = served.await {
        error!(%error, "Admin port failed");
    }
}

async fn readyz(State(ready): State<Readiness>) -> (StatusCode, &'static str) {
    let Some(db) = ready.0.get() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "waiting for the database\n");
    };
    match tokio::time::timeout(PROBE_TIMEOUT, db::ping(db)).await {
        Ok(Ok(())) => (StatusCode::OK, "ok\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

async fn render_metrics(State(metrics): State<PrometheusHandle>) -> String {
    metrics.run_upkeep();
    metrics.render()
}
