//! Logs as JSON lines, and counters for Prometheus.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Sends logs to standard output: those that `RUST_LOG` selects, or else `info` and above.
pub fn start_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // It fails only in a test that has set up its own, which serves as well.
    let _ = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).try_init();
}

/// Installs the recorder of metrics. The handle renders its page.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // It fails only in a test that has installed its own; the page is empty then.
    let _ = metrics::set_global_recorder(recorder);
    metrics::gauge!("coverletter_operator_leader").set(0.0);
    handle
}
