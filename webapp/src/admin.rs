//! What the probes and the metrics page of the web say, on a port of their own.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use cluster::admin::{self, Pages};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::db::{self, Pool};

/// The kubelet's probe gives up after a second by default.
const PROBE_TIMEOUT: Duration = Duration::from_millis(800);

/// Whether the site can serve: set once the database is there and migrated.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<OnceLock<Pool>>);

impl Readiness {
    /// From now on readiness depends on this database answering.
    pub fn set(&self, db: Pool) {
        // A second call would only repeat the first.
        let _ = self.0.set(db);
    }
}

struct WebPages {
    metrics: PrometheusHandle,
    ready: Readiness,
}

impl Pages for WebPages {
    async fn not_ready(&self) -> Option<Cow<'static, str>> {
        let Some(db) = self.ready.0.get() else { return Some("waiting for the database".into()) };
        match tokio::time::timeout(PROBE_TIMEOUT, db::ping(db)).await {
            Ok(Ok(())) => None,
            _ => Some("the database does not answer".into()),
        }
    }

    fn metrics(&self) -> String {
        self.metrics.run_upkeep();
        self.metrics.render()
    }
}

/// Routes of the admin port.
pub fn router(metrics: PrometheusHandle, ready: Readiness) -> Router {
    admin::router(WebPages { metrics, ready })
}
