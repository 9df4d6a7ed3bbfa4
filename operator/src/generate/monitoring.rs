//! What Prometheus and Grafana need: pod monitors, alerts with a runbook, and a dashboard. All of it names metrics by the
//! constants by which the programs count.

pub mod alerts;
mod dashboard;
mod object;
mod pods;
mod runbook;

pub use pods::monitors;
use serde_json::Value;

use super::yaml::{BREAK, HEADER, document, kustomization};
use object::object;

/// Makes the dashboard a `ConfigMap` that Grafana's sidecar finds.
const DASHBOARD: &str = "configMapGenerator:\n- name: coverletter-dashboard\n  namespace: coverletter-system\n  files: [dashboard.json]\n  \
     options: {disableNameSuffixHash: true, labels: {grafana_dashboard: \"1\"}}\n";

/// The files of `config/monitoring`.
pub fn files() -> Vec<(&'static str, String)> {
    let pods = monitors().iter().map(document).collect::<Vec<_>>().join(BREAK);
    let files = kustomization(&["pod-monitors.yaml", "alerts.yaml"]) + DASHBOARD;
    vec![
        ("monitoring/pod-monitors.yaml", format!("{HEADER}{pods}")),
        ("monitoring/alerts.yaml", format!("{HEADER}{}", document(&rules()))),
        ("monitoring/prometheus-rules.yaml", format!("{HEADER}{}", document(&alerts::groups()))),
        ("monitoring/dashboard.json", dashboard()),
        ("monitoring/kustomization.yaml", format!("{HEADER}{files}")),
        ("monitoring/README.md", runbook::page()),
    ]
}

/// The dashboard, as Grafana imports it.
///
/// # Panics
/// Never: its keys are text.
#[must_use]
pub fn dashboard() -> String {
    let text = serde_json::to_string_pretty(&dashboard::board()).expect("it is JSON");
    text + "\n"
}

/// The rules as an object of the Prometheus operator.
#[must_use]
pub fn rules() -> Value {
    object("PrometheusRule", "coverletter", &alerts::groups())
}
