//! What the watch has seen of this app's requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cluster::requests::{Changes, Requests};
use crds::CoverLetterRequest;
use crds::request::State;

/// How old a place in line may be.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// The place of each waiting request by its name, from 0.
type Places = Arc<HashMap<String, usize>>;

/// The requests of this app as last seen. Cheap to clone; all clones share one watch.
#[derive(Clone)]
pub struct Board {
    requests: Requests,
    /// The places in line, and when they were counted.
    counted: Arc<Mutex<Option<(Instant, Places)>>>,
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

    /// How many requests wait that were created before this one, as counted in the last second.
    #[must_use]
    pub fn ahead_of(&self, request: &CoverLetterRequest) -> usize {
        let places = self.places();
        request.metadata.name.as_deref().and_then(|name| places.get(name).copied()).unwrap_or(0)
    }

    /// The place in line of every waiting request. One reader a second counts them, for all others.
    fn places(&self) -> Places {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        match &*counted {
            Some((at, places)) if at.elapsed() < COUNT_EVERY => Arc::clone(places),
            _ => {
                let places = Arc::new(places_of(&self.requests.all()));
                *counted = Some((Instant::now(), Arc::clone(&places)));
                places
            }
        }
    }

    /// Whether the first list has arrived: before that, a missing request may only be late.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.requests.is_listed()
    }

    /// Word of every change from now on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.requests.changes()
    }
}

/// The place of each waiting request, from 0.
fn places_of(requests: &[Arc<CoverLetterRequest>]) -> HashMap<String, usize> {
    let mut waiting: Vec<_> = requests
        .iter()
        .filter(|request| request.state() == State::Queued)
        .map(|request| (request.created(), request.metadata.name.clone().unwrap_or_default()))
        .collect();
    waiting.sort_unstable();
    waiting.into_iter().enumerate().map(|(place, (_, name))| (name, place)).collect()
}

#[cfg(test)]
mod tests {
    use crds::CoverLetterRequestSpec;
    use crds::request::{AppRef, Applicant, Job, LetterOptions};

    use super::*;

    fn request(name: &str, created: &str) -> Arc<CoverLetterRequest> {
        let spec = CoverLetterRequestSpec {
            app_ref: AppRef::default(),
            job: Job::default(),
            applicant: Applicant::default(),
            letter: LetterOptions::default(),
            seed: None,
            requested_by: None,
            cancel_requested: false,
        };
        let mut request = CoverLetterRequest::new(name, spec);
        request.metadata.creation_timestamp = serde_json::from_value(created.into()).expect("a time");
        Arc::new(request)
    }

    #[test]
    fn places_follow_the_time_of_creation_and_then_the_name() {
        let early = "2026-11-23T12:00:00Z";
        let places = places_of(&[request("b", early), request("late", "2026-11-23T12:00:01Z"), request("a", early)]);
        assert_eq!((places["a"], places["b"], places["late"]), (0, 1, 2));
    }
}
