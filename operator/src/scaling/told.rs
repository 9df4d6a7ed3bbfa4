//! What the workers were told last: the watches may still show what came before.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::snapshot::{Decision, Worker};

/// What was told so long ago and is not shown was not kept: the Lease was not there yet, or was made anew.
const SHOWN_WITHIN_MS: i64 = 15_000;

/// The last writes about each pod and about their number.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pods: BTreeMap<String, Pod>,
    desired: Option<i32>,
    raised: Option<i64>,
    lowered: Option<i64>,
}

/// The last writes about one pod.
#[derive(Clone, Copy, Debug, Default)]
struct Pod {
    /// Number of the request to retire, if it stands.
    asked: Option<i64>,
    /// When it was marked, if it is.
    marked: Option<i64>,
}

impl Told {
    /// Corrects what the watches show of a pod at `now`, whose `marked` is as shown: `asked` and `confirmed` are the
    /// numbers of the request to retire in its Lease and of the one that it has confirmed.
    pub fn correct(&self, worker: &mut Worker, asked: Option<i64>, confirmed: Option<i64>, now: i64) {
        let told = self.pods.get(&worker.name);
        let holds = |then: i64, is_shown: bool| is_shown || now - then < SHOWN_WITHIN_MS;
        let asked = told.map_or(asked, |told| told.asked.filter(|then| holds(*then, asked.is_some())));
        worker.asked = asked.is_some();
        worker.retired = asked.is_some() && confirmed == asked;
        let shown = worker.marked;
        worker.marked = told.map_or(shown, |told| told.marked.is_some_and(|then| holds(then, shown)));
        worker.mark_seen = worker.marked && shown;
    }

    /// Notes what a decision made at `now` tells; that time is the number of its requests to retire.
    pub fn note(&mut self, decision: &Decision, now: i64) {
        match self.desired.map(|desired| decision.desired.cmp(&desired)) {
            Some(Ordering::Less) => self.lowered = Some(now),
            Some(Ordering::Greater) => self.raised = Some(now),
            Some(Ordering::Equal) => {}
            // What was asked for before this process began is not known.
            None => (self.lowered, self.raised) = (Some(now), Some(now)),
        }
        self.desired = Some(decision.desired);
        for name in &decision.ask {
            self.pods.entry(name.clone()).or_default().asked = Some(now);
        }
        for name in &decision.recall {
            self.pods.entry(name.clone()).or_default().asked = None;
        }
        for name in &decision.mark {
            self.pods.entry(name.clone()).or_default().marked = Some(now);
        }
        for name in &decision.unmark {
            self.pods.entry(name.clone()).or_default().marked = None;
        }
    }

    /// Pods that were asked for last: `shown`, unless this process has asked since.
    #[must_use]
    pub fn current(&self, shown: Option<i32>) -> Option<i32> {
        self.desired.or(shown)
    }

    /// Forgets pods that are gone.
    pub fn retain(&mut self, exists: impl Fn(&str) -> bool) {
        self.pods.retain(|name, _| exists(name));
    }

    /// Times since more and since fewer pods were asked for.
    #[must_use]
    pub fn since(&self, now: i64) -> (i64, i64) {
        let since = |then: Option<i64>| then.map_or(0, |then| (now - then).max(0));
        (since(self.raised), since(self.lowered))
    }
}
