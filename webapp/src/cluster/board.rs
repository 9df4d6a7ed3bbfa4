//! What the watch has seen of this app's requests.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cluster::requests::{Changes, Requests};
use crds::CoverLetterRequest;
use crds::request::State;

use crate::place::{Pace, places_of};

/// How old a place in line may be.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// The requests of this app as last seen, without their texts. Cheap to clone; all clones share one watch.
#[derive(Clone)]
pub struct Board {
    requests: Requests,
    counted: Arc<Mutex<Option<Counted>>>,
}

/// The queue, and when it was counted.
type Counted = (Instant, Arc<Queue>);

/// The waiting requests, as counted at one moment.
pub struct Queue {
    /// The place of each by its name, from 0.
    pub places: HashMap<String, usize>,
    /// How fast they leave.
    pub pace: Pace,
}

impl Board {
    /// Follows the requests of `app` in `namespace` for as long as a clone lives.
    #[must_use]
    pub fn follow(client: kube::Client, namespace: &str, app: &str) -> Self {
        Self { requests: Requests::follow(client, namespace, app), counted: Arc::default() }
    }

    /// The request of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        self.requests.get(name)
    }

    /// Requests that will not change any more.
    #[must_use]
    pub fn finished(&self) -> Vec<Arc<CoverLetterRequest>> {
        self.requests.all().into_iter().filter(|request| request.is_terminal()).collect()
    }

    /// The queue as counted in the last second. One reader counts for all others.
    #[must_use]
    pub fn queue(&self) -> Arc<Queue> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        match &*counted {
            Some((at, queue)) if at.elapsed() < COUNT_EVERY => Arc::clone(queue),
            _ => {
                let requests = self.requests.all();
                let queue = Arc::new(Queue { places: places_of(&requests), pace: Pace::of(&requests) });
                *counted = Some((Instant::now(), Arc::clone(&queue)));
                queue
            }
        }
    }

    /// How many requests wait at this moment, with those of the names `made` that were not seen yet. `None` before the
    /// requests were listed.
    #[must_use]
    pub fn waiting(&self, made: &[String]) -> Option<usize> {
        let requests = self.is_synced().then(|| self.requests.all())?;
        let seen: HashSet<_> = requests.iter().filter_map(|request| request.metadata.name.as_deref()).collect();
        let unseen = made.iter().filter(|name| !seen.contains(name.as_str())).count();
        Some(unseen + requests.iter().filter(|request| request.state() == State::Queued).count())
    }

    /// Whether the first list has arrived: before that, a missing request may only be late.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.requests.is_listed()
    }

    /// Resolves once the first list has arrived.
    pub async fn listed(&self) {
        self.requests.listed().await;
    }

    /// Word of every change from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.requests.changes()
    }
}
