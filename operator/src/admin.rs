//! The answers of the probes and the metrics page of the operator.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::routing::get;
use cluster::admin::{self, Pages};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::decisions::Decisions;

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

/// The routes of the probes, of the metrics page, and of the newest decisions about numbers of pods.
pub fn router(readiness: Readiness, metrics: PrometheusHandle, decisions: Decisions) -> Router {
    let decisions = get(move || std::future::ready(decisions.text()));
    admin::router(OperatorPages { readiness, metrics }).route("/decisions", decisions)
}
