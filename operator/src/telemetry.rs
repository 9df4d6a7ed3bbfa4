//! Logs as JSON lines, and counters for Prometheus.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Sends logs to standard output. `RUST_LOG` says which; `info` when it is not set.
pub fn start_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // Only a test sets one up before us, and then that one is as good.
    let _ = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).try_init();
}

/// Starts to count. The handle prints the counts.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // Only a test installs one before us; its counts are then somebody else's.
    let _ = metrics::set_global_recorder(recorder);
    metrics::gauge!("coverletter_operator_leader").set(0.0);
    handle
}
