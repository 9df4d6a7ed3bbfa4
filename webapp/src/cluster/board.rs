//! What the watch has seen of this app's requests.

use std::sync::Arc;

use cluster::requests::{Changes, Requests};
use crds::CoverLetterRequest;
use crds::request::State;

/// The requests of this app as last seen. Cheap to clone; all clones share one watch.
#[derive(Clone)]
pub struct Board(Requests);

impl Board {
    /// Follows the requests of `app` in `namespace` for as long as a clone lives.
    #[must_use]
    pub fn follow(client: kube::Client, namespace: &str, app: &str) -> Self {
        Self(Requests::follow(client, namespace, app))
    }

    /// The request of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        self.0.get(name)
    }

    /// Requests that will not change any more.
    #[must_use]
    pub fn finished(&self) -> Vec<Arc<CoverLetterRequest>> {
        self.0.all().into_iter().filter(|request| request.is_terminal()).collect()
    }

    /// How many requests wait that were created before this one.
    #[must_use]
    pub fn ahead_of(&self, request: &CoverLetterRequest) -> usize {
        let place = |request: &CoverLetterRequest| (request.created(), request.metadata.name.clone());
        let own = place(request);
        let is_ahead = |other: &CoverLetterRequest| other.state() == State::Queued && place(other) < own;
        self.0.all().iter().filter(|other| is_ahead(other)).count()
    }

    /// Whether the first list has arrived: before that, a missing request may only be late.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.0.is_listed()
    }

    /// Word of every change from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.0.changes()
    }
}
