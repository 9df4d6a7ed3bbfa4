//! The answers of the probes and the metrics page of the operator.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use cluster::admin::{self, Pages};
use metrics_exporter_prometheus::PrometheusHandle;

/// What keeps this process from working; empty when nothing does.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Mutex<Option<String>>>);

impl Readiness {
    /// Says what is missing, as a sentence for the person who runs the cluster. `None` when all is well.
    pub fn set(&self, missing: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = missing;
    }

    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct OperatorPages {
    readiness: Readiness,
    metrics: PrometheusHandle,
}

impl Pages for OperatorPages {
    async fn not_ready(&self) -> Option<Cow<'static, str>> {
        self.readiness.get().map(Cow::from)
    }

    fn metrics(&self) -> String {
        self.metrics.render()
    }
}

/// The routes of the probes and of the metrics page.
pub fn router(readiness: Readiness, metrics: PrometheusHandle) -> Router {
    admin::router(OperatorPages { readiness, metrics })
}
