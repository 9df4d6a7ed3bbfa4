//! The pages of a program that machines read: `/healthz`, `/readyz` and `/metrics`.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Text format of Prometheus.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The content of these pages, which each program supplies.
pub trait Pages: Send + Sync + 'static {
    /// Whether the process works; the kubelet restarts it otherwise.
    fn is_alive(&self) -> bool {
        true
    }

    /// Why the process cannot serve now, for the person who runs the cluster. `None` when it can.
    fn not_ready(&self) -> impl Future<Output = Option<Cow<'static, str>>> + Send;

    /// All metrics, in the text format of Prometheus.
    fn metrics(&self) -> String;
}

/// The routes of `pages`.
pub fn router<P: Pages>(pages: P) -> Router {
    Router::new()
        .route("/healthz", get(alive::<P>))
        .route("/readyz", get(ready::<P>))
        .route("/metrics", get(metrics::<P>))
        .with_state(Arc::new(pages))
}

/// Serves `routes` until `cancelled`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, routes: Router, cancelled: CancellationToken) -> io::Result<()> {
    axum::serve(listener, routes).with_graceful_shutdown(cancelled.cancelled_owned()).await
}

async fn alive<P: Pages>(State(pages): State<Arc<P>>) -> (StatusCode, &'static str) {
    if pages.is_alive() { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "no\n") }
}

async fn ready<P: Pages>(State(pages): State<Arc<P>>) -> (StatusCode, Cow<'static, str>) {
    match pages.not_ready().await {
        None => (StatusCode::OK, "ok\n".into()),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, (reason.into_owned() + "\n").into()),
    }
}

async fn metrics<P: Pages>(State(pages): State<Arc<P>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, METRICS_TYPE)], pages.metrics())
}

#[cfg(test)]
mod tests;
