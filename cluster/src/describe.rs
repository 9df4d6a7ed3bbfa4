//! What each metric says, for Prometheus.

use crds::metrics::{Kind, Metric};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram};

/// Describes `metrics` to the recorder of the process. Counters without labels are there from the beginning, because the
/// first step from nothing to one would be no increase.
pub fn describe(metrics: &[Metric]) {
    for metric in metrics {
        match metric.kind {
            Kind::Counter => describe_counter!(metric.name, metric.help),
            Kind::Gauge => describe_gauge!(metric.name, metric.help),
            Kind::Histogram => describe_histogram!(metric.name, metric.help),
        }
        if metric.kind == Kind::Counter && metric.labels.is_empty() {
            counter!(metric.name).absolute(0);
        }
    }
}
