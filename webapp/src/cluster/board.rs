//! What the watch has seen of this app's requests, and a bell that rings whenever that changes.

mod watching;

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use crds::CoverLetterRequest;
use crds::request::State;
use kube::runtime::watcher::Event;
use tokio::sync::watch;

pub use watching::follow;

/// The requests of this app as last seen. Cheap to clone; all clones are one board.
#[derive(Clone)]
pub struct Board {
    seen: Arc<RwLock<Seen>>,
    bell: watch::Sender<()>,
}

#[derive(Default)]
struct Seen {
    requests: HashMap<String, Arc<CoverLetterRequest>>,
    /// Requests of a list that is still arriving.
    arriving: HashMap<String, Arc<CoverLetterRequest>>,
    synced: bool,
}

impl Default for Board {
    fn default() -> Self {
        Self { seen: Arc::default(), bell: watch::Sender::new(()) }
    }
}

impl Board {
    /// The request of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<CoverLetterRequest>> {
        self.read(|seen| seen.requests.get(name).cloned())
    }

    /// Requests that will not change any more.
    #[must_use]
    pub fn finished(&self) -> Vec<Arc<CoverLetterRequest>> {
        self.read(|seen| seen.requests.values().filter(|request| request.is_terminal()).cloned().collect())
    }

    /// How many requests wait that were created before this one.
    #[must_use]
    pub fn ahead_of(&self, request: &CoverLetterRequest) -> usize {
        let place = |request: &CoverLetterRequest| (request.created(), request.metadata.name.clone());
        let own = place(request);
        self.read(|seen| {
            let waiting = seen.requests.values().filter(|other| other.state() == State::Queued);
            waiting.filter(|other| place(other) < own).count()
        })
    }

    /// Whether the first list has arrived: before that, a missing request may only be late.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.read(|seen| seen.synced)
    }

    /// Rings on every change from now on.
    #[must_use]
    pub fn listen(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// Takes in one event of the watch.
    pub fn apply(&self, event: Event<CoverLetterRequest>) {
        let mut seen = self.seen.write().expect("nobody panics while holding the board");
        match event {
            Event::Init => seen.arriving.clear(),
            Event::InitApply(request) => drop(seen.arriving.insert(name_of(&request), Arc::new(request))),
            Event::InitDone => {
                seen.requests = std::mem::take(&mut seen.arriving);
                seen.synced = true;
            }
            Event::Apply(request) => drop(seen.requests.insert(name_of(&request), Arc::new(request))),
            Event::Delete(request) => drop(seen.requests.remove(&name_of(&request))),
        }
        drop(seen);
        self.bell.send_replace(());
    }

    fn read<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.read().expect("nobody panics while holding the board"))
    }
}

fn name_of(request: &CoverLetterRequest) -> String {
    request.metadata.name.clone().unwrap_or_default()
}
