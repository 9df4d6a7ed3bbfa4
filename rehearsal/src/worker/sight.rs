//! What a worker sees: the requests that it holds, those of the whole app while nobody hands them out, and whether somebody
//! does. The watches lie between the API server and this.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crds::request::State;
use crds::{CoverLetterRequest, life};
use inference::dispatcher::Sighting;
use k8s_openapi::api::coordination::v1::Lease;
use rand::RngExt as _;
use rand::rngs::StdRng;
use tokio::time::Instant;

use crate::actor::{App, Clock};

/// Longest pause before a worker that has lost its dispatcher claims for itself, in milliseconds.
const HESITATION_MAX: i64 = 1_000;

type Requests = BTreeMap<String, Arc<CoverLetterRequest>>;

/// What the watches of a worker show.
pub struct Sight {
    app: &'static str,
    worker: String,
    /// `None` until it was listed.
    own: Option<Requests>,
    /// All requests, while nobody hands them out: `None` until they are listed.
    all: Option<Requests>,
    wants_all: bool,
    sighting: Sighting,
    knows_dispatcher: bool,
    had_dispatcher: bool,
    /// When it begins to claim for itself.
    alone_from: Option<i64>,
    first_seen: HashMap<String, i64>,
}

impl Sight {
    /// Nothing was shown yet.
    #[must_use]
    pub fn new(app: &App, worker: &str) -> Self {
        Self {
            app: app.name,
            worker: worker.to_owned(),
            own: None,
            all: None,
            wants_all: false,
            sighting: Sighting::default(),
            knows_dispatcher: false,
            had_dispatcher: false,
            alone_from: None,
            first_seen: HashMap::new(),
        }
    }

    /// Shows all requests anew, to the watch of the worker's own ones.
    pub fn list_own<'a>(&mut self, requests: impl Iterator<Item = &'a Arc<CoverLetterRequest>>, now: i64) {
        self.own = Some(BTreeMap::new());
        requests.for_each(|request| self.show_own(request, false, now));
        let own = self.own.as_ref();
        self.first_seen.retain(|seen, _| own.is_some_and(|own| own.values().any(|request| token(request) == *seen)));
    }

    /// Shows a change to the watch of the worker's own requests: the field selector lets through what it holds.
    pub fn show_own(&mut self, request: &Arc<CoverLetterRequest>, is_removal: bool, now: i64) {
        let Some(own) = &mut self.own else { return };
        let name = request.metadata.name.clone().unwrap_or_default();
        let claim = request.status.as_ref().and_then(|status| status.claim.as_ref());
        let is_own = request.spec.app_ref.name == self.app
            && claim.is_some_and(|claim| claim.worker == self.worker)
            && request.state() == State::Running;
        if is_own && !is_removal {
            self.first_seen.entry(token(request)).or_insert(now);
            own.insert(name, Arc::clone(request));
        } else if let Some(before) = own.remove(&name) {
            self.first_seen.remove(&token(&before));
        }
    }

    /// Shows all requests anew, to the watch of the whole app.
    pub fn list_all<'a>(&mut self, requests: impl Iterator<Item = &'a Arc<CoverLetterRequest>>) {
        let named = requests.map(|request| (request.metadata.name.clone().unwrap_or_default(), Arc::clone(request)));
        self.all = self.wants_all.then(|| named.collect());
    }

    /// Shows a change to the watch of the whole app.
    pub fn show_all(&mut self, request: &Arc<CoverLetterRequest>, is_removal: bool) {
        let Some(all) = &mut self.all else { return };
        let name = request.metadata.name.clone().unwrap_or_default();
        if is_removal {
            all.remove(&name);
        } else {
            all.insert(name, Arc::clone(request));
        }
    }

    /// Shows the Lease of the dispatcher, or that there is none.
    pub fn show_dispatcher(&mut self, lease: Option<&Lease>, now: i64, clock: Clock) {
        self.knows_dispatcher = true;
        self.sighting.note(lease, Instant::from_std(clock.instant(now)));
    }

    /// Whether the worker sees whatever it needs to begin.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.own.is_some() && self.knows_dispatcher
    }

    /// Decides whether all requests are to be followed. Returns when to look again.
    pub fn choose(&mut self, now: i64, clock: Clock, rng: &mut StdRng) -> Option<i64> {
        let valid = self.sighting.valid_until(Instant::from_std(clock.instant(now)));
        if let Some(valid) = valid {
            (self.had_dispatcher, self.alone_from, self.wants_all, self.all) = (true, None, false, None);
            let left = valid.duration_since(Instant::from_std(clock.instant(now)));
            return Some(now + left.as_millis() as i64 + 1);
        }
        let longest = if self.had_dispatcher { HESITATION_MAX } else { 0 };
        let from = *self.alone_from.get_or_insert_with(|| now + rng.random_range(0..=longest));
        self.wants_all |= now >= from;
        (now < from).then_some(from)
    }

    /// Whether all requests are to be followed.
    #[must_use]
    pub fn wants_all(&self) -> bool {
        self.wants_all
    }

    /// Whether all requests are followed, and were listed.
    #[must_use]
    pub fn has_all(&self) -> bool {
        self.all.is_some()
    }

    /// Whether this worker may claim for itself, because nobody hands out requests.
    #[must_use]
    pub fn is_left_alone(&self) -> bool {
        self.all.is_some()
    }

    /// Every request that is seen.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<CoverLetterRequest>> {
        self.all.as_ref().or(self.own.as_ref()).into_iter().flat_map(|requests| requests.values().cloned()).collect()
    }

    /// The request called `name`, as it was last seen.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<CoverLetterRequest>> {
        self.own.as_ref()?.get(name).or_else(|| self.all.as_ref()?.get(name))
    }

    /// Whether the watch shows that this worker holds the request called `name`.
    #[must_use]
    pub fn shows_own(&self, name: &str) -> bool {
        self.own.as_ref().is_some_and(|own| own.contains_key(name))
    }

    /// Whether the watch still shows exactly this version.
    #[must_use]
    pub fn is_current(&self, request: &CoverLetterRequest) -> bool {
        let name = request.metadata.name.as_deref().unwrap_or_default();
        let shown = self.all.as_ref().or(self.own.as_ref()).and_then(|requests| requests.get(name));
        shown.is_some_and(|shown| shown.metadata.resource_version == request.metadata.resource_version)
    }

    /// When the claim on `request` was first seen: now, if the watch has not shown it.
    #[must_use]
    pub fn first_sight(&self, request: &CoverLetterRequest, now: i64) -> i64 {
        self.first_seen.get(&token(request)).copied().unwrap_or(now)
    }
}

fn token(request: &CoverLetterRequest) -> String {
    life::token(request.metadata.uid.as_deref().unwrap_or_default(), life::attempt(request))
}
