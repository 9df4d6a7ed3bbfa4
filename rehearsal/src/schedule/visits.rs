//! What the site and people do when their time has come, and what is left to wait for.

use std::collections::BTreeMap;

use crds::names::{ARCHIVED_LABEL, ERASE_ANNOTATION};

use super::Play;
use super::feed::Kind;
use super::site::request;
use crate::server::Call;

impl Play<'_> {
    /// Makes the requests whose time has come, stops others, and archives what has ended.
    pub(super) fn visit(&mut self) {
        let mut calls = Vec::new();
        for (number, plan) in self.site.plans.iter().enumerate() {
            let name = format!("letter-{number}");
            if number >= self.site.made && plan.time <= self.now {
                calls.push(Call::Create(Box::new(request(&name, number, plan.length))));
            } else if plan.stop.is_some_and(|stop| plan.time + stop <= self.now) {
                calls.push(Call::Cancel { name: name.clone(), uid: None });
                if plan.erases {
                    let annotations = BTreeMap::from([(ERASE_ANNOTATION.to_owned(), "true".to_owned())]);
                    calls.push(Call::Mark { name, labels: BTreeMap::new(), annotations });
                }
            }
        }
        for call in calls {
            self.site.made += usize::from(matches!(call, Call::Create(_)));
            self.site_calls(&call);
        }
    }

    fn site_calls(&mut self, call: &Call) {
        let writer = self.site.writer.clone();
        // A request that is gone cannot be stopped any more.
        if self.server.answer(call, &writer, self.now).is_ok() {
            self.spread(Kind::Requests);
        }
    }

    /// Archives what has ended. Whether nothing is left to wait for: all requests have ended, and those that go are gone.
    pub(super) fn has_ended(&mut self) -> bool {
        let all: Vec<_> = self.server.requests.all().map(|(_, request)| request.clone()).collect();
        if !all.iter().all(|request| request.is_terminal()) {
            return false;
        }
        let keeps = self.chance.app.limits.ttl_seconds_after_finished > 60;
        for request in all.iter().filter(|request| !request.is_archived()) {
            let labels = BTreeMap::from([(ARCHIVED_LABEL.to_owned(), "true".to_owned())]);
            let name = request.metadata.name.clone().unwrap_or_default();
            self.site_calls(&Call::Mark { name, labels, annotations: BTreeMap::new() });
        }
        all.is_empty() || keeps && !all.iter().any(|request| request.is_erased())
    }

    /// What still waits, for a person.
    pub(super) fn waiting(&self) -> String {
        let all = self.server.requests.all().map(|(name, request)| format!("{name} is {:?}", request.state()));
        let seats = self.seats.iter().map(|seat| format!("{:?} frozen until {}", seat.start, seat.frozen_until));
        format!("{}; {}", all.collect::<Vec<_>>().join(", "), seats.collect::<Vec<_>>().join(", "))
    }
}
