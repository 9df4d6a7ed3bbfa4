//! The metrics of the web application for Prometheus. They hold nothing that a person wrote.

use std::time::Duration;

use crds::metrics::{FINISHED, HTTP_DURATION, IN_LINE, WEB};
use crds::request::State;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of request durations, in seconds.
const DURATION_BUCKETS: [f64; 9] = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// How often measured times are sorted into their buckets. Until then each takes a few bytes, so this must happen even if
/// nobody reads the metrics.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Installs the process-wide recorder; the handle renders it.
///
/// # Errors
/// When a recorder is installed already.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(HTTP_DURATION.name.to_owned()), &DURATION_BUCKETS)?
        .install_recorder()?;
    cluster::describe(WEB);
    for state in [State::Succeeded, State::Failed, State::Cancelled] {
        metrics::counter!(FINISHED.name, "state" => state.as_str()).absolute(0);
    }
    metrics::gauge!(IN_LINE.name).set(0.0);
    Ok(handle)
}

/// Sorts measured times into their buckets for as long as it is polled.
pub async fn keep(metrics: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}
