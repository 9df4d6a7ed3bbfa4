//! Which pods Prometheus reads, for the Prometheus operator.

use crds::names::{APP_NAME, COMPONENT_LABEL, Component, INSTANCE_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
use serde_json::{Value, json};

use super::super::install;
use super::object::object;

const EVERY: &str = "30s";

/// The monitors of the operator, of web pods and of inference pods.
#[must_use]
pub fn monitors() -> [Value; 3] {
    let operator = json!({
        "selector": {"matchLabels": install::selecting()},
        // What the operator says about an app carries the app's namespace, which must not give way to its own.
        "podMetricsEndpoints": [{"port": "admin", "interval": EVERY, "honorLabels": true}],
    });
    [
        object("PodMonitor", install::NAME, &operator),
        object("PodMonitor", "coverletter-web", &of_apps(Component::Web, "admin")),
        object("PodMonitor", "coverletter-inference", &of_apps(Component::Inference, "http")),
    ]
}

/// The pods of a component of every app, with the name of their app as the label `app`.
fn of_apps(component: Component, port: &str) -> Value {
    json!({
        "namespaceSelector": {"any": true},
        "selector": {"matchLabels": {
            "app.kubernetes.io/name": APP_NAME,
            MANAGED_BY_LABEL: MANAGED_BY,
            COMPONENT_LABEL: component.label(),
        }},
        "podMetricsEndpoints": [{
            "port": port,
            "interval": EVERY,
            "relabelings": [{"sourceLabels": [meta_label(INSTANCE_LABEL)], "targetLabel": "app"}],
        }],
    })
}

/// How Prometheus calls a label of a pod.
fn meta_label(label: &str) -> String {
    let plain = label.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
    format!("__meta_kubernetes_pod_label_{plain}")
}
