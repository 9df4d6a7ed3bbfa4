//! The metrics of the operator for Prometheus.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

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
