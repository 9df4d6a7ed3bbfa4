//! What the probes and the metrics page of a worker say.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use cluster::admin::{self, Pages};

use crate::metrics::Page;

/// What the probes of the pod are told.
#[derive(Default)]
pub struct Health {
    ready: AtomicBool,
    pulse: OnceLock<Box<dyn Fn() -> bool + Send + Sync>>,
}

impl Health {
    /// The program is alive while `pulse` says that the model's loop moves. Before this call, while the model loads, it
    /// counts as alive.
    pub fn watch(&self, pulse: impl Fn() -> bool + Send + Sync + 'static) {
        // Only the first model counts; there is never a second.
        let _ = self.pulse.set(Box::new(pulse));
    }

    /// Whether this pod takes requests: from the first look at the queue until it begins to shut down.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Relaxed);
    }

    fn is_alive(&self) -> bool {
        self.pulse.get().is_none_or(|moves| moves())
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed) && self.is_alive()
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
