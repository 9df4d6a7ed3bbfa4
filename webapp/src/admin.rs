//! What the probes and the metrics page of the web say, on a port of their own.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use axum::Router;
use cluster::admin::{self, Pages};
use metrics_exporter_prometheus::PrometheusHandle;

const STARTING: u8 = 0;
const SERVING: u8 = 1;
const STOPPING: u8 = 2;

/// Whether the site can serve. The database has no say once it was there: without it every replica says so on a page,
/// where an unready one would refuse the connection.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    stage: Arc<AtomicU8>,
    /// Whether a background task has ended although the program has not.
    is_broken: Arc<AtomicBool>,
}

impl Readiness {
    /// The database is there and migrated.
    pub fn serving(&self) {
        self.stage.store(SERVING, Ordering::Relaxed);
    }

    /// The program is about to stop: no new connections, please.
    pub fn stopping(&self) {
        self.stage.store(STOPPING, Ordering::Relaxed);
    }

    /// Only a restart helps.
    pub fn broken(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }
}

struct WebPages {
    metrics: PrometheusHandle,
    ready: Readiness,
}

impl Pages for WebPages {
    fn is_alive(&self) -> bool {
        !self.ready.is_broken.load(Ordering::Relaxed)
    }

    async fn not_ready(&self) -> Option<Cow<'static, str>> {
        match self.ready.stage.load(Ordering::Relaxed) {
            STARTING => Some("waiting for the database".into()),
            STOPPING => Some("stopping".into()),
            _ => None,
        }
    }

    fn metrics(&self) -> String {
        self.metrics.render()
    }
}

/// Routes of the admin port.
pub fn router(metrics: PrometheusHandle, ready: Readiness) -> Router {
    admin::router(WebPages { metrics, ready })
}
