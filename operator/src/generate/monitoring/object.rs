//! Objects of the Prometheus operator.

use serde_json::{Value, json};

use super::super::install::{NAMESPACE, labels};

/// One of them, in our namespace.
pub fn object(kind: &str, name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels()},
        "spec": spec,
    })
}
