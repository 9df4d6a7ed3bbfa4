//! One JSON object a line on standard output, for `cargo xtask bench`.

/// Prints one measurement.
pub fn say(metric: &str, value: f64) {
    println!("{}", serde_json::json!({ "metric": metric, "value": value }));
}
