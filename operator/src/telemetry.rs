//! The metrics of the operator for Prometheus.

use crds::metrics::{ACTIONS, BINDINGS, LEADER, OPERATOR, RECONCILES, WRITES};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::error::Error;

/// Installs the recorder of metrics. The handle renders its page.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // It fails only in a test that has installed its own; the page is empty then.
    let _ = metrics::set_global_recorder(recorder);
    cluster::describe(OPERATOR);
    metrics::gauge!(LEADER.name).set(0.0);
    // A first failure is an increase only if there was a zero before it.
    for outcome in std::iter::once("Ok").chain(Error::REASONS) {
        metrics::counter!(RECONCILES.name, "outcome" => outcome).absolute(0);
    }
    metrics::counter!(WRITES.name, "verb" => "status", "kind" => "CoverLetterApp").absolute(0);
    metrics::counter!(ACTIONS.name, "action" => "Delete").absolute(0);
    for outcome in ["Bound", "Conflict", "Failed"] {
        metrics::counter!(BINDINGS.name, "outcome" => outcome).absolute(0);
    }
    handle
}
