//! The probes and the metrics page of a worker.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use cluster::admin::{self, Pages};

use crate::metrics::Page;

/// The state that the probes of the pod report.
#[derive(Default)]
pub struct Health {
    ready: AtomicBool,
    model: OnceLock<Probes>,
}

type Probe = Box<dyn Fn() -> bool + Send + Sync>;

struct Probes {
    is_alive: Probe,
    is_available: Probe,
}

impl Health {
    /// From now on the program is alive only while `is_alive` returns true, and ready only while `is_available` does as
    /// well. Before this call, while the model loads, it counts as alive.
    pub fn watch(
        &self,
        is_alive: impl Fn() -> bool + Send + Sync + 'static,
        is_available: impl Fn() -> bool + Send + Sync + 'static,
    ) {
        // A process loads one model, so the second call that would fail does not happen.
        let _ = self.model.set(Probes { is_alive: Box::new(is_alive), is_available: Box::new(is_available) });
    }

    /// Sets whether this pod claims requests: from the first list of the queue until the shutdown begins.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    fn is_alive(&self) -> bool {
        self.model.get().is_none_or(|model| (model.is_alive)())
    }

    fn is_ready(&self) -> bool {
        let is_available = self.model.get().is_none_or(|model| (model.is_available)());
        self.ready.load(Ordering::Relaxed) && self.is_alive() && is_available
    }
}

struct WorkerPages {
    health: Arc<Health>,
    metrics: Page,
}

impl Pages for WorkerPages {
    fn is_alive(&self) -> bool {
        self.health.is_alive()
    }

    async fn not_ready(&self) -> Option<Cow<'static, str>> {
        (!self.health.is_ready()).then_some("no".into())
    }

    fn metrics(&self) -> String {
        self.metrics.render()
    }
}

/// The routes of the probes and of the metrics page.
pub fn router(health: Arc<Health>, metrics: Page) -> Router {
    admin::router(WorkerPages { health, metrics })
}
