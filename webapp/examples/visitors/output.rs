//! One JSON object a line on standard output, and what is read out of many measurements.

use std::time::Duration;

/// Prints one measurement.
pub fn say(metric: &str, value: f64) {
    println!("{}", serde_json::json!({ "metric": metric, "value": value }));
}

/// Prints some quantiles of these times in milliseconds.
pub fn say_times(metric: &str, times: &[Duration]) {
    for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0)] {
        say(&format!("{metric}_{name}_ms"), quantile(times, share).as_secs_f64() * 1e3);
    }
}

/// The time that a share of these times does not exceed.
pub fn quantile(times: &[Duration], share: f64) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(at.saturating_sub(1)).copied().unwrap_or_default()
}
