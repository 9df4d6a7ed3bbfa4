//! What is decided between the writes of the dispatcher: which claims to make, whose workers to tell, and what the outcome of
//! a claim means. Whoever writes only does what is said here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crds::CoverLetterRequest;
use jiff::Timestamp;
use kube::ResourceExt as _;

use super::view::{self, AppKey, Due};
use crate::apply::dispatcher::Dispatched;
use crate::dispatch::{Failures, Ring};
use crate::triage::Sightings;
use crate::world::World;

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Bound,
    /// Somebody else was quicker, or the request is gone.
    Conflict,
    /// It was refused.
    Failed,
}

/// What is known between two decisions.
pub struct Decisions {
    world: Arc<World>,
    rings: BTreeMap<AppKey, Ring>,
    sightings: Sightings,
    gaps: u64,
    failures: Failures,
    /// Apps whose workers were told that requests are handed to them.
    told: BTreeSet<Dispatched>,
}

impl Decisions {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self {
            world,
            rings: BTreeMap::new(),
            sightings: Sightings::default(),
            gaps: 0,
            failures: Failures::default(),
            told: BTreeSet::new(),
        }
    }

    /// At most `limit` claims to write now, and the time after which a request may be claimed that waits.
    pub fn decide(&mut self, limit: usize, now: Timestamp, instant: Instant) -> (Vec<Due>, Duration) {
        let gaps = self.world.lease_gaps();
        if gaps != self.gaps {
            self.gaps = gaps;
            self.sightings.restart(instant);
        }
        let mut apps = view::apps(&self.world, &mut self.sightings, instant);
        let wake = view::add_requests(&mut apps, &self.world, now, instant);
        self.rings.retain(|key, _| apps.contains_key(key));
        self.failures.retain(|key| apps.contains_key(key));
        let mut due = Vec::new();
        for (key, app) in apps {
            let limit = self.failures.limit(&key, limit - due.len(), instant);
            let bound = app.bind(self.rings.entry(key.clone()).or_default(), limit, now);
            self.failures.begin(&key, bound.len());
            due.extend(bound);
        }
        let mut bindings = self.world.bindings();
        for Due { request, status } in &due {
            if let Some(claim) = &status.claim {
                bindings.begin(&request.uid().unwrap_or_default(), view::written(request, claim));
            }
        }
        (due, wake)
    }

    /// Notes what became of the claim on `request`; `None` when no answer came. Whether its app is left to itself because of
    /// it.
    pub fn note(&mut self, request: &CoverLetterRequest, outcome: Option<Outcome>, now: Instant) -> bool {
        let (uid, app) = (request.uid().unwrap_or_default(), view::app_of_request(request));
        let mut bindings = self.world.bindings();
        match outcome {
            Some(Outcome::Bound) => {
                self.failures.succeeded(&app);
                bindings.written(&uid, now);
                false
            }
            // The store will have the newer version in a moment, or no longer the request.
            Some(Outcome::Conflict) => {
                self.failures.undecided(&app);
                bindings.refused(&uid, request.resource_version(), now);
                false
            }
            Some(Outcome::Failed) | None => {
                bindings.unanswered(&uid, now);
                self.failures.failed(&app, now)
            }
        }
    }

    /// Whether workers have yet to learn that requests are handed to them, or no longer.
    #[must_use]
    pub fn has_news(&self, now: Instant) -> bool {
        let are_left = self.told.iter().any(|app| self.failures.is_resting(&app.key(), now));
        are_left || self.to_tell(now).difference(&self.told).next().is_some()
    }

    /// The apps that have workers, each with whether requests are handed to them; and those that are left to themselves.
    pub fn tell(&mut self, now: Instant) -> Vec<(Dispatched, bool)> {
        if !self.world.sees_work() {
            return Vec::new();
        }
        let to_tell = self.to_tell(now);
        let told = std::mem::replace(&mut self.told, to_tell);
        let left = told.into_iter().filter(|app| self.failures.is_resting(&app.key(), now)).map(|app| (app, false));
        self.told.iter().cloned().map(|app| (app, true)).chain(left).collect()
    }

    /// The apps whose workers were told that requests are handed to them.
    #[must_use]
    pub fn told(&self) -> &BTreeSet<Dispatched> {
        &self.told
    }

    /// Apps that have workers, and whose workers are to be told that requests are handed to them.
    fn to_tell(&self, now: Instant) -> BTreeSet<Dispatched> {
        let mut apps = view::dispatched(&self.world);
        apps.retain(|app| !self.failures.is_resting(&app.key(), now));
        apps
    }
}
