//! The answers of the probes and the metrics page of the operator.

use std::borrow::Cow;

use axum::Router;
use axum::routing::get;
use cluster::admin::{self, Pages};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::decisions::Decisions;
use crate::readiness::Readiness;
use crate::sight::Sight;

/// What the leader shows of its work.
#[derive(Clone, Default)]
pub struct Shown {
    /// The newest decisions about numbers of pods.
    pub decisions: Decisions,
    /// The apps and requests that it looks after.
    pub sight: Sight,
}

struct OperatorPages {
    readiness: Readiness,
    metrics: PrometheusHandle,
    sight: Sight,
}

impl Pages for OperatorPages {
    async fn not_ready(&self) -> Option<Cow<'static, str>> {
        self.readiness.get().map(Cow::from)
    }

    fn metrics(&self) -> String {
        self.metrics.render() + &self.sight.readings()
    }
}

/// The routes of the probes, of the metrics page, and of the newest decisions about numbers of pods.
pub fn router(readiness: Readiness, metrics: PrometheusHandle, shown: Shown) -> Router {
    let Shown { decisions, sight } = shown;
    let decisions = get(move || std::future::ready(decisions.text()));
    admin::router(OperatorPages { readiness, metrics, sight }).route("/decisions", decisions)
}
