//! Numbers of the moment in the text format of Prometheus, for what a recorder cannot hold: fractions of seconds in a
//! counter, and series that end.

use std::fmt::Write as _;

use crds::metrics::{Kind, Metric};

/// Part of a metrics page: what has one value now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series(String);

impl Series {
    /// Says what the lines of `metric` that follow mean.
    pub fn describe(&mut self, metric: Metric) {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {metric} {}\n# TYPE {metric} {kind}", metric.help);
    }

    /// Adds one series, with a value for each label of `metric`.
    pub fn line(&mut self, metric: Metric, labels: &[&str], value: f64) {
        debug_assert_eq!(metric.labels.len(), labels.len(), "{metric}");
        let labels = metric.labels.iter().zip(labels).map(|(name, value)| format!("{name}=\"{}\"", escaped(value)));
        let labels = labels.collect::<Vec<_>>().join(",");
        let labels = if labels.is_empty() { labels } else { format!("{{{labels}}}") };
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{metric}{labels} {value}");
    }
}

impl From<Series> for String {
    fn from(series: Series) -> Self {
        series.0
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use crds::metrics::{OLDEST, ROWS};

    use super::Series;

    #[test]
    fn values_of_labels_are_escaped() {
        let mut series = Series::default();
        series.line(OLDEST, &["a\"b", "c\\d\n"], 1.5);
        series.line(ROWS, &[], 2.0);
        let expected = "coverletter_app_oldest_queued_seconds{namespace=\"a\\\"b\",app=\"c\\\\d\\n\"} 1.5\ncoverletter_model_rows 2\n";
        assert_eq!(String::from(series), expected);
    }
}
