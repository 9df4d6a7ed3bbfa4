//! What the probes, the metrics page and the description of the routes say, on a port that the Service of the site does
//! not have.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use cluster::admin::{self, Pages};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::Value;

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

/// Routes of the admin port; `document` is the `OpenAPI` document of the site, which its own port does not show.
pub fn router(metrics: PrometheusHandle, ready: Readiness, document: &Value) -> Router {
    let document = format!("{document:#}\n");
    let show = get(async move || ([(CONTENT_TYPE, "application/json")], document));
    admin::router(WebPages { metrics, ready }).route("/openapi.json", show)
}
