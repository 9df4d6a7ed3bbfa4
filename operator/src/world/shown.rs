//! A world that follows no cluster: it shows what it is told. By it a simulation drives the very decisions of this program.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crds::{CoverLetterApp, CoverLetterRequest};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::core::DeserializeGuard;
use kube::runtime::watcher::Event;
use tokio::sync::mpsc;

use super::{World, Writers};

/// The writing ends of the stores of a [`World`].
pub struct Shown {
    world: Arc<World>,
    writers: Writers,
}

impl Default for Shown {
    fn default() -> Self {
        let writers = Writers::new();
        let (triggers, _) = mpsc::unbounded_channel();
        Self { world: Arc::new(writers.readers(triggers, false)), writers }
    }
}

impl Shown {
    /// The world that is shown.
    #[must_use]
    pub fn world(&self) -> Arc<World> {
        Arc::clone(&self.world)
    }

    /// Shows an app.
    pub fn app(&mut self, app: CoverLetterApp) {
        self.writers.apps.apply_watcher_event(&Event::Apply(DeserializeGuard(Ok(app))));
    }

    /// Shows what a watch of requests says.
    pub fn request(&mut self, event: &Event<CoverLetterRequest>) {
        self.writers.requests.apply_watcher_event(event);
        if matches!(event, Event::InitDone) {
            self.world.requests_seen.store(true, Ordering::Relaxed);
        }
    }

    /// Shows what a watch of pods says.
    pub fn pod(&mut self, event: &Event<Pod>) {
        self.writers.pods.apply_watcher_event(event);
    }

    /// Shows what a watch of Leases says.
    pub fn lease(&mut self, event: &Event<Lease>) {
        self.writers.leases.apply_watcher_event(event);
        if matches!(event, Event::InitDone) {
            self.world.leases_seen.store(true, Ordering::Relaxed);
        }
    }

    /// The watch of requests is broken.
    pub fn lose_requests(&self) {
        self.world.requests_seen.store(false, Ordering::Relaxed);
    }

    /// The watch of Leases is broken.
    pub fn lose_leases(&self) {
        self.world.leases_seen.store(false, Ordering::Relaxed);
        self.world.lease_gaps.fetch_add(1, Ordering::Relaxed);
    }
}
